"""`vared_mm.BlockwiseBackbone`: a backbone of its own class, with dynamic blocks."""

import pytest
import torch

from vared_mm.dynamic import dynamic_layers, fixed_choice
from vared_mm.models import R2Plus1D
from vared_mm.registry import MODELS

SMALL = {'type': 'vared_mm.R2Plus1D', 'base_channels': 4, 'num_stages': 1, 'stage_blocks': (1,)}
CLIP = (3, 4, 16, 16)


def test_built_by_a_config():
    static = MODELS.build(SMALL)
    config = {'type': 'vared_mm.BlockwiseBackbone', 'backbone': SMALL, 'input_shape': CLIP}
    net = MODELS.build({**config, 'include': r'layer\d', 'multiple': 2})
    assert type(net) is R2Plus1D
    assert list(dynamic_layers(net)) == ['layer1.0.conv1.conv.conv_s.block']
    assert not net.load_state_dict(static.state_dict(), strict=False).unexpected_keys
    static.eval()
    net.eval()
    with torch.no_grad(), fixed_choice(net):
        x = torch.randn(2, *CLIP)
        torch.testing.assert_close(net(x), static(x))
    with pytest.raises(ValueError, match='no block of R2Plus1D is selected'):
        MODELS.build({**config, 'include': 'none'})
