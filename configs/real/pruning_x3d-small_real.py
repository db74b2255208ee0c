"""Small X3D on real clips, weights pruned in three rounds.

Command: python tools/train.py configs/real/pruning_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_x3d-small_real.
"""

_base_ = './static-longer_x3d-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.PrunableBackbone',
        backbone=_base_.model.backbone,
    )
)
custom_hooks = [
    *_base_.custom_hooks,
    dict(
        type='vared_mm.WeightPruningHook',
        target=9e6,  # the suite sets what the finetuned dynamic model executes
        input_shape=(1, 1, 3, 8, 32, 56),
        epochs=(0, 1, 2),
    ),
]
load_from = 'work_dirs/static_x3d-small_real/epoch_8.pth'
