"""Dynamic convolutions by torch's own operations, on any device, with gradients."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .convolution import DynamicConvolution, LayerRecord
from .decision import Decision, Pattern
from .execution import leave_record
from .folding import Triple, convolve3d
from .mixing import mix_channels, mix_frames


class EagerBackend:
    """Computes a dynamic convolution by torch's operations; see :class:`Backend`.

    In training mode the full convolution runs once and every candidate is taken from it; in
    evaluation mode only what the clips' weights ask for runs. Both give the same result.
    """

    def run(self, layer: DynamicConvolution, x: Tensor) -> Tensor:
        """See :meth:`Backend.run`."""
        return layer.from_clips(self.run_clips(layer, layer.to_clips(x)))

    def run_clips(self, layer: DynamicConvolution, x_NCTHW: Tensor) -> Tensor:
        """:meth:`run` of clips (N, C, T, H, W) -> (N, C_out, T_o, H_o, W_o)."""
        decision = self._decide(layer, x_NCTHW)
        x_padded, padding = _pad(layer, x_NCTHW)
        weight, stride, dilation = layer.as_3d
        extent = dilation[0] * (weight.shape[2] - 1) + 1  # of the kernel along time
        frames = (x_padded.shape[2] + 2 * padding[0] - extent) // stride[0] + 1
        if layer.training:
            every = tuple(range(layer.search.temporal)), tuple(range(layer.search.channel))
            out = self._compute(layer, x_padded, padding, frames, decision, every)
        else:
            out = self._compute_grouped(layer, x_padded, padding, frames, decision)
        leave_record(layer, LayerRecord(decision, layer.cost_of(x_NCTHW, out)))
        return out

    def _decide(self, layer: DynamicConvolution, x_NCTHW: Tensor) -> Decision:
        return layer.decide(x_NCTHW)

    def _compute_grouped(
        self,
        layer: DynamicConvolution,
        x_NCTHW: Tensor,
        padding: Triple,
        frames: int,
        decision: Decision,
    ) -> Tensor:
        """Compute the clips that have the same candidates in use together, and no clip more."""
        groups = decision.groups() or {((0,), (0,)): []}  # no clips, of whatever pattern
        if len(groups) == 1:
            return self._compute(layer, x_NCTHW, padding, frames, decision, next(iter(groups)))
        parts = []
        for pattern, clips in groups.items():
            index = torch.tensor(clips, device=x_NCTHW.device)
            some = x_NCTHW[index], padding, frames, decision.of(index), pattern
            parts.append((index, self._compute(layer, *some)))
        out = parts[0][1].new_empty(len(x_NCTHW), *parts[0][1].shape[1:])
        out = out.contiguous(memory_format=torch.channels_last_3d)
        for index, part in parts:
            out[index] = part
        return out

    def _compute(
        self,
        layer: DynamicConvolution,
        x_NCTHW: Tensor,
        padding: Triple,
        frames: int,
        decision: Decision,
        pattern: Pattern,
    ) -> Tensor:
        """Compute the largest candidates in use, take the others from them, mix them all."""
        temporal, channel = pattern
        kept = layer.kept[channel[0]]
        computed = self._convolve(layer, x_NCTHW, padding, 2 ** temporal[0], kept)
        return self._rebuild_mix(layer, computed, frames, decision, pattern)

    def _convolve(
        self, layer: DynamicConvolution, x_NCTHW: Tensor, padding: Triple, factor: int, kept: int
    ) -> Tensor:
        """The first ``kept`` channels of every ``factor``-th frame of the static result."""
        weight, stride, dilation = layer.as_3d
        groups = max(layer.groups * kept // layer.out_channels, 1)
        return convolve3d(
            x_NCTHW[:, : weight.shape[1] * groups],
            weight[:kept],
            None if layer.bias is None else layer.bias[:kept],
            (stride[0] * factor, *stride[1:]),
            padding,
            dilation,
            groups,
        )

    def _rebuild_mix(
        self,
        layer: DynamicConvolution,
        computed: Tensor,
        frames: int,
        decision: Decision,
        pattern: Pattern,
    ) -> Tensor:
        temporal, channel = pattern
        mixed = mix_channels(
            computed, decision.channel, layer.kept, channel, layer.channel_reconstructions
        )
        rebuilds = layer.temporal_reconstructions
        return mix_frames(mixed, decision.temporal, frames, temporal, rebuilds)


def _pad(layer: DynamicConvolution, x_NCTHW: Tensor) -> tuple[Tensor, Triple]:
    """The padded input and the padding that is left to the convolution itself."""
    two_d = (0,) * (3 - len(layer.kernel_size))
    if layer.padding_mode == 'zeros' and not isinstance(layer.padding, str):
        return x_NCTHW, (*two_d, *layer.padding)
    mode = 'constant' if layer.padding_mode == 'zeros' else layer.padding_mode
    pads = (*layer._reversed_padding_repeated_twice, *two_d, *two_d)
    return F.pad(x_NCTHW, pads, mode), (0, 0, 0)
