"""Masks over the weights of convolutions, and what such layers cost."""

from dataclasses import dataclass
from math import prod

import numpy as np
from torch import Tensor, nn
from torch.nn.utils import prune

from vared_mm.cost import LayerExecution, conv_macs
from vared_mm.dynamic import LeastCost, leave_record, select_convolutions

Patterns = str | list[str] | None


@dataclass(frozen=True)
class PrunedRecord:
    """Cost of a pruned convolution: its MACs times the share of its weights that are left.

    Zeros in no order save no time on common hardware; the count is what they could save.

    Args:
        dense: MACs of the full convolution for one clip.
        mask: 1 for a weight that is left, else 0.
        clips: N.
    """

    dense: int
    mask: Tensor
    clips: int

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.mask.is_meta

    def execution(self) -> LayerExecution:
        """The same for every clip."""
        left = int(self.mask.count_nonzero())
        conv = np.full(self.clips, self.dense * left // self.mask.numel(), dtype=np.int64)
        density = left / self.mask.numel()
        return LayerExecution.without_candidates(self.dense, conv, channel_share=density)

    def least_cost(self) -> LeastCost:
        """Any weight may go."""
        return LeastCost(self.dense, conv=0, executed=0, gate=0)


def add_masks(
    model: nn.Module,
    include: Patterns = None,
    exclude: Patterns = None,
    frames: int = 1,
) -> nn.Module:
    """Give convolutions of a model masks of ones, in place (``torch.nn.utils.prune``).

    The parameter is then called ``weight_orig`` and has a buffer ``weight_mask``, so masks are part
    of checkpoints. A static checkpoint still loads: its ``weight`` is taken, all of it.

    Args:
        model: any module tree.
        include: regular expressions of the layers' names; None takes every convolution.
        exclude: likewise, of what is never pruned.
        frames: T, where a 2-D model takes frames folded into the batch.

    Raises:
        ValueError: if no convolution is selected.
    """
    for layer in select_convolutions(model, include, exclude).values():
        prune.identity(layer, 'weight')
        layer.record, layer.listeners = None, []
        layer.frames_per_clip = frames
        layer.register_forward_hook(_leave_record)
        layer.register_load_state_dict_pre_hook(_take_static)
    return model


def masked_layers(model: nn.Module) -> dict[str, nn.Conv2d | nn.Conv3d]:
    """The convolutions of a model that have masks, by their names."""
    return {n: m for n, m in model.named_modules() if hasattr(m, 'weight_mask')}


def _leave_record(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
    clips = len(output) // layer.frames_per_clip if output.dim() == 4 else len(output)
    elements = output.numel() // clips
    per_group = layer.in_channels // layer.groups
    dense = conv_macs(elements, per_group, prod(layer.kernel_size), layer.bias is not None)
    leave_record(layer, PrunedRecord(dense, layer.weight_mask, clips))


def _take_static(layer: nn.Module, weights: dict[str, Tensor], prefix: str, *_: object) -> None:
    if f'{prefix}weight' in weights:
        static = weights.pop(f'{prefix}weight')
        weights[f'{prefix}weight_orig'] = static
        weights[f'{prefix}weight_mask'] = static.new_ones(static.shape)
