"""The correlation of frames against a slow loop, and the block around it."""

import pytest
import torch
from torch import Tensor

from vared_mm.models import CorrelationBlock
from vared_mm.models.layers import FrameCorrelation


def slow_correlation(x_NCTHW: Tensor, groups: int, window: int) -> Tensor:
    """The definition, position by position."""
    clips, channels, frames, height, width = x_NCTHW.shape
    size, margin = channels // groups, window // 2
    out = torch.zeros(clips, groups * window**2, frames, height, width)
    for n, t, i, j in torch.cartesian_prod(*map(torch.arange, (clips, frames, height, width))):
        before = max(t - 1, 0)
        for g in range(groups):
            part = slice(g * size, (g + 1) * size)
            for a in range(window):
                for b in range(window):
                    y, x = i + a - margin, j + b - margin
                    if 0 <= y < height and 0 <= x < width:
                        dot = x_NCTHW[n, part, t, i, j] @ x_NCTHW[n, part, before, y, x]
                        out[n, (g * window + a) * window + b, t, i, j] = dot / size
    return out


@pytest.mark.parametrize(('groups', 'window'), [(1, 3), (2, 3), (4, 1), (2, 5)])
def test_equals_the_slow_loop(groups: int, window: int):
    clips = torch.randn(2, 4, 3, 4, 5)
    torch.testing.assert_close(
        FrameCorrelation(groups, window)(clips), slow_correlation(clips, groups, window)
    )


def test_a_moved_frame_matches_at_the_move():
    """A pattern that moves by one row down and two columns left has its peak at (-1, +2)."""
    first = torch.randn(1, 64, 1, 12, 12)
    clips = torch.cat([first, first.roll((1, -2), dims=(3, 4))], 2)
    matches = FrameCorrelation(groups=1, window=7)(clips)[0, :, 1, 4:8, 4:8]
    assert (matches.argmax(0) == (3 - 1) * 7 + (3 + 2)).all()
    still = FrameCorrelation(groups=1, window=7)(clips)[0, :, 0, 4:8, 4:8]
    assert (still.argmax(0) == 3 * 7 + 3).all()


@pytest.mark.parametrize(('channels', 'middle', 'groups'), [(64, 16, 16), (256, 64, 32)])
def test_block_widths(channels: int, middle: int, groups: int):
    block = CorrelationBlock(channels)
    assert block.reduce.conv.weight.shape == (middle, channels, 1, 1, 1)
    assert block.correlation.groups == groups
    assert block.expand.conv.weight.shape == (channels, 49 * groups, 1, 1, 1)


def test_block_adds_to_its_input_and_has_gradients():
    block = CorrelationBlock(8, window=3).eval()
    x = torch.randn(2, 8, 3, 5, 4, requires_grad=True)
    moved = block.expand(block.correlation(block.reduce(x)))
    torch.testing.assert_close(block(x), (x + moved).clamp(min=0))
    block(x).sum().backward()
    assert x.grad.isfinite().all() and block.reduce.conv.weight.grad.abs().sum() > 0


@pytest.mark.parametrize('channels', [2, 6, 160])
def test_bad_channels(channels: int):
    with pytest.raises(ValueError, match=f'channels={channels}'):
        CorrelationBlock(channels)


def test_bad_window():
    with pytest.raises(ValueError, match='window=4: must be odd'):
        CorrelationBlock(64, window=4)
