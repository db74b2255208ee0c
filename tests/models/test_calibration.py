"""MACs and parameters of the static models, against those that the thesis' numbers imply."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from torch import nn

from vared_mm.dynamic import count_macs
from vared_mm.dynamic.tracing import trace
from vared_mm.models import CorrelationBlock
from vared_mm.models.layers import FrameCorrelation
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'

# Config, input (one clip with its crops axis; frames where the model folds them), kinds left out
# of the count, the thesis' GFLOPs (None: not in its tables), GFLOPs of the described model.
ROWS = {
    'R(2+1)D, 8 frames': ('r2plus1d_18', (1, 1, 3, 8, 128, 128), (), 27.7, 27.607),
    'R(2+1)D, 16 frames': ('r2plus1d_18', (1, 1, 3, 16, 128, 128), (), 55.2, 55.214),
    'R(2+1)D, 32 frames': ('r2plus1d_18', (1, 1, 3, 32, 128, 128), (), 110.5, 110.428),
    'I3D, 16 frames': ('i3d_inceptionv2', (1, 1, 3, 16, 256, 256), (), 56.0, 56.024),
    'I3D, 32 frames': ('i3d_inceptionv2', (1, 1, 3, 32, 256, 256), (), 112.0, 112.048),
    'X3D without norms': ('x3d_m', (1, 1, 3, 16, 256, 256), ('norm',), 6.20, 6.2001),
    'X3D': ('x3d_m', (1, 1, 3, 16, 256, 256), (), 6.42, 6.4176),
    'TPN, 8 frames': ('tpn_r2plus1d_18', (1, 1, 3, 8, 128, 128), (), 28.5, 28.479),
    'TPN, 16 frames': ('tpn_r2plus1d_18', (1, 1, 3, 16, 128, 128), (), 56.8, 56.847),
    'CorrNet, 16 frames': ('corrnet_r2plus1d_18', (1, 1, 3, 16, 128, 128), (), 60.8, 60.756),
    'TSN': ('tsn_r50', (1, 16, 3, 224, 224), (), None, 65.758),
    'TSN, conv + fc': ('tsn_r50', (1, 16, 3, 224, 224), ('norm', 'pool'), None, 65.401),
}
PARAMETERS = {
    'r2plus1d_18': 33.281,
    'i3d_inceptionv2': 12.492,
    'tsn_r50': 23.918,
}
# What is left of YOWO's rows without its head (1.034 and 1.004 GFLOPs).
YOWO_BRANCHES = {
    'I3D': ('i3d_inceptionv2', (), 43.927 - 1.034),
    'X3D': ('x3d_m', ('norm',), 5.7501 - 1.004),
}


def build(name: str) -> nn.Module:
    """One of the base models, without data."""
    with torch.device('meta'):
        return MODELS.build(Config.fromfile(BASE / f'{name}.py').model)


def correlation_gmacs(model: nn.Module, shape: tuple[int, ...]) -> float:
    """Of the correlations, which are no layer that the general count knows."""
    clip = torch.empty(*shape, device='meta')
    calls = trace(model, lambda m: isinstance(m, FrameCorrelation), clip, stage='head').calls
    return sum(call.layer.static_macs(call.inputs, call.outputs) for call in calls) / 1e9


@pytest.mark.parametrize(('name', 'shape', 'without', 'thesis', 'ours'), ROWS.values(), ids=ROWS)
def test_gflops(
    name: str,
    shape: tuple[int, ...],
    without: tuple[str, ...],
    thesis: float | None,
    ours: float,
):
    """Within 0.1 % of the described model; the thesis rounds to three digits."""
    model = build(name)
    macs = count_macs(model, shape, stage='head')
    gmacs = macs.total(without) / 1e9
    if not any(isinstance(model.get_submodule(n), FrameCorrelation) for n in macs.layers):
        gmacs += correlation_gmacs(model, shape)
    assert gmacs == pytest.approx(ours, rel=1e-3)
    assert thesis is None or gmacs == pytest.approx(thesis, rel=5e-3)


@pytest.mark.parametrize(('name', 'without', 'expected'), YOWO_BRANCHES.values(), ids=YOWO_BRANCHES)
def test_backbone_at_224(name: str, without: tuple[str, ...], expected: float):
    backbone = build(name).backbone
    gmacs = count_macs(backbone, (1, 3, 16, 224, 224)).total(without) / 1e9
    assert gmacs == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(('name', 'millions'), PARAMETERS.items())
def test_parameters(name: str, millions: float):
    parameters = sum(p.numel() for p in build(name).parameters())
    assert parameters / 1e6 == pytest.approx(millions, abs=1e-3)


def test_i3d_by_layer():
    """Two convolutions of the stem are 70 % of the model."""
    layers = count_macs(build('i3d_inceptionv2').backbone, (1, 3, 16, 256, 256)).layers
    assert layers['stem.0.conv'][1] / 1e9 == pytest.approx(17.26, abs=5e-3)
    assert layers['stem.3.conv'][1] / 1e9 == pytest.approx(21.74, abs=5e-3)


def test_correlation_by_hand():
    """At 64 channels and 16 x 64 x 64: 1x1x1 to 16, 49 shifts of 16, 1x1x1 from 784 to 64."""
    positions = 16 * 64 * 64
    block = CorrelationBlock(64)
    convs = positions * (64 * 16 + 784 * 64)
    norms = positions * 2 * (16 + 64)
    assert count_macs(block, (1, 64, 16, 64, 64)).total() in (
        convs + norms,
        convs + norms + positions * 49 * 16,
    )
    shape = (1, 16, 16, 64, 64)
    assert block.correlation.static_macs(shape, (1, 784, *shape[2:])) == positions * 49 * 16
