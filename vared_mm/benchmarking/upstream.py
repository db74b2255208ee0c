"""mmaction2's own models, as its ``tools/test.py`` runs them, to compare speeds with."""

from typing import Any

from mmengine.config import Config
from torch import nn

from vared_mm.registry import MODELS

#: Static backbone -> mmaction2's at its full size, without the pooling that ours has not either.
UPSTREAM_BACKBONES = {
    'R2Plus1D': {
        'type': 'mmaction.ResNet2Plus1d',
        'depth': 18,
        'pretrained': None,
        'pretrained2d': False,
        'norm_cfg': {'type': 'BN3d', 'eps': 1e-3},
        'conv_cfg': {'type': 'Conv2plus1d'},
        'norm_eval': False,
        'conv1_kernel': (3, 7, 7),
        'conv1_stride_t': 1,
        'pool1_stride_s': 1,
        'pool1_stride_t': 1,
        'with_pool1': False,
        'with_pool2': False,
        'inflate': (1, 1, 1, 1),
        'spatial_strides': (1, 2, 2, 2),
        'temporal_strides': (1, 2, 2, 2),
        'zero_init_residual': False,
    },
    'X3D': {'type': 'mmaction.X3D', 'gamma_w': 1, 'gamma_b': 2.25, 'gamma_d': 2.2},
}

CHANNELS = {'R2Plus1D': 512, 'X3D': 432}


def upstream_model(cfg: Config) -> nn.Module:
    """mmaction2's counterpart of a config's static model, eager, in evaluation mode.

    Raises:
        ValueError: if mmaction2 has none.
    """
    backbone = cfg.model.backbone.get('backbone', cfg.model.backbone)
    name = str(backbone.type).rpartition('.')[2]
    if name not in UPSTREAM_BACKBONES:
        known = ', '.join(UPSTREAM_BACKBONES)
        raise ValueError(f'{cfg.filename}: mmaction2 has no {name}, only {known}')
    head = {**cfg.model.cls_head, 'in_channels': CHANNELS[name]}
    model: nn.Module = MODELS.build(
        {**cfg.model, 'backbone': UPSTREAM_BACKBONES[name], 'cls_head': head}
    )
    return model.eval()


def upstream_pipeline(pipeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A pipeline of ours with mmaction2's own transforms where ours stand."""
    theirs = {'vared_mm.PyAVOpen': 'PyAVInit', 'vared_mm.PyAVRead': 'PyAVDecode'}
    return [{**step, 'type': theirs.get(step['type'], step['type'])} for step in pipeline]
