"""The dynamic convolution: per clip, how much of a convolution is computed."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.cost import ConvGeometry, LayerCost, LayerExecution, SearchSpace, kept_channels

from .decision import Decision, Pattern
from .execution import leave_record
from .folding import Triple, convolve3d, fold_frames, unfold_frames
from .mixing import mix_channels, mix_frames
from .override import Override
from .reconstruction import ChannelReconstruction, TemporalReconstruction

Gate = Callable[[Tensor], Decision]


@dataclass
class LayerRecord:
    """What a forward of a dynamic convolution leaves: its gate's decision and its cost formula."""

    decision: Decision
    cost: LayerCost

    @property
    def is_meta(self) -> bool:
        """Whether nothing was computed."""
        return self.decision.temporal.is_meta

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


class DynamicConvolution(nn.Module, ABC):
    """A convolution of which each clip has only the channels and frames computed that it needs.

    Source: VA-RED2 (arXiv 2102.07887), Sec. 3.1-3.3 and A.2. Differs: odd sizes round up, grouped
    convolutions keep whole groups, the clips of a batch are grouped by what they have in use.
    Shapes: those of the static convolution; a 2-D one takes frames folded into the batch.
    Cost: :class:`vared_mm.cost.LayerCost`; a forward leaves a :class:`LayerRecord` in ``record``.

    In training mode the full convolution runs once and every candidate is taken from it; in
    evaluation mode only what the clip's weights ask for runs. Both give the same result. Weight
    and bias are those of the static convolution, which this one equals where only the first
    candidates have a weight, of 1. :func:`convert_to_dynamic` makes these layers.

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
        self.override: Override | None = None
        self.record: LayerRecord | None = None
        self.listeners: list[Callable[[LayerRecord], None]] = []
        self.train(static.training)

    @property
    @abstractmethod
    def as_3d(self) -> tuple[Tensor, Triple, Triple]:
        """Weight, stride and dilation of this convolution seen as a 3-D one."""

    def decide(self, x_NCTHW: Tensor) -> Decision:
        """The decision about clips (N, C, T, H, W): the gate's, or that of an override."""
        override = self.override
        if override is None:
            return self.gate(x_NCTHW)
        decision = override.decide(x_NCTHW)
        if override.runs_gate:
            decision = replace(decision, gate_macs=self.gate(x_NCTHW).gate_macs)
        return decision

    def _forward_clips(self, x_NCTHW: Tensor) -> Tensor:
        decision = self.decide(x_NCTHW)
        x_padded, padding = self._pad(x_NCTHW)
        weight, stride, dilation = self.as_3d
        reach = dilation[0] * (weight.shape[2] - 1)
        frames = (x_padded.shape[2] + 2 * padding[0] - reach - 1) // stride[0] + 1
        if self.training:
            every = tuple(range(self.search.temporal)), tuple(range(self.search.channel))
            out = self._compute(x_padded, padding, frames, decision, every)
        else:
            out = self._compute_grouped(x_padded, padding, frames, decision)
        cost = self._cost(tuple(x_NCTHW.shape[1:]), tuple(out.shape[1:]))
        leave_record(self, LayerRecord(decision, cost))
        return out

    def _cost(self, clip: tuple[int, ...], result: tuple[int, ...]) -> LayerCost:
        """Of a clip (C, T, H, W), of which the full result is given."""
        kernel = tuple(self.as_3d[0].shape[2:])
        geometry = ConvGeometry(clip, result, kernel, self.groups, self.bias is not None)
        return LayerCost(geometry, self.search, self.rebuild_kernel**2)

    def _compute_grouped(
        self, x_NCTHW: Tensor, padding: Triple, frames: int, decision: Decision
    ) -> Tensor:
        """Compute the clips that have the same candidates in use together, and no clip more."""
        groups = decision.groups() or {((0,), (0,)): []}  # no clips, of whatever pattern
        if len(groups) == 1:
            return self._compute(x_NCTHW, padding, frames, decision, next(iter(groups)))
        parts = []
        for pattern, clips in groups.items():
            index = torch.tensor(clips, device=x_NCTHW.device)
            part = self._compute(x_NCTHW[index], padding, frames, decision.of(index), pattern)
            parts.append((index, part))
        out = parts[0][1].new_empty(len(x_NCTHW), *parts[0][1].shape[1:])
        out = out.contiguous(memory_format=torch.channels_last_3d)
        for index, part in parts:
            out[index] = part
        return out

    def _compute(
        self, x_NCTHW: Tensor, padding: Triple, frames: int, decision: Decision, pattern: Pattern
    ) -> Tensor:
        """Compute the largest candidates in use, take the others from them, mix them all."""
        temporal, channel = pattern
        computed = self._convolve(x_NCTHW, padding, 2 ** temporal[0], self.kept[channel[0]])
        return self._rebuild_mix(computed, frames, decision, pattern)

    def _rebuild_mix(
        self, computed: Tensor, frames: int, decision: Decision, pattern: Pattern
    ) -> Tensor:
        temporal, channel = pattern
        mixed = mix_channels(
            computed, decision.channel, self.kept, channel, self.channel_reconstructions
        )
        return mix_frames(mixed, decision.temporal, frames, temporal, self.temporal_reconstructions)

    def _convolve(self, x_NCTHW: Tensor, padding: Triple, factor: int, kept: int) -> Tensor:
        """The first ``kept`` channels of every ``factor``-th frame of the static result."""
        weight, stride, dilation = self.as_3d
        groups = max(self.groups * kept // self.out_channels, 1)
        return convolve3d(
            x_NCTHW[:, : weight.shape[1] * groups],
            weight[:kept],
            None if self.bias is None else self.bias[:kept],
            (stride[0] * factor, *stride[1:]),
            padding,
            dilation,
            groups,
        )

    def _pad(self, x_NCTHW: Tensor) -> tuple[Tensor, Triple]:
        """The padded input and the padding that is left to the convolution itself."""
        two_d = (0,) * (3 - len(self.kernel_size))
        if self.padding_mode == 'zeros' and not isinstance(self.padding, str):
            return x_NCTHW, (*two_d, *self.padding)
        mode = 'constant' if self.padding_mode == 'zeros' else self.padding_mode
        pads = (*self._reversed_padding_repeated_twice, *two_d, *two_d)
        return F.pad(x_NCTHW, pads, mode), (0, 0, 0)


class DynamicConv3d(DynamicConvolution, nn.Conv3d):
    """Dynamic twin of ``nn.Conv3d``; see :class:`DynamicConvolution`.

    Shapes: clips (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o).
    """

    @property
    def as_3d(self) -> tuple[Tensor, Triple, Triple]:
        """Weight, stride and dilation."""
        return self.weight, self.stride, self.dilation

    def forward(self, input: Tensor) -> Tensor:  # torch's name of it, for callers by keyword
        """Convolve; see the class for shapes."""
        return self._forward_clips(input)


class DynamicConv2d(DynamicConvolution, nn.Conv2d):
    """Dynamic twin of ``nn.Conv2d`` over frames; see :class:`DynamicConvolution`.

    Shapes: frames (N*T, C_in, H, W) -> (N*T, C_out, H_o, W_o), T = ``frames``; an image model has
    T = 1.

    Raises:
        ValueError: in the forward pass, if the frames do not make up whole clips.
    """

    @property
    def as_3d(self) -> tuple[Tensor, Triple, Triple]:
        """Weight, stride and dilation, with a time axis of length 1."""
        return self.weight.unsqueeze(2), (1, *self.stride), (1, *self.dilation)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        return fold_frames(self._forward_clips(self.unfold(input)))

    def unfold(self, x_FCHW: Tensor) -> Tensor:
        """Clips (N, C, T, H, W) of frames (N*T, C, H, W), a view."""
        clips, rest = divmod(len(x_FCHW), self.frames)
        if rest:
            raise ValueError(f'{len(x_FCHW)} frames do not make up clips of {self.frames}')
        return unfold_frames(x_FCHW, clips, self.frames)
