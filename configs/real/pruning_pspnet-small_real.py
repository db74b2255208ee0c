"""Small PSPNet on real images, weights pruned in three rounds.

Command: python tools/train.py configs/real/pruning_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: static_pspnet-small_real.
"""

_base_ = './static-longer_pspnet-small_real.py'

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
        target=25e6,  # the suite sets what the finetuned dynamic model executes
        input_shape=(1, 3, 96, 128),
        epochs=(0, 1, 3),
    ),
]
load_from = 'work_dirs/static_pspnet-small_real/epoch_12.pth'
