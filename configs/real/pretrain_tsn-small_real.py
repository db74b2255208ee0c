"""Small TSN on generated moving shapes: where all networks of its kind start.

Command: python tools/train.py configs/real/pretrain_tsn-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
"""

_base_ = [
    '../_base_/models/tsn_small.py',
    '../_base_/datasets/moving_shapes_whole_stacks.py',
    '../_base_/schedules/real_pretrain.py',
    '../_base_/demo_runtime.py',
]

default_hooks = dict(cost_record=dict(clip_frames=8))
