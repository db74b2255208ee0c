"""Every convolutional backbone of mmaction2 and mmsegmentation converts, or docs say why not."""

from collections.abc import Iterator
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import mmaction.models  # noqa: F401  (registers)
import mmseg.models  # noqa: F401
import pytest
import torch
from mmaction.registry import MODELS as MMACTION
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS as MMSEG
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from tests.dynamic.upstream_backbones import (
    CONVERTED,
    NOT_CONVERTED,
    PARTS,
    TRANSFORMERS,
    Backbone,
    render,
)
from vared_mm.dynamic import DynamicConvolution, convert_to_dynamic, dynamic_layers, executed_cost
from vared_mm.registry import MODELS


def by_name(backbone: Backbone) -> str:
    return backbone.name


def build(backbone: Backbone) -> nn.Module:
    """The static backbone, as its own library builds it."""
    with DefaultScope.overwrite_default_scope(backbone.name.split('.')[0]):
        return MODELS.build({'type': backbone.name, **deepcopy(backbone.config)})


def make_inputs(backbone: Backbone, clips: int) -> Tensor:
    """Noise, from dark to bright."""
    inputs = torch.randn(clips * backbone.conversion.get('frames', 1), *backbone.shape)
    return inputs + torch.linspace(-2, 2, len(inputs)).view(-1, *[1] * len(backbone.shape))


def tensors(output: Any) -> Iterator[Tensor]:
    """All tensors of what a backbone returns."""
    if isinstance(output, Tensor):
        yield output
    else:
        for part in output:
            yield from tensors(part)


def let_clips_differ(layers: list[DynamicConvolution]) -> None:
    """Gates that say something else for each clip and layer."""
    for layer in layers:
        nn.init.normal_(layer.gate.squeeze, std=3)
        nn.init.normal_(layer.gate.excite, std=2)
        nn.init.zeros_(layer.gate.beta)


@pytest.mark.parametrize('backbone', CONVERTED, ids=by_name)
def test_converts(backbone: Backbone):
    torch.manual_seed(0)
    model = convert_to_dynamic(build(backbone), backbone.shape, **backbone.conversion)
    layers = list(dynamic_layers(model).values())
    assert len(layers) == backbone.layers
    convs = [m for m in model.modules() if isinstance(m, _ConvNd)]
    static = {type(m).__name__ for m in convs if not isinstance(m, DynamicConvolution)}
    assert static == set(backbone.static[:1])

    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    model.train()
    outputs = list(tensors(model(make_inputs(backbone, 2))))
    sum(out.square().mean() for out in outputs).backward()
    gates = [p for layer in layers for p in layer.gate.parameters()]
    assert all(p.grad is not None for p in gates)
    optimizer.step()
    assert all(p.isfinite().all() for p in model.parameters())

    model.double().eval()
    let_clips_differ(layers)
    inputs = make_inputs(backbone, 2).double()
    with torch.no_grad():
        inferred = list(tensors(model(inputs)))
        cost = executed_cost(model)
        for layer in layers:  # norms and dropout stay as they are in testing
            layer.training = True
        trained = list(tensors(model(inputs)))
    assert (cost.time_index + cost.channel_index).any() and (cost.conv < cost.dense).any()
    assert (cost.conv[0] != cost.conv[1]).any()
    for one, other in zip(inferred, trained, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6 * float(other.abs().max()))


@pytest.mark.parametrize('backbone', NOT_CONVERTED, ids=by_name)
def test_does_not_convert(backbone: Backbone):
    if backbone.name == 'mmseg.TIMMBackbone' and find_spec('timm'):
        pytest.skip('timm is installed here')
    with pytest.raises((ValueError, RuntimeError, AssertionError), match=backbone.error):
        convert_to_dynamic(build(backbone), backbone.shape, **backbone.conversion)(
            make_inputs(backbone, 2)
        )


def test_no_backbone_is_left_out():
    registered = {
        f'{scope}.{name}'
        for scope, registry in (('mmaction', MMACTION), ('mmseg', MMSEG))
        for name, cls in registry.module_dict.items()
        if cls.__module__.startswith(f'{scope}.models.backbones')
    }
    named = [b.name for b in (*CONVERTED, *NOT_CONVERTED)] + [*TRANSFORMERS, *PARTS]
    assert sorted(named) == sorted(registered)


def test_docs_are_the_table(root: Path):
    assert (root / 'docs/conversion.md').read_text() == render()
