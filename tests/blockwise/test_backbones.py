"""Named backbones: their blocks are found, and both paths give the same result."""

import warnings
from dataclasses import dataclass, field
from typing import Any

import mmaction.models  # noqa: F401  (registers)
import mmseg.models  # noqa: F401
import pytest
import torch
from mmengine.registry import DefaultScope
from torch import nn
from torch.utils._pytree import tree_leaves

from tests.blockwise.networks import every_pattern
from vared_mm.blockwise import convert_blocks, sort_channels
from vared_mm.dynamic import (
    DynamicUnit,
    Override,
    dynamic_layers,
    executed_cost,
    fixed_choice,
    overridden,
)
from vared_mm.registry import MODELS

CLIP, FRAME, IMAGE = (3, 8, 16, 16), (3, 32, 32), (3, 32, 32)


@dataclass(frozen=True)
class Case:
    """A backbone.

    Args:
        name: of its class, with its scope; or of a network of timm.
        blocks: how many it has.
        hidden: how many hidden tensors in all.
        timed: how many blocks have a time axis.
        config: its arguments, small.
        shape: one clip, frame or image.
        options: of the conversion.
    """

    name: str
    blocks: int
    hidden: int
    timed: int
    config: dict[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] = CLIP
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f'{self.name}-{self.config.get("depth", "")}'


NARROW = {'pretrained2d': False, 'base_channels': 4}
SHORT = {'stage_blocks': (1, 1, 1, 1)}
FRAMES = {'frames': 4}
CASES = [
    Case('vared_mm.R2Plus1D', 9, 25, 7, {'base_channels': 4}),
    Case('vared_mm.I3DInceptionV2', 10, 20, 8, {'width': 0.0625}, (3, 8, 32, 32)),
    Case('vared_mm.X3D', 11, 11, 11, {'gamma_d': 1.0, 'gamma_w': 0.5}),
    Case('vared_mm.CorrNet', 9, 25, 7, {'base_channels': 4}),
    Case('mmaction.ResNet3d', 8, 8, 8, {'depth': 18, **NARROW}),
    Case('mmaction.ResNet3d', 16, 32, 16, {'depth': 50, **NARROW}),
    Case('mmaction.ResNet3dSlowOnly', 16, 32, 16, {'depth': 50, **NARROW}),
    Case('mmaction.ResNet3dCSN', 4, 4, 2, {'depth': 50, **SHORT, 'pretrained': None, **NARROW}),
    Case('mmaction.ResNet', 16, 32, 16, {'depth': 50}, FRAME, FRAMES),
    Case('mmseg.ResNet', 8, 8, 0, {'depth': 18, 'base_channels': 4}, IMAGE, {'temporal': 1}),
    Case('timm.resnet10t', 4, 4, 0, {}, IMAGE, {'temporal': 1}),
    Case('timm.mobilenetv2_050', 16, 16, 0, {}, IMAGE, {'temporal': 1}),
]


def build(case: Case) -> nn.Module:
    """The static network, its norms of no trivial values."""
    scope, name = case.name.split('.')
    if scope == 'timm':
        timm = pytest.importorskip('timm')
        net = timm.create_model(name, num_classes=0)
    else:
        with DefaultScope.overwrite_default_scope(scope):
            net = MODELS.build({'type': case.name, **case.config})
    for norm in net.modules():
        if isinstance(norm, nn.BatchNorm2d | nn.BatchNorm3d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.uniform_(norm.bias, -0.5, 0.5)
    return net


def decisions(units: list[DynamicUnit], clips: int) -> dict[DynamicUnit, Override]:
    """For each unit other choices of its, drawn at random."""
    found = {}
    for unit in units:
        every = every_pattern(unit, torch.double)
        some = every.of(torch.randint(len(every), (clips,)))
        found[unit] = Override(lambda _clips, some=some: some)
    return found


@pytest.mark.parametrize('case', CASES, ids=str)
def test_backbone(case):
    torch.manual_seed(0)
    net = build(case).double()
    net.eval()
    clips = 4
    x = torch.randn(clips * case.options.get('frames', 1), *case.shape, dtype=torch.double)
    with torch.no_grad():
        static = tree_leaves(net(x))
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # which names what stays static
        convert_blocks(net, case.shape, multiple=1, **case.options)
    units = list(dynamic_layers(net).values())
    timed = sum(unit.search.temporal > 1 for unit in units)
    found = (len(units), sum(len(unit.kept) for unit in units), timed)
    assert found == (case.blocks, case.hidden, case.timed)
    assert sort_channels(net) == {}
    for unit in units:
        for weight in unit.reconstructions.parameters():
            nn.init.normal_(weight, std=0.3)
    with torch.no_grad(), fixed_choice(net):
        for one, other in zip(tree_leaves(net(x)), static, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)
    drawn = decisions(units, clips)
    with torch.no_grad(), overridden(units, drawn.__getitem__):
        inferred, cost = tree_leaves(net(x)), executed_cost(net)
        for unit in units:
            unit.training = True
        trained = tree_leaves(net(x))
    assert (cost.conv.sum(1) < cost.dense.sum()).all()
    for one, other in zip(inferred, trained, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9 * float(other.abs().max()))
