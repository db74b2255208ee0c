"""Gated convolutions, 2-D and 3-D."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.cost import LayerExecution, conv_macs, norm_macs
from vared_mm.dynamic import LeastCost, leave_record
from vared_mm.dynamic.folding import convolve3d

from .channel_gate import ChannelGate


@dataclass(frozen=True)
class GatedRecord:
    """Cost of a gated convolution, from the decisions that it made.

    Args:
        base: MACs of the base path for one clip.
        rest: MACs of completing one activation.
        activations: number of them in one clip.
        completed: how many were, (N,).
    """

    base: int
    rest: int
    activations: int
    completed: Tensor

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.completed.is_meta

    @property
    def dense(self) -> int:
        """MACs of the plain convolution for one clip."""
        return self.base + self.rest * self.activations

    def execution(self) -> LayerExecution:
        """Base path of all, the rest of what was completed; the gate's norm."""
        conv = self.base + self.rest * self.completed.cpu().numpy()
        gate = norm_macs(self.activations)
        return LayerExecution.without_candidates(
            self.dense, conv, gate, channel_share=conv / self.dense
        )

    def least_cost(self) -> LeastCost:
        """At least the base path."""
        gate = norm_macs(self.activations)
        return LeastCost(self.dense, self.base, self.base + gate, gate)


class GatedConvolution(nn.Module, ABC):
    """A convolution that adds most of its input channels only where a gate says so.

    The base path convolves the first C_in // p channels. Where the gate decides on 1, the other
    channels' part is added. Weight names are those of the static convolution.

    Source: Hua et al. (arXiv 1805.12549). Differs: C_in that p does not divide leaves its remainder
    to the gated part; every output's base path sees the same channels, where the public code's
    script gives each group of outputs channels of its own (``use_group``), and gradients pass where
    the gate says 0, too (there not with ``sparse_bp``). Both parts are computed in full, as no
    common kernel skips single activations; the cost is counted from the decisions.
    Shapes: those of the static convolution; a 2-D one takes frames folded into the batch.
    Cost: MACs * (b + (1 - b) * mean d), b = (C_in // p) / C_in; in ``record`` after a forward.

    Args:
        static: the convolution to take over, with its weights; of one group, zero padding.
        parts: p.
        frames: T, where a 2-D model takes frames folded into the batch.
        target: what :meth:`layer_loss` draws the thresholds to, and where they start. With normal
            partial sums, the share of them above it is completed.
        alpha: slope of the gate's sigmoid.

    Raises:
        ValueError: if the convolution can't be gated.
    """

    norm_type: type[nn.BatchNorm2d | nn.BatchNorm3d]

    def __init__(
        self,
        static: nn.Conv2d | nn.Conv3d,
        parts: int = 4,
        frames: int = 1,
        target: float = 0.0,
        alpha: float = 2.0,
    ) -> None:
        if static.groups != 1 or static.in_channels < parts or parts < 2:
            raise ValueError(
                f'a convolution of {static.in_channels} channels in {static.groups} group(s) can '
                f'not be gated in {parts} parts'
            )
        if static.padding_mode != 'zeros' or isinstance(static.padding, str):
            raise ValueError('a gated convolution needs padding by a number of zeros')
        super().__init__(
            static.in_channels,
            static.out_channels,
            static.kernel_size,
            static.stride,
            static.padding,
            static.dilation,
            bias=static.bias is not None,
            device='meta',
        )
        self.weight, self.bias = static.weight, static.bias
        self.base_channels = static.in_channels // parts
        self.frames, self.target = frames, target
        norm = self.norm_type(static.out_channels, affine=False)
        self.channel_gate = ChannelGate(norm, target, alpha)
        self.record: GatedRecord | None = None
        self.listeners: list[Callable[[GatedRecord], None]] = []
        self.train(static.training)

    def layer_loss(self) -> Tensor:
        """Sum over the channels of (threshold - target)^2, for ``LayerLossHook``."""
        return (self.channel_gate.threshold - self.target).square().sum()

    @abstractmethod
    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """As the static convolution, with these channels of its weight."""

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        b = self.base_channels
        partial = self._convolve(input[:, :b], self.weight[:, :b], self.bias)
        rest = self._convolve(input[:, b:], self.weight[:, b:], None)
        # A pass without data counts the static model, which has no gate and no norm of one.
        decision = partial if partial.is_meta else self.channel_gate(partial)
        clips = len(input) // (self.frames if input.dim() == 4 else 1)
        activations = decision.numel() // clips
        taps = prod(self.kernel_size)
        with torch.no_grad():
            completed = decision.detach().reshape(clips, -1).gt(0.5).sum(1)
        record = GatedRecord(
            conv_macs(activations, b, taps, self.bias is not None),
            (self.in_channels - b) * taps,
            activations,
            completed,
        )
        leave_record(self, record)
        return partial + decision * rest


class GatedConv2d(GatedConvolution, nn.Conv2d):
    """Gated version of ``nn.Conv2d``; see :class:`GatedConvolution`."""

    norm_type = nn.BatchNorm2d

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return F.conv2d(x, weight, bias, self.stride, self.padding, self.dilation)


class GatedConv3d(GatedConvolution, nn.Conv3d):
    """Gated version of ``nn.Conv3d``; see :class:`GatedConvolution`."""

    norm_type = nn.BatchNorm3d

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return convolve3d(x, weight, bias, self.stride, self.padding, self.dilation, 1)
