"""What a config's model costs before it runs: parameters, dense MACs, least MACs."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import nn

from vared_mm.dynamic import (
    LeastCost,
    StaticMacs,
    count_macs,
    gate_parameters,
    least_cost,
    original_of,
)
from vared_mm.registry import MODELS

from .input_shapes import forward_args, sample_shape, uncounted_kinds, view_shape


@dataclass(frozen=True)
class ModelCost:
    """Cost of a model for one clip, in MACs, all of it computed without running it.

    Args:
        input_shape: of the model's input for one clip.
        parameters: of the whole model.
        parameters_without_gates: the same, less its gates.
        macs: dense MACs by layer, in the thesis' count.
        without: kinds of layers left out of the totals.
        dynamic: by name, what each dynamic layer can execute.
    """

    input_shape: tuple[int, ...]
    parameters: int
    parameters_without_gates: int
    macs: StaticMacs
    without: tuple[str, ...]
    dynamic: dict[str, LeastCost]

    @property
    def blocks(self) -> dict[str, LeastCost]:
        """The dynamic ones that are blocks of several layers."""
        return {n: least for n, least in self.dynamic.items() if n not in self.macs.layers}

    @property
    def static(self) -> int:
        """Of the static model."""
        return self.macs.total(self.without)

    @property
    def least_thesis(self) -> int:
        """With every dynamic layer at its least, cheap operations and gates not counted."""
        return self.static - sum(layer.dense - layer.conv for layer in self.dynamic.values())

    @property
    def least_full(self) -> int:
        """With every dynamic layer at its least, cheap operations and gates counted."""
        return self.static - sum(layer.dense - layer.executed for layer in self.dynamic.values())

    def to_dict(self) -> dict[str, Any]:
        """As it is written to JSON."""
        layers = []
        for name, (kind, dense) in self.macs.layers.items():
            layer: dict[str, Any] = {'layer': name, 'kind': kind, 'dense_macs': dense}
            if least := self.dynamic.get(name):
                layer.update(least_conv_macs=least.conv, least_executed_macs=least.executed)
                layer.update(gate_macs=least.gate)
            layers.append(layer)
        blocks = [{'block': name, **asdict(least)} for name, least in self.blocks.items()]
        return {
            'input_shape': self.input_shape,
            'parameters': self.parameters,
            'parameters_without_gates': self.parameters_without_gates,
            'left_out': self.without,
            'static_macs': self.static,
            'dynamic_layers_dense_macs': sum(layer.dense for layer in self.dynamic.values()),
            'gate_macs': sum(layer.gate for layer in self.dynamic.values()),
            'least_macs_thesis': self.least_thesis,
            'least_macs_full': self.least_full,
            'layers': layers,
            **({'blocks': blocks} if blocks else {}),
        }


def model_cost(cfg: Config, shape: Sequence[int] | None = None) -> ModelCost:
    """Cost of the model of a config for one clip or image, from a build on the meta device.

    What the config's ``CostRecordHook`` leaves out of the count is left out here too.

    Args:
        cfg: a recipe.
        shape: (C, T, H, W) of one clip or (C, H, W) of an image; None takes the one that the
            config validates on.

    Raises:
        ValueError: if the config does not tell the shape, or its model can't take this one.
    """
    if cfg.get('model') is None:
        raise ValueError(f'{cfg.filename}: key model is missing')
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    settings = deepcopy(cfg.model)
    if shape is not None:
        settings = _resized(settings, tuple(shape))
    with torch.device('meta'):
        model = MODELS.build(settings)
    sample = sample_shape(cfg) if shape is None else _as_sample(model, tuple(shape))
    inputs = view_shape(model, sample)
    extra = forward_args(model)
    parameters, without_gates = count_parameters(model)
    return ModelCost(
        input_shape=inputs,
        parameters=parameters,
        parameters_without_gates=without_gates,
        macs=count_macs(model, inputs, **extra),
        without=uncounted_kinds(cfg),
        dynamic=least_cost(model, inputs, **extra),
    )


def view_macs(cfg: Config, model: nn.Module, sample: tuple[int, ...]) -> int:
    """MACs of the static model for one view of a sample, in the thesis' count.

    Args:
        cfg: the model's; its ``CostRecordHook`` says what is left out.
        model: static or dynamic.
        sample: shape of a sample, as :func:`view_shape` takes it.
    """
    counted = count_macs(model, view_shape(model, sample), **forward_args(model))
    return counted.total(uncounted_kinds(cfg))


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """Number of parameters of a model, with and without its gates."""
    model = original_of(model)
    gates = {id(weight) for weight in gate_parameters(model)}
    sizes = [(id(weight) in gates, weight.numel()) for weight in model.parameters()]
    return sum(n for _, n in sizes), sum(n for in_gate, n in sizes if not in_gate)


def _resized(settings: Any, shape: tuple[int, ...]) -> Any:
    """A model's config for clips of another shape: gates are made for one."""
    backbone = settings.get('backbone', {})
    if backbone.get('frames') and len(shape) == 4:  # folded into the batch
        backbone.update(input_shape=(shape[0], *shape[2:]), frames=shape[1])
    elif 'input_shape' in backbone:
        backbone.input_shape = shape
    if len(shape) == 4 and 'frames' in settings.get('cls_head', {}):
        settings.cls_head.frames = shape[1]
    return settings


def _as_sample(model: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """One clip or image in the layout of the model's samples."""
    folds = type(model).__name__ == 'Recognizer2D'
    if not hasattr(model, 'cls_head') or len(shape) != 4:
        return shape
    return (shape[1], shape[0], *shape[2:]) if folds else (1, *shape)
