"""I3D-InceptionV2: shapes, widths, norms."""

import pytest
import torch
from torch import nn

from vared_mm.models import I3DInceptionV2
from vared_mm.models.backbones.i3d_inception_v2 import BLOCKS


@pytest.fixture
def backbone() -> I3DInceptionV2:
    return I3DInceptionV2().eval()


def test_shapes(backbone: I3DInceptionV2):
    """16 -> 8 -> 4 -> 2 frames, by the poolings before blocks 3a, 4a, 5a; space by 32."""
    shapes = {}
    for name, layer in backbone.blocks.named_children():
        layer.register_forward_hook(
            lambda m, args, out, name=name: shapes.update({name: tuple(out.shape[1:])})
        )
    with torch.no_grad():
        stem = backbone.stem(torch.rand(1, 3, 16, 64, 96))
        features = backbone.blocks(stem)
    assert stem.shape == (1, 192, 16, 16, 24)
    assert shapes['pool_3a'] == (192, 8, 8, 12)
    assert shapes['mixed_3b'] == (480, 8, 8, 12)
    assert shapes['pool_4a'] == (480, 4, 4, 6)
    assert shapes['mixed_4e'] == (832, 4, 4, 6)
    assert shapes['pool_5a'] == (832, 2, 2, 3)
    assert features.shape == (1, 1024, 2, 2, 3)


def test_widths_of_neighbouring_blocks_fit():
    """GoogLeNet's: what a block gives is what the next one takes."""
    rows = list(BLOCKS.values())
    outputs = [point + wide[1] + narrow[1] + pooled for _, point, wide, narrow, pooled in rows]
    assert outputs == [256, 480, 512, 512, 512, 528, 832, 832, 1024]
    assert [row[0] for row in rows] == [192, *outputs[:-1]]


def test_every_convolution_has_a_norm_and_no_bias(backbone: I3DInceptionV2):
    convs = [m for m in backbone.modules() if isinstance(m, nn.Conv3d)]
    norms = [m for m in backbone.modules() if isinstance(m, nn.BatchNorm3d)]
    assert len(convs) == len(norms) == 3 + 9 * 6
    assert all(type(c) is nn.Conv3d and c.bias is None for c in convs)
    assert {norm.eps for norm in norms} == {1e-3}


def test_block_is_its_branches_side_by_side(backbone: I3DInceptionV2):
    block = backbone.blocks.mixed_3a
    x = torch.randn(2, 192, 4, 5, 6)
    with torch.no_grad():
        out = block(x)
        parts = [branch(x) for branch in block.branches]
    for part, got in zip(parts, out.split([64, 128, 32, 32], dim=1), strict=True):
        torch.testing.assert_close(got, part)


def test_classifying_the_average_is_averaging_the_classified(backbone: I3DInceptionV2):
    """The thesis classifies each remaining time step; the config's head classifies their mean."""
    head = nn.Linear(1024, 10).double()
    with torch.no_grad():
        features = backbone(torch.randn(2, 3, 16, 64, 64)).double()
        by_step = torch.stack([head(step.mean((-2, -1))) for step in features.unbind(2)])
        torch.testing.assert_close(head(features.mean((-3, -2, -1))), by_step.mean(0))
