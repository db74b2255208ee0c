"""Small PSPNet on real images, channel-gated (CGNet), finetuned from the static model.

Command: python tools/train.py configs/real/cgnet_pspnet-small_real.py
All of them: python tools/leaderboard.py suite real. Ours: not yet run.
After: static_pspnet-small_real.
"""

_base_ = './static-longer_pspnet-small_real.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='vared_mm.GatedBackbone',
        backbone=_base_.model.backbone,
        include=r'layer\d.*conv\d',
        parts=4,
        target=0.3,
    )
)
optim_wrapper = dict(paramwise_cfg=dict(custom_keys={'.threshold': dict(decay_mult=0)}))
custom_hooks = [*_base_.custom_hooks, dict(type='vared_mm.LayerLossHook', weight=1e-4)]
load_from = 'work_dirs/static_pspnet-small_real/epoch_12.pth'
