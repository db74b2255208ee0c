"""The dynamic convolution: per clip, how much of a convolution is computed."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from vared_mm.cost import ConvGeometry, LayerCost, LayerExecution, SearchSpace, kept_channels

from .decision import Decision
from .folding import Triple
from .override import Override
from .reconstruction import ChannelReconstruction, TemporalReconstruction
from .share import chosen_share
from .unit import DynamicUnit, Gate


@dataclass
class LayerRecord:
    """What a forward of a dynamic convolution leaves: its gate's decision and its cost formula."""

    decision: Decision
    cost: LayerCost

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.decision.temporal.is_meta

    @property
    def dense(self) -> int:
        """MACs of the static convolution."""
        return self.cost.dense

    def executed_share(self) -> Tensor:
        """See :meth:`vared_mm.dynamic.execution.DecidedRecord.executed_share`."""
        decision, cost = self.decision, self.cost
        dtype = torch.promote_types(decision.temporal.dtype, torch.float32)
        per_axis = [(decision.temporal, cost.frames), (decision.channel, cost.channels)]
        time, channel = (
            chosen_share(weights.to(dtype), weights.new_tensor(sizes / sizes[0], dtype=dtype))
            for weights, sizes in per_axis
        )
        return time * channel

    def execution(self) -> LayerExecution:
        """What was executed for each clip, from the candidates in use."""
        active = self.decision.active().cpu().numpy()
        temporal, channel = np.split(active, [self.cost.search.temporal], axis=1)
        first_t, first_c = temporal.argmax(axis=1), channel.argmax(axis=1)
        return LayerExecution(
            dense=self.cost.dense,
            conv=self.cost.conv(first_t, first_c),
            cheap=self.cost.cheap(temporal, channel),
            gate=np.full(len(active), self.decision.gate_macs, dtype=np.int64),
            time_index=first_t,
            channel_index=first_c,
            time_share=self.cost.frames[first_t] / self.cost.frames[0],
            channel_share=self.cost.channels[first_c] / self.cost.channels[0],
        )


class Backend(Protocol):
    """How dynamic convolutions are computed: by which operations, on which device."""

    @abstractmethod
    def run(self, layer: 'DynamicConvolution', x: Tensor) -> Tensor:
        """Decide, compute the result, and leave a :class:`LayerRecord`.

        Args:
            layer: whose weights, gate and override are used.
            x: as the layer's forward takes it.
        """


class DynamicConvolution(DynamicUnit):
    """A convolution that computes, for each clip, only the channels and frames the clip needs.

    Source: VA-RED2 (arXiv 2102.07887), Sec. 3.1-3.3 and A.2. Differs: odd sizes round up, grouped
    convolutions keep whole groups, the clips of a batch are grouped by what they have in use.
    Shapes: those of the static convolution; a 2-D one takes frames folded into the batch.
    Cost: :class:`vared_mm.cost.LayerCost`; a forward leaves a :class:`LayerRecord` in ``record``.

    The layer holds parameters and settings, and its ``backend`` computes: plain torch at first, see
    :class:`EagerBackend`. Weight and bias are those of the static convolution, which this one
    equals where only the first candidates have a weight, of 1. :func:`convert_to_dynamic` makes
    these layers.

    Args:
        static: the convolution to take over, with its weights.
        frames: T of one clip at the input.
        frames_out: T_o of its full result.
        search: candidates along both axes.
        gate: maps clips (N, C, T, H, W) to a decision.
        kernel_size: of the cheap operations, 3 or 1.

    Raises:
        ValueError: if the layer can't have the search space.
    """

    backend: Backend

    def __init__(
        self,
        static: nn.Conv2d | nn.Conv3d,
        frames: int,
        frames_out: int,
        search: SearchSpace,
        gate: Gate,
        kernel_size: int = 3,
    ) -> None:
        super().__init__(
            static.in_channels,
            static.out_channels,
            static.kernel_size,
            static.stride,
            static.padding,
            static.dilation,
            static.groups,
            bias=static.bias is not None,
            padding_mode=static.padding_mode,
            device='meta',
        )
        possible = search.clipped(self.out_channels, frames_out, self.groups)
        if possible != search:
            raise ValueError(
                f'{search} asks for too much: {self.out_channels} channels in {self.groups} '
                f'group(s) and {frames_out} frame(s) can have {possible}'
            )
        self.weight, self.bias = static.weight, static.bias
        self.frames, self.frames_out, self.search = frames, frames_out, search
        self.kept = kept_channels(self.out_channels, search.channel, self.groups)
        self.rebuild_kernel = kernel_size
        self.gate = gate
        self.channel_reconstructions = nn.ModuleList(
            ChannelReconstruction(self.out_channels, kept, kernel_size) for kept in self.kept[1:]
        )
        self.temporal_reconstructions = nn.ModuleList(
            TemporalReconstruction(self.out_channels, 2**j, kernel_size)
            for j in range(1, search.temporal)
        )
        self.override: Override | None = None  # a decision in place of the gate's
        self.record: LayerRecord | None = None
        self.listeners: list[Callable[[LayerRecord], None]] = []
        self.train(static.training)

    @property
    @abstractmethod
    def as_3d(self) -> tuple[Tensor, Triple, Triple]:
        """Weight, stride and dilation of this convolution seen as a 3-D one."""

    @abstractmethod
    def to_clips(self, x: Tensor) -> Tensor:
        """The layer's input as clips (N, C, T, H, W), a view."""

    @abstractmethod
    def from_clips(self, x_NCTHW: Tensor) -> Tensor:
        """Clips as the layer returns them."""

    def forward(self, input: Tensor) -> Tensor:  # torch's name of it, for callers by keyword
        """Convolve; see the class for shapes."""
        return self.backend.run(self, input)

    def cost_of(self, x_NCTHW: Tensor, out_NCTHW: Tensor) -> LayerCost:
        """The cost formula for clips of this size, of which the full result is given."""
        clip, result = tuple(x_NCTHW.shape[1:]), tuple(out_NCTHW.shape[1:])
        kernel = tuple(self.as_3d[0].shape[2:])
        geometry = ConvGeometry(clip, result, kernel, self.groups, self.bias is not None)
        return LayerCost(geometry, self.search, self.rebuild_kernel**2)
