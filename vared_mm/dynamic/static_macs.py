"""MACs of a whole static model, by layer, counted as the thesis' tables are."""

from dataclasses import dataclass
from math import prod
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd
from torch.nn.modules.pooling import _AdaptiveAvgPoolNd

from vared_mm.cost import conv_macs, linear_macs, norm_macs, pool_macs

from .dense_pass import dense_calls
from .stand_in import original_of
from .tracing import LayerCall

_NORMS = (_NormBase, nn.LayerNorm, nn.GroupNorm)
_COUNTED = (_ConvNd, nn.Linear, _AdaptiveAvgPoolNd, *_NORMS)


@dataclass(frozen=True)
class StaticMacs:
    """Dense MACs of one clip: ``layers`` maps a layer's name to its kind and MACs.

    The kinds are ``'conv'``, ``'linear'``, ``'norm'``, ``'pool'``, and ``'other'`` for a layer that
    counts itself, by a method ``static_macs(input_shape, output_shape)``.
    """

    layers: dict[str, tuple[str, int]]

    def total(self, without: tuple[str, ...] = (), within: str = '') -> int:
        """Sum over the layers, less those of some kinds (X3D's tables leave out ``'norm'``).

        Args:
            without: kinds left out.
            within: only layers whose names begin so, such as ``'backbone.'``.
        """
        return sum(
            macs
            for name, (kind, macs) in self.layers.items()
            if kind not in without and name.startswith(within)
        )


def count_macs(model: nn.Module, input_shape: tuple[int, ...], **kwargs: Any) -> StaticMacs:
    """Count what a model computes for one input if every layer is computed in full.

    The gates and cheap operations of a dynamic model are not in it: see ``executed_cost``.

    Args:
        model: a static or dynamic model.
        input_shape: of the input with its batch axis, such as (1, 3, 16, 128, 128).
        **kwargs: further arguments of the model's forward.

    Raises:
        ValueError: if the model does not run on such an input.
    """
    layers: dict[str, tuple[str, int]] = {}
    with dense_calls(original_of(model), _is_counted, input_shape, **kwargs) as calls:
        for call in calls:
            kind, macs = _count(call)
            layers[call.name] = (kind, layers.get(call.name, (kind, 0))[1] + macs)
    return StaticMacs(layers)


def _is_counted(layer: nn.Module) -> bool:
    return isinstance(layer, _COUNTED) or hasattr(layer, 'static_macs')


def _count(call: LayerCall) -> tuple[str, int]:
    layer, inputs, outputs = call.layer, prod(call.inputs), prod(call.outputs)
    if hasattr(layer, 'static_macs'):
        return 'other', layer.static_macs(call.inputs, call.outputs)
    if isinstance(layer, _ConvTransposeNd):
        taps = prod(layer.kernel_size) * layer.out_channels // layer.groups
        return 'conv', inputs * taps + (outputs if layer.bias is not None else 0)
    if isinstance(layer, _ConvNd):
        per_group = layer.in_channels // layer.groups
        bias = layer.bias is not None
        return 'conv', conv_macs(outputs, per_group, prod(layer.kernel_size), bias)
    if isinstance(layer, nn.Linear):
        rows = outputs // layer.out_features
        return 'linear', rows * linear_macs(layer.in_features, layer.out_features)
    if isinstance(layer, _NORMS):
        return 'norm', norm_macs(inputs)
    return 'pool', pool_macs(inputs, outputs)
