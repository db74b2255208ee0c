"""CorrNet is R(2+1)D and its correlation blocks."""

import pytest
import torch

from vared_mm.models import CorrelationBlock, CorrNet, R2Plus1D


def small(**kwargs) -> CorrNet:
    """A narrow CorrNet of three stages."""
    return CorrNet(base_channels=8, num_stages=3, window=3, **kwargs)


def test_blocks_end_res2_res3_res4():
    with torch.device('meta'):
        backbone = CorrNet()
    blocks = {n: m for n, m in backbone.named_modules() if isinstance(m, CorrelationBlock)}
    assert list(blocks) == ['layer1.2', 'layer2.2', 'layer3.2']
    assert [b.expand.out_channels for b in blocks.values()] == [64, 128, 256]


def test_takes_weights_of_r2plus1d():
    """With blocks that add nothing it is the same network."""
    plain, backbone = R2Plus1D(base_channels=8, num_stages=3), small()
    missing = backbone.load_state_dict(plain.state_dict(), strict=False)
    assert not missing.unexpected_keys
    assert all('.2.' in name for name in missing.missing_keys)
    plain.eval()
    backbone.eval()
    for block in backbone.modules():
        if isinstance(block, CorrelationBlock):
            torch.nn.init.zeros_(block.expand.conv.weight)
    clips = torch.randn(2, 3, 8, 32, 32)
    torch.testing.assert_close(backbone(clips), plain(clips))


def test_frozen_stage_freezes_its_block():
    backbone = small(frozen_stages=1)
    backbone.train()
    block = backbone.layer1[2]
    assert not block.training and not any(p.requires_grad for p in block.parameters())
    assert all(p.requires_grad for p in backbone.layer2[2].parameters())


def test_unknown_stage():
    with pytest.raises(ValueError, match='must be among the 3 stages'):
        small(correlation_stages=(3,))
