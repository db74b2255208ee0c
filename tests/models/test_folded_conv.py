"""The folded convolution layer equals torch's."""

import pytest
import torch
from mmaction.models import ResNet3d
from torch import nn
from torch.nn.utils import prune

from vared_mm.acceleration import fold_convolutions
from vared_mm.models import FoldedConv3d

LAYERS = {
    'spatial': {'kernel_size': (1, 3, 3), 'padding': (0, 1, 1)},
    'spatial, strided': {'kernel_size': (1, 7, 7), 'stride': (1, 2, 2), 'padding': (0, 3, 3)},
    'temporal': {'kernel_size': (3, 1, 1), 'padding': (1, 0, 0)},
    'temporal, strided': {'kernel_size': (3, 1, 1), 'stride': (2, 1, 1), 'padding': (1, 0, 0)},
    'pointwise, strided': {'kernel_size': 1, 'stride': 2},
    'full': {'kernel_size': 3, 'stride': (1, 2, 2), 'padding': 1},
    'depthwise': {'kernel_size': (5, 1, 1), 'padding': (2, 0, 0), 'groups': 4},
    'dilated': {'kernel_size': (1, 3, 3), 'dilation': (1, 2, 2), 'padding': (0, 2, 2)},
    'replicate padding': {
        'kernel_size': (1, 3, 3),
        'padding': (0, 1, 1),
        'padding_mode': 'replicate',
    },
    'same padding': {'kernel_size': 3, 'padding': 'same'},
}


@pytest.mark.parametrize('options', LAYERS.values(), ids=LAYERS.keys())
@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last_3d])
def test_equals_conv3d(options: dict, layout: torch.memory_format):
    """Output and gradients, in both layouts, odd sizes."""
    theirs = nn.Conv3d(4, 8, **options)
    ours = FoldedConv3d(4, 8, **options)
    ours.load_state_dict(theirs.state_dict())
    clips = torch.randn(2, 4, 5, 9, 7)
    results = []
    for conv in (ours, theirs):
        x = clips.clone(memory_format=layout).requires_grad_()
        out = conv(x)
        out.square().sum().backward()
        results.append((out, x.grad, conv.weight.grad, conv.bias.grad))
    for got, wanted in zip(*results, strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-5, atol=1e-4)


def test_any_upstream_backbone_takes_it_by_config():
    backbone = ResNet3d(
        depth=18,
        base_channels=4,
        pretrained2d=False,
        conv_cfg={'type': 'vared_mm.FoldedConv3d'},
        with_pool2=False,
    )
    convs = [m for m in backbone.modules() if isinstance(m, nn.Conv3d)]
    assert len(convs) == 20 and all(type(m) is FoldedConv3d for m in convs)
    assert backbone(torch.rand(1, 3, 4, 32, 32)).shape == (1, 32, 4, 1, 1)


def test_folding_a_model_keeps_its_parameters_hooks_and_result():
    class Own(nn.Conv3d):
        """May compute anything."""

    def make() -> nn.Module:
        model = nn.Sequential(
            nn.Conv3d(3, 4, (1, 3, 3)), nn.BatchNorm3d(4), Own(4, 2, 1), nn.ReLU()
        )
        prune.l1_unstructured(model[0], 'weight', 0.5)  # its weight is worked out by a hook
        return model

    theirs, ours = make(), make()
    ours.load_state_dict(theirs.state_dict())
    parameters = dict(ours.named_parameters())
    fold_convolutions(ours)
    assert [type(m) for m in ours] == [FoldedConv3d, nn.BatchNorm3d, Own, nn.ReLU]
    assert all(p is parameters[name] for name, p in ours.named_parameters())
    x = torch.randn(2, 3, 4, 6, 5)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-5)
    assert ours[0](x).is_contiguous(memory_format=torch.channels_last_3d)
