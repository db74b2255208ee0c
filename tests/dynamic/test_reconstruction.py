"""Cheap operations against loops."""

import pytest
import torch
import torch.nn.functional as F

from vared_mm.dynamic import ChannelReconstruction, TemporalReconstruction


@pytest.mark.parametrize(
    ('channels', 'kept', 'sources'),
    [
        (8, 4, [0, 1, 2, 3]),
        (7, 4, [0, 1, 2]),
        (8, 2, [0, 0, 0, 1, 1, 1]),  # each computed map yields 1 / r - 1 = 3 maps
        (7, 2, [0, 0, 0, 1, 1]),  # cut to size
    ],
)
@pytest.mark.parametrize('kernel_size', [1, 3])
def test_channels_are_rebuilt_from_their_sources(channels, kept, sources, kernel_size):
    rebuild = ChannelReconstruction(channels, kept, kernel_size)
    frames = torch.randn(3, kept, 5, 6)
    rebuilt = rebuild(frames)
    assert rebuilt.shape == (3, channels - kept, 5, 6)
    for i, source in enumerate(sources):
        kernel, pad = rebuild.weight[i : i + 1], kernel_size // 2
        alone = F.conv2d(frames[:, source : source + 1], kernel, padding=pad)
        assert torch.allclose(rebuilt[:, i : i + 1], alone, atol=1e-6)


def test_frames_start_as_copies():
    rebuild = TemporalReconstruction(4, factor=4)
    frames = torch.randn(3, 4, 5, 6)
    for offset in (1, 2, 3):
        assert torch.equal(rebuild(frames, offset), frames)


def test_each_offset_has_its_own_kernel():
    rebuild = TemporalReconstruction(2, factor=3, kernel_size=1)
    with torch.no_grad():
        rebuild.weight[0] = 2
        rebuild.weight[1] = 5
    frames = torch.ones(1, 2, 2, 2)
    assert rebuild(frames, 1).unique().tolist() == [2]
    assert rebuild(frames, 2).unique().tolist() == [5]


def test_operations_are_linear():
    rebuild = ChannelReconstruction(6, 3)
    a, b = torch.randn(2, 1, 3, 4, 4)
    assert torch.allclose(rebuild(2 * a + b), 2 * rebuild(a) + rebuild(b), atol=1e-5)


@pytest.mark.parametrize('kept', [0, 4])
def test_nothing_to_rebuild(kept):
    with pytest.raises(ValueError, match='cannot rebuild'):
        ChannelReconstruction(4, kept)


def test_other_kernels():
    with pytest.raises(ValueError, match='must be 1 or 3'):
        ChannelReconstruction(4, 2, kernel_size=5)
    with pytest.raises(ValueError, match='stride of 1'):
        TemporalReconstruction(4, 1)
