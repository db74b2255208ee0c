"""Small R(2+1)D on generated moving shapes: where all networks of its kind start.

Command: python tools/train.py configs/real/pretrain_r2plus1d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
"""

_base_ = [
    '../_base_/models/r2plus1d_small.py',
    '../_base_/datasets/moving_shapes_whole.py',
    '../_base_/schedules/real_pretrain.py',
    '../_base_/demo_runtime.py',
]
