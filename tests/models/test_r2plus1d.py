"""R(2+1)D: the variant's structure, and that it is mmaction2's where the two agree."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmaction.models import ResNet2Plus1d
from mmengine.config import Config
from torch import nn

from vared_mm.acceleration import fold_convolutions
from vared_mm.models import R2Plus1D
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'


def small(**kwargs) -> R2Plus1D:
    """A narrow R(2+1)D of three stages."""
    return R2Plus1D(base_channels=8, num_stages=3, **kwargs)


def test_middle_widths():
    """Each (2+1)-D convolution keeps the parameters of its own 3-D kernel."""
    with torch.device('meta'):
        backbone = R2Plus1D()
    convs = {n: m for n, m in backbone.named_modules() if n.endswith('conv_s')}
    widths = [conv.out_channels for conv in convs.values()]
    by_stage = [144] * 4 + [230] + [288] * 3 + [460] + [576] * 3 + [921] + [1152] * 3
    assert widths == [83, *by_stage]


def test_parameters():
    """33.28 M with a head of 200 classes; convolutions without bias."""
    config = Config.fromfile(BASE / 'r2plus1d_18.py')
    with torch.device('meta'):
        model = MODELS.build(config.model)
    assert sum(p.numel() for p in model.parameters()) == 33_281_197
    assert all(m.bias is None for m in model.modules() if isinstance(m, nn.Conv3d))


def test_shapes_of_every_stage():
    """The stem halves space; stages 2 to 4 halve space and time; nothing is pooled."""
    backbone = R2Plus1D(base_channels=8, out_indices=(0, 1, 2, 3))
    shapes = [tuple(x.shape) for x in backbone(torch.rand(2, 3, 16, 32, 48))]
    assert shapes == [
        (2, 8, 16, 16, 24),
        (2, 16, 8, 8, 12),
        (2, 32, 4, 4, 6),
        (2, 64, 2, 2, 3),
    ]


def test_shortcuts_are_plain_strided_convolutions():
    shortcut = small().layer2[0].downsample
    assert type(shortcut.conv) is nn.Conv3d
    assert shortcut.conv.kernel_size == (1, 1, 1) and shortcut.conv.stride == (2, 2, 2)
    assert isinstance(shortcut.norm, nn.BatchNorm3d) and not shortcut.with_activation


def test_temporal_stride_is_on_the_temporal_convolution():
    conv = small().layer2[0].conv1.conv
    assert conv.conv_s.stride == (1, 2, 2) and conv.conv_t.stride == (2, 1, 1)


@pytest.mark.parametrize('depth', [18, 50])
def test_upstream_weights(depth: int, assert_loads_and_agrees: Callable):
    """With factored shortcuts and the pooling it is mmaction2's model, weights and all."""
    shared = {'depth': depth, 'base_channels': 8, 'with_pool2': False}
    theirs = ResNet2Plus1d(
        pretrained2d=False,
        conv_cfg={'type': 'Conv2plus1d'},
        norm_cfg={'type': 'BN3d'},
        temporal_strides=(1, 2, 2, 2),
        **shared,
    )
    ours = R2Plus1D(conv_cfg={'type': 'Conv2plus1d'}, with_pool1=True, **shared)
    assert_loads_and_agrees(ours, theirs, torch.randn(4, 3, 8, 48, 40))


def test_features_stay_channels_last():
    """Otherwise every folded convolution would have to copy its input."""
    backbone = small()
    fold_convolutions(backbone)
    layouts = {}
    for name, module in backbone.named_modules():
        module.register_forward_hook(
            lambda m, args, out, name=name: layouts.update(
                {name: out.is_contiguous(memory_format=torch.channels_last_3d)}
            )
        )
    backbone(torch.rand(2, 3, 8, 32, 32))
    assert layouts and all(layouts.values())


def test_frozen_stages_and_norm_eval():
    backbone = small(frozen_stages=1, norm_eval=True)
    backbone.train()
    trainable = {n.split('.')[0] for n, p in backbone.named_parameters() if p.requires_grad}
    assert trainable == {'layer2', 'layer3'}
    assert not any(m.training for m in backbone.modules() if isinstance(m, nn.BatchNorm3d))


def test_norm_cfg_reaches_the_norm_inside_a_factored_convolution():
    """mmaction2 leaves it at its default there."""
    backbone = small(norm_cfg={'type': 'BN3d', 'eps': 1e-3})
    norms = [m for m in backbone.modules() if isinstance(m, nn.BatchNorm3d)]
    assert {norm.eps for norm in norms} == {1e-3}
