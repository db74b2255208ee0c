"""Which weights go: those below quality x standard deviation of their layer."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn


@torch.no_grad()
def left_weights(layer: nn.Module, quality: float) -> Tensor:
    """Mask of the weights that stay: left so far, and |w| >= quality * std of those left so far."""
    weight, left = layer.weight_orig, layer.weight_mask.bool()
    if not left.any():
        return left
    threshold = quality * weight[left].std(correction=0)
    return left & (weight.abs() >= threshold)


def pruned_macs(layers: Mapping[str, nn.Module], macs: Mapping[str, int], quality: float) -> float:
    """MACs that are left of the layers at this quality: sum of MACs x density.

    Args:
        layers: name -> convolution with a mask.
        macs: name -> MACs of the full layer.
        quality: multiple of a layer's standard deviation.
    """
    return sum(
        macs[name] * float(left_weights(layer, quality).double().mean())
        for name, layer in layers.items()
    )


def find_quality(
    layers: Mapping[str, nn.Module], macs: Mapping[str, int], target: float, steps: int = 40
) -> float:
    """The one quality for all layers at which ``target`` MACs are left, by bisection.

    Args:
        layers: name -> convolution with a mask.
        macs: name -> MACs of the full layer.
        target: MACs that the layers may have together.
        steps: halvings; 40 tell float32 weights apart.

    Raises:
        ValueError: if the target is not between 0 and what is left already.
    """
    most = pruned_macs(layers, macs, 0.0)
    if not 0 < target <= most:
        raise ValueError(f'{target / 1e9:.4f} GFLOPs can not be reached: {most / 1e9:.4f} are left')
    low, high = 0.0, 1.0
    while pruned_macs(layers, macs, high) > target:
        low, high = high, 2 * high
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if pruned_macs(layers, macs, middle) > target else (low, middle)
    return high


@torch.no_grad()
def keep_strong(layers: Mapping[str, nn.Module], quality: float) -> None:
    """Drop every weight below its layer's threshold, for good."""
    for layer in layers.values():
        layer.weight_mask.copy_(left_weights(layer, quality))
        layer.weight_orig.mul_(layer.weight_mask)
