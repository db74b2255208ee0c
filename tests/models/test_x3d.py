"""X3D: where Swish is, and that it is mmaction2's otherwise."""

from collections.abc import Callable

import pytest
import torch
from mmaction.models import X3D as UpstreamX3D
from mmaction.models.backbones.x3d import BlockX3D
from mmcv.cnn import Swish
from torch import nn

from vared_mm.models import X3D

X3D_M = {'gamma_w': 1, 'gamma_b': 2.25, 'gamma_d': 2.2}


def activations(**kwargs) -> list[tuple[bool, type]]:
    """Of each block of X3D-M: whether it has an SE, and its activation."""
    with torch.device('meta'):
        backbone = X3D(**X3D_M, **kwargs)
    blocks = [m for m in backbone.modules() if isinstance(m, BlockX3D)]
    return [(hasattr(block, 'se_module'), type(block.swish)) for block in blocks]


def test_swish_in_blocks_with_se():
    """3, 5, 11, 7 blocks; in each stage the first, third, fifth ... have an SE."""
    per_stage = [[i % 2 == 0 for i in range(blocks)] for blocks in (3, 5, 11, 7)]
    with_se = sum(per_stage, [])
    assert activations() == [(se, Swish if se else nn.ReLU) for se in with_se]


def test_swish_everywhere_or_nowhere():
    assert {kind for _, kind in activations(swish='all')} == {Swish}
    assert {kind for _, kind in activations(swish='none')} == {nn.ReLU}


def test_without_se_no_block_has_swish():
    assert set(activations(se_ratio=None)) == {(False, nn.ReLU)}


def test_unknown_choice():
    with pytest.raises(ValueError, match="swish='SE': must be one of"):
        X3D(swish='SE')


def test_upstream_weights(assert_loads_and_agrees: Callable):
    """With Swish everywhere it is mmaction2's model."""
    small = {'gamma_w': 0.5, 'gamma_b': 2.25, 'gamma_d': 1}
    clips = torch.randn(2, 3, 4, 64, 48)
    assert_loads_and_agrees(X3D(swish='all', **small), UpstreamX3D(**small), clips)


def test_the_choice_changes_the_output():
    """Else the check above would hold for any choice."""
    small = {'gamma_w': 0.5, 'gamma_b': 2.25, 'gamma_d': 1}
    ours, theirs = X3D(**small), UpstreamX3D(**small)
    ours.load_state_dict(theirs.state_dict())
    clips = torch.randn(2, 3, 4, 64, 48)
    assert not torch.allclose(ours(clips), theirs(clips), atol=1e-3)
