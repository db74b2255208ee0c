"""TPN on R(2+1)D-18 of VA-RED2, static: 56.85 GMACs at 16 x 128 x 128.

Every level is pooled to one time step: the scales serve up to 32 frames. The auxiliary head works
in training only; with another number of classes set it here too.
"""

_base_ = './r2plus1d_18.py'

model = dict(
    backbone=dict(out_indices=(1, 2, 3)),
    neck=dict(
        type='vared_mm.TPN',
        in_channels=(128, 256, 512),
        out_channels=256,
        pyramid_channels=512,
        spatial_modulation_cfg=dict(in_channels=(128, 256, 512), out_channels=512),
        temporal_modulation_cfg=dict(downsample_scales=(16, 8, 4)),
        upsample_cfg=dict(scale_factor=(1, 1, 1)),
        downsample_cfg=dict(downsample_scale=(1, 1, 1)),
        level_fusion_cfg=dict(
            in_channels=(256, 256, 256),
            mid_channels=(256, 256, 256),
            out_channels=512,
            downsample_scales=((1, 1, 1), (1, 1, 1), (1, 1, 1)),
        ),
        aux_head_cfg=dict(out_channels=200, loss_weight=0.5),
    ),
    cls_head=dict(type='TPNHead'),
)
