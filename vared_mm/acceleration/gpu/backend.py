"""Dynamic convolutions as a few kernels of a GPU."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from vared_mm.dynamic import ConstantGate, Decision, DynamicConvolution, Override

from ..common.accelerated_backend import AcceleratedBackend
from ..common.cheap_taps import taps_of
from ..common.gate import is_plain_gate
from ..common.post_ops import PostOps
from .convolution import ClipConvolution, Work, pack_weight
from .gate import GpuGate, read_decision
from .kernels.convolve_depthwise import convolve_depthwise
from .kernels.convolve_gather import convolve
from .kernels.mix import Rebuilding, rebuild_mix
from .tuning import unit_of


class TritonBackend(AcceleratedBackend):
    """Up to four kernels a layer, which read decisions on the device, so that the host never waits.

    They are the gate, the convolution, mixing channels and mixing frames; where a clip's decision
    leaves one nothing to do, it ends at once.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.

    Args:
        layer: in evaluation mode, one of :func:`~.convolution.is_known`.
        post_ops: without a residual.
        dtype: to convolve in.
    """

    def __init__(self, layer: DynamicConvolution, post_ops: PostOps, dtype: torch.dtype) -> None:
        super().__init__(layer, post_ops)
        self.gate = GpuGate(layer.gate) if is_plain_gate(layer.gate) else None
        self.gate_output: Tensor | None = None  # about the last clips
        self._conv = _pack(layer, dtype)
        self._rebuilding = _pack_cheap(layer, self._conv.kept)

    def run_clips(self, layer: DynamicConvolution, x_NCTHW: Tensor) -> Tensor:
        """:meth:`compute` of clips (N, C, T, H, W) -> (N, C_out, T_o, H_o, W_o)."""
        x = x_NCTHW.contiguous(memory_format=torch.channels_last_3d)
        decision = self._decide(layer, x)
        out = self._launch(layer, x.permute(0, 2, 3, 4, 1), decision).permute(0, 4, 1, 2, 3)
        self.leave_record(layer, decision, x, out)
        return out

    def waits(self, layer: DynamicConvolution) -> bool:
        """Whether the host has to run the gate, and to wait for it."""
        override = override_of(layer)
        return self.gate is None and (override is None or override.runs_gate)

    def _decide(self, layer: DynamicConvolution, x_NCTHW: Tensor) -> Decision:
        override, gate = layer.override, self.gate
        if gate is None or not (override is None or override.runs_gate):
            return layer.decide(x_NCTHW)
        self.gate_output = gate(x_NCTHW.permute(0, 2, 3, 4, 1))
        macs = layer.gate.macs(x_NCTHW[0].numel())
        if override is not None:
            return replace(override.decide(x_NCTHW), gate_macs=macs)
        return read_decision(self.gate_output, self.gate_output != 0, layer.search, macs)

    def _launch(self, layer: DynamicConvolution, x_NTHWC: Tensor, decision: Decision) -> Tensor:
        conv, post_ops = self._conv, self.post_ops
        axes = decision.temporal.float().contiguous(), decision.channel.float().contiguous()
        shape = (len(x_NTHWC), *conv.result_size(x_NTHWC.shape[1:4]), layer.out_channels)
        out = x_NTHWC.new_empty(shape)
        # Rows of whole vectors: a warp reads and writes the widest that there are.
        pitch = -(-layer.out_channels // 16) * 16
        scratch = x_NTHWC.new_empty(2, *shape[:4], pitch)
        launch = convolve_depthwise if conv.depthwise else convolve
        launch(Work(x_NTHWC, conv, scratch[0], out, *axes, post_ops))
        rebuild_mix(scratch, out, self._rebuilding, *axes, post_ops)
        return out


class EagerGpuBackend(AcceleratedBackend):
    """Computes as the eager backend, with post-ops behind: grouped and dilated convolutions.

    Args:
        layer: in evaluation mode.
        post_ops: without a residual.
    """

    def run_clips(self, layer: DynamicConvolution, x_NCTHW: Tensor) -> Tensor:
        """:meth:`compute` of clips (N, C, T, H, W) -> (N, C_out, T_o, H_o, W_o)."""
        return self.post_ops.apply(super().run_clips(layer, x_NCTHW))

    def waits(self, layer: DynamicConvolution) -> bool:
        """Yes: Python groups the clips by their decisions."""
        return True


def override_of(layer: DynamicConvolution) -> Override | None:
    """A layer's override, or its gate if that is constant; None: the gate looks at the clips."""
    override = layer.override
    if type(layer.gate) is ConstantGate:  # which costs nothing: there is no need to run it
        return Override(layer.gate if override is None else override.decide)
    return override


def _pack(layer: DynamicConvolution, dtype: torch.dtype) -> ClipConvolution:
    weight, stride, _dilation = layer.as_3d
    return ClipConvolution(
        pack_weight(weight, layer.groups, dtype),
        None if layer.bias is None else layer.bias.detach().float(),
        torch.tensor(layer.kept, dtype=torch.int32, device=weight.device),
        tuple(weight.shape[2:]),
        stride,
        (0,) * (3 - len(layer.padding)) + layer.padding,
    )


def _pack_cheap(layer: DynamicConvolution, kept: Tensor) -> Rebuilding:
    none = torch.zeros(0, device=layer.weight.device)
    channel = [none, *(_taps_by_channel(r) for r in layer.channel_reconstructions)]
    frame = [none, *(taps_of(r.weight).flatten(0, -3) for r in layer.temporal_reconstructions)]
    return Rebuilding(
        torch.cat([taps.flatten() for taps in channel]),
        torch.cat([taps.flatten() for taps in frame]),
        kept,
        unit_of(*layer.kept),
        layer.rebuild_kernel,
    )


def _taps_by_channel(rebuild: nn.Module) -> Tensor:
    """Kernels of a channel reconstruction, (k * k, C); zeros where a channel is held."""
    taps = taps_of(rebuild.weight)
    return torch.cat([taps.new_zeros(len(taps), rebuild.kept), taps], dim=1)
