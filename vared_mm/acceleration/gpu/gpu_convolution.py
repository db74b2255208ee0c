"""Dynamic convolutions for inference on a GPU, with what follows them."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from vared_mm.dynamic import (
    ConstantGate,
    Decision,
    DynamicConv2d,
    DynamicConv3d,
    DynamicConvolution,
    LayerRecord,
    Override,
)
from vared_mm.dynamic.execution import leave_record

from ..accelerated_gate import is_plain_gate
from ..cheap_taps import taps_of
from ..epilogue import Epilogue
from ..opaque_convolution import OpaqueConvolution
from .convolve_kernel import convolve
from .depthwise_kernel import convolve_depthwise
from .gate_kernel import GpuGate, read_decision
from .geometry import ClipConvolution, Work, is_known, pack_weight
from .mix_kernels import Rebuilding, rebuild_mix
from .tuning import unit_of


class GpuConvolution(OpaqueConvolution):
    """A :class:`DynamicConvolution` for inference on a GPU, with what follows it built in.

    Four kernels, which look choices up on the device: the gate, the convolution, mixing channels
    and mixing frames; where a clip's choice leaves one nothing to do, it ends at once. The host
    waits for none. A grouped or dilated convolution is computed as the plain layer does it, whose
    choices the host waits for. Weights are those at the time of making: it
    can't be trained.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.
    Shapes: as of the layer that it stands for.

    Args:
        layer: the layer to stand for, in evaluation mode.
        epilogue: what follows it.
        dtype: to convolve in.
    """

    def __init__(self, layer: DynamicConvolution, epilogue: Epilogue, dtype: torch.dtype) -> None:
        super().__init__(layer, epilogue)
        self.gate_output: Tensor | None = None  # about the last clips
        self.kernels_know = is_known(self)
        own = is_plain_gate(layer.gate) and self.kernels_know
        self.gpu_gate = GpuGate(layer.gate) if own else None
        if self.kernels_know:
            self._conv = self._pack(dtype)
            self._rebuilding = self._pack_cheap()

    def _pack(self, dtype: torch.dtype) -> ClipConvolution:
        weight, stride, _dilation = self.as_3d
        return ClipConvolution(
            pack_weight(weight, self.groups, dtype),
            None if self.bias is None else self.bias.detach().float(),
            self.epilogue.scale,
            self.epilogue.shift,
            torch.tensor(self.kept, dtype=torch.int32, device=weight.device),
            tuple(weight.shape[2:]),
            stride,
            (0,) * (3 - len(self.padding)) + self.padding,
        )

    def _pack_cheap(self) -> Rebuilding:
        device = self.weight.device
        none = torch.zeros(0, device=device)
        channel = [none, *(_taps_by_channel(r) for r in self.channel_reconstructions)]
        frame = [none, *(taps_of(r.weight).flatten(0, -3) for r in self.temporal_reconstructions)]
        return Rebuilding(
            torch.cat([taps.flatten() for taps in channel]),
            torch.cat([taps.flatten() for taps in frame]),
            self._conv.kept,
            unit_of(*self.kept),
            self.rebuild_kernel,
        )

    def decide(self, x_NCTHW: Tensor) -> Decision:
        """The decision about clips; a gate that kernels know decides on the device."""
        override, own = self.override, self.gpu_gate
        if own is None or not (override is None or override.runs_gate):
            return super().decide(x_NCTHW)
        self.gate_output = own(x_NCTHW.permute(0, 2, 3, 4, 1))
        macs = self.gate.macs(x_NCTHW[0].numel())
        if override is not None:
            return replace(override.decide(x_NCTHW), gate_macs=macs)
        return read_decision(self.gate_output, self.gate_output != 0, self.search, macs)

    @property
    def decided_before(self) -> Override | None:
        """What the layer follows whatever is in its clips; None where its gate decides."""
        if self.override is None and type(self.gate) is ConstantGate:
            return Override(self.gate)
        return self.override

    @property
    def waits(self) -> bool:
        """Whether the host has to wait for the gate, or to run it."""
        override = self.decided_before
        runs_gate = override is None or override.runs_gate
        return not self.kernels_know or (runs_gate and self.gpu_gate is None)

    def _forward_clips(self, x_NCTHW: Tensor) -> Tensor:
        if not self.kernels_know:
            return self.epilogue.apply(super()._forward_clips(x_NCTHW))
        x = x_NCTHW.contiguous(memory_format=torch.channels_last_3d)
        decision = self.decide(x)
        out = self._run(x.permute(0, 2, 3, 4, 1), decision).permute(0, 4, 1, 2, 3)
        leave_record(self, LayerRecord(decision, self.cost_of(x, out)))
        return out

    def _run(self, x_NTHWC: Tensor, decision: Decision) -> Tensor:
        conv, relu = self._conv, self.epilogue.relu
        axes = decision.temporal.float().contiguous(), decision.channel.float().contiguous()
        shape = (len(x_NTHWC), *conv.result_size(x_NTHWC.shape[1:4]), self.out_channels)
        out = x_NTHWC.new_empty(shape)
        # Rows of whole vectors: a warp reads and writes the widest that there are.
        pitch = -(-self.out_channels // 16) * 16
        scratch = x_NTHWC.new_empty(2, *shape[:4], pitch)
        kernel = convolve_depthwise if conv.depthwise else convolve
        kernel(Work(x_NTHWC, conv, scratch[0], out, *axes, relu))
        rebuild_mix(scratch, out, self._rebuilding, conv.scale, conv.shift, *axes, relu)
        return out


class GpuConv3d(GpuConvolution, DynamicConv3d):
    """GPU twin of :class:`DynamicConv3d`."""


class GpuConv2d(GpuConvolution, DynamicConv2d):
    """GPU twin of :class:`DynamicConv2d`."""


def _taps_by_channel(rebuild: nn.Module) -> Tensor:
    """Kernels of a channel reconstruction, (k * k, C); zeros where a channel is held."""
    taps = taps_of(rebuild.weight)
    return torch.cat([taps.new_zeros(len(taps), rebuild.kept), taps], dim=1)
