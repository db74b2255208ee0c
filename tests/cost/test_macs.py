"""Hand-computed MACs of single operations."""

from vared_mm.cost import (
    ConvGeometry,
    conv_macs,
    gate_macs,
    linear_macs,
    norm_macs,
    pool_macs,
    rebuild_macs,
)


def test_convolution():
    # 8 maps of 2 x 3 x 3, each output from 4 maps through 1 x 3 x 3 taps.
    assert conv_macs(8 * 2 * 3 * 3, 4, 9) == 144 * 36
    assert conv_macs(8 * 2 * 3 * 3, 4, 9, bias=True) == 144 * 37


def test_other_layers():
    assert linear_macs(512, 200) == 102_400
    assert norm_macs(10) == 20
    assert pool_macs(64, 4) == 68
    assert rebuild_macs(7, 9) == 63


def test_gate():
    # Pool 16 x 8 x 4 x 4 to 128, 128 -> 16, norm, 16 -> 4.
    assert gate_macs(16 * 8 * 4 * 4, 128, 16, 4) == (2048 + 128) + 2048 + 32 + 64


def test_geometry():
    geometry = ConvGeometry((6, 5, 8, 8), (4, 5, 4, 4), (1, 3, 3), groups=2, bias=True)
    assert geometry.macs() == 4 * 5 * 16 * (3 * 9 + 1)
    assert geometry.macs(channels=2, frames=3) == 2 * 3 * 16 * 28
