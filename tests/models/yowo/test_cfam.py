"""The neck, against numbers computed by hand."""

import math

import torch
from mmengine.utils import is_seq_of

from vared_mm.models import CFAM
from vared_mm.models.yowo import ChannelAttention


def test_attention_starts_as_the_identity():
    x = torch.randn(2, 5, 3, 3)
    assert torch.equal(ChannelAttention()(x), x)


def test_attention_by_hand():
    """Channels (1, 0) and (1, 1): Gram [[1, 1], [1, 2]], row maximum less it [[0, 0], [1, 0]]."""
    attention = ChannelAttention()
    attention.scale.data.fill_(2)
    x = torch.tensor([[1.0, 0], [1, 1]]).view(1, 2, 1, 2)
    e = math.e
    mixed = torch.tensor([[1, 0.5], [1, 1 / (1 + e)]]).view(1, 2, 1, 2)
    torch.testing.assert_close(attention(x), x + 2 * mixed)


def test_order_and_shapes():
    torch.manual_seed(0)
    neck = CFAM(6, channels=4).eval()
    neck.attention.scale.data.fill_(0.5)
    x = torch.randn(2, 6, 3, 5)
    steps = [neck.reduce, neck.before, neck.attention, neck.after, neck.dropout, neck.project]
    y = x
    for step in steps:
        y = step(y)
    assert y.shape == (2, 4, 3, 5) and torch.equal(neck(x), y)
    sizes = [m.kernel_size[0] for m in neck.modules() if isinstance(m, torch.nn.Conv2d)]
    assert is_seq_of(sizes, int) and sizes == [1, 3, 3, 1]


def test_dropout_drops_whole_channels_in_training():
    neck = CFAM(6, channels=4, dropout=0.5)
    torch.manual_seed(0)
    dropped = neck.dropout(torch.ones(8, 4, 3, 3)).flatten(2)
    assert ((dropped == 0).all(2) | (dropped == 2).all(2)).all() and (dropped == 0).any()
