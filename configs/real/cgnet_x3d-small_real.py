"""Small X3D on real clips, channel-gated (CGNet), finetuned from the static model.

Command: python tools/train.py configs/real/cgnet_x3d-small_real.py
All of them: python tools/leaderboard.py suite real. Measured: docs/findings.md.
After: static_x3d-small_real.
"""

_base_ = './static-longer_x3d-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.GatedBackbone',
        backbone=_base_.model.backbone,
        include=r'layer\d.*conv1',
        parts=4,
        target=0.3,
    )
)
optim_wrapper = dict(paramwise_cfg=dict(custom_keys={'.threshold': dict(decay_mult=0)}))
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.LayerLossHook', weight=1e-4)]
load_from = 'work_dirs/static_x3d-small_real/epoch_8.pth'
