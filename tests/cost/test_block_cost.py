"""Closed-form cost of a block, by hand."""

import numpy as np

from vared_mm.cost import BlockCost, BlockSearchSpace, ConvGeometry, HiddenConv

FRAME = 6 * 6
#: 4 -> 10, depthwise with a bias, 10 -> 7 with a bias, of 8 frames; 10 channels, or 5.
BLOCK = BlockCost(
    convs=(
        HiddenConv(ConvGeometry((4, 8, 6, 6), (10, 8, 6, 6), (1, 1, 1)), (8, 4), writes=0),
        HiddenConv(
            ConvGeometry((10, 8, 6, 6), (10, 8, 6, 6), (3, 3, 3), groups=10, bias=True),
            (8, 4),
            reads=0,
            writes=0,
        ),
        HiddenConv(
            ConvGeometry((10, 8, 6, 6), (7, 8, 6, 6), (1, 3, 3), bias=True), (8, 4), reads=0
        ),
    ),
    kept=((10, 5),),
    shares=(1.0, 0.5),
    rebuilt=(0, 4 * 7 * FRAME),
)


def macs(frames: int, kept: int) -> int:
    return frames * FRAME * (4 * kept + kept * (27 + 1) + 7 * (9 * kept + 1))


def test_by_hand():
    assert BLOCK.dense == macs(8, 10)
    time, channels = np.array([0, 1, 0, 1]), np.array([[0], [0], [1], [1]])
    expected = [macs(8, 10), macs(4, 10), macs(8, 5), macs(4, 5)]
    assert BLOCK.conv(time, channels).tolist() == expected
    assert BLOCK.cheap(time).tolist() == [0, 9 * 4 * 7 * FRAME] * 2


def test_axes():
    assert BlockSearchSpace(2, (3, 1)).axes == (2, 3, 1)
