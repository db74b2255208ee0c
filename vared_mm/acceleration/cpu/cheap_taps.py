"""Kernels of a layer's cheap operations as the native code takes them."""

import torch
from torch import Tensor, nn

from vared_mm.dynamic import DynamicConvolution

from ..common.cheap_taps import taps_of


def cheap_taps(layer: DynamicConvolution) -> tuple[list[Tensor], list[Tensor]]:
    """Of the temporal and of the channel candidates; the first of each rebuilds nothing."""
    none = torch.empty(0)
    temporal = [none, *(taps_of(r.weight) for r in layer.temporal_reconstructions)]
    return temporal, [none, *map(_taps_by_copy, layer.channel_reconstructions)]


def _taps_by_copy(rebuild: nn.Module) -> Tensor:
    """Kernels of a channel reconstruction, (copies, k * k, K); zeros where there is no channel."""
    weight = rebuild.weight.detach()
    padded = weight.new_zeros(rebuild.kept * rebuild.copies, *weight.shape[1:])
    padded[: len(weight)] = weight
    return taps_of(padded.unflatten(0, (rebuild.kept, rebuild.copies)).transpose(0, 1))
