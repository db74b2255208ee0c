"""Dynamic convolutions for inference, with what follows them."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, library, nn

from vared_mm.dynamic import (
    Decision,
    DynamicConv2d,
    DynamicConv3d,
    DynamicConvolution,
    LayerRecord,
)
from vared_mm.dynamic.decision import Pattern
from vared_mm.dynamic.execution import leave_record
from vared_mm.dynamic.folding import Triple, fold_frames, unfold_frames

from .accelerated_gate import AcceleratedGate, is_plain_gate
from .cheap_taps import taps_of
from .epilogue import Epilogue
from .native import native_convolves
from .opaque import layer_of
from .opaque_convolution import OpaqueConvolution
from .packed_convolution import PackedConvolution

#: Bytes of a clip's features from which on a call for each clip is cheaper than a copy.
LARGE = 2**20


class AcceleratedConvolution(OpaqueConvolution):
    """A :class:`DynamicConvolution` for inference on a CPU, with what follows it built in.

    On a processor with wide vectors the layer is one native call, for float32 and but for grouped,
    dilated and very narrow convolutions. Else oneDNN convolves, clips that choose alike together,
    and the rest is one pass over its result. To a compiler the layer is one operation. Weights are
    those at the time of making: it can't be trained.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.
    Shapes: as of the layer that it stands for.

    Args:
        layer: the layer to stand for, in evaluation mode.
        epilogue: what follows it.
    """

    def __init__(self, layer: DynamicConvolution, epilogue: Epilogue) -> None:
        super().__init__(layer, epilogue)
        if is_plain_gate(self.gate):
            self.gate = AcceleratedGate(self.gate)
        none = torch.empty(0)
        self.channel_taps = [none, *map(_taps_by_copy, layer.channel_reconstructions)]
        self.temporal_taps = [none, *(taps_of(r.weight) for r in layer.temporal_reconstructions)]
        self._packed: dict[tuple[int, int], PackedConvolution] = {}

    @cached_property
    def native(self) -> torch.ScriptObject | None:
        """The layer as one native call, where there is such a one."""
        if not native_convolves(self):
            return None
        weight, stride, _dilation = self.as_3d
        pack = torch.ops.vared_mm_native.pack_weights
        layer = torch.classes.vared_mm_native.DynamicLayer(
            [pack(weight[:kept], self.groups > 1) for kept in self.kept],
            self.bias,
            [weight.shape[2:], stride, (0,) * (3 - len(self.padding)) + self.padding],
            self.kept,
            [self.temporal_taps, self.channel_taps],
            self.epilogue.scale,
            self.epilogue.shift,
            self.epilogue.relu,
        )
        if type(self.gate) is AcceleratedGate:
            self.gate.build_into(layer)
        return layer

    def run(
        self,
        x_NCTHW: Tensor,
        means: Tensor | None = None,
        residual: Tensor | None = None,
        relu: bool = False,
        averaged: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """One native call, with what a compiled graph lets it share with its neighbours.

        Args:
            x_NCTHW: clips, (N, C_in, T, H, W).
            means: averages of their frames, (N, T, C_in), where they are known.
            residual: to be added to the result, of its shape.
            relu: of that sum.
            averaged: whether averages of the result are wanted too.

        Returns:
            The result, (N, C_out, T_o, H_o, W_o), and its averages (N, T_o, C_out), or None.
        """
        override, gate, size = self.override, self.gate, x_NCTHW.shape[1:]
        runs_gate = override is None or override.runs_gate
        native = runs_gate and type(gate) is AcceleratedGate
        then = residual, relu, averaged
        if not native or not (size in self._costs or gate.fits(x_NCTHW)):
            decision = self.decide(x_NCTHW)
            axes = decision.temporal.float(), decision.channel.float()
            out, out_means = self.native.run_decided(x_NCTHW, *axes, *then)
        elif override is None:
            out, out_means, *parts = self.native.run(x_NCTHW, gate.threshold, means, *then)
            decision = Decision(*parts, gate.macs(size.numel()))
        else:  # in one native call too, so that it takes the time of a decision of the gate's
            decision = replace(override.decide(x_NCTHW), gate_macs=gate.macs(size.numel()))
            weights = gate.threshold, means, decision.temporal, decision.channel
            out, out_means = self.native.run_instead(x_NCTHW, *weights, *then)
        leave_record(self, LayerRecord(decision, self.cost_of(x_NCTHW, out)))
        return out, out_means

    def _forward_clips(self, x_NCTHW: Tensor) -> Tensor:
        return super()._forward_clips(x_NCTHW) if self.native is None else self.run(x_NCTHW)[0]

    def _compute_grouped(
        self, x_NCTHW: Tensor, padding: Triple, frames: int, decision: Decision
    ) -> Tensor:
        if len(x_NCTHW) == 0:
            return super()._compute_grouped(x_NCTHW, padding, frames, decision)
        out = None
        for (temporal, channel), clips in _group(decision, x_NCTHW[0].nbytes):
            index = torch.tensor(clips)
            part, said = x_NCTHW, decision
            if len(clips) < len(x_NCTHW):
                said = decision.of(index)
                part = x_NCTHW.narrow(0, clips[0], 1) if len(clips) == 1 else x_NCTHW[index]
            computed = self._convolve(part, padding, 2 ** temporal[0], self.kept[channel[0]])
            computed_NTHWC = computed.permute(0, 2, 3, 4, 1).contiguous()
            if out is None:
                height, width = computed_NTHWC.shape[2:4]
                shape = (len(x_NCTHW), frames, height, width, self.out_channels)
                out = computed_NTHWC.new_empty(shape)
            torch.ops.vared_mm_native.rebuild_mix(
                computed_NTHWC,
                index,
                said.temporal.float().contiguous(),
                said.channel.float().contiguous(),
                temporal,
                channel,
                self.kept,
                self.temporal_taps,
                self.channel_taps,
                self.epilogue.scale,
                self.epilogue.shift,
                self.epilogue.relu,
                out,
            )
        return out.permute(0, 4, 1, 2, 3)

    def _convolve(self, x_NCTHW: Tensor, padding: Triple, factor: int, kept: int) -> Tensor:
        weight, stride, dilation = self.as_3d
        groups = max(self.groups * kept // self.out_channels, 1)
        if (kept, factor) not in self._packed:
            self._packed[kept, factor] = PackedConvolution(
                weight[:kept],
                None if self.bias is None else self.bias[:kept],
                (stride[0] * factor, *stride[1:]),
                padding,
                dilation,
                groups,
            )
        return self._packed[kept, factor](x_NCTHW[:, : weight.shape[1] * groups])


class AcceleratedConv3d(AcceleratedConvolution, DynamicConv3d):
    """Accelerated twin of :class:`DynamicConv3d`."""


class AcceleratedConv2d(AcceleratedConvolution, DynamicConv2d):
    """Accelerated twin of :class:`DynamicConv2d`."""


def _group(decision: Decision, size: int) -> Iterable[tuple[Pattern, list[int]]]:
    """Clips to compute at once, by pattern; if they are large, each by itself: none is copied."""
    if size >= LARGE:
        return [(pattern, [clip]) for clip, pattern in enumerate(decision.patterns())]
    return decision.groups().items()


def _taps_by_copy(rebuild: nn.Module) -> Tensor:
    """Kernels of a channel reconstruction, (copies, k * k, K); zeros where there is no channel."""
    weight = rebuild.weight.detach()
    padded = weight.new_zeros(rebuild.kept * rebuild.copies, *weight.shape[1:])
    padded[: len(weight)] = weight
    return taps_of(padded.unflatten(0, (rebuild.kept, rebuild.copies)).transpose(0, 1))


def _run(
    x: Tensor,
    handle: int,
    means: Tensor | None,
    residual: Tensor | None,
    relu: bool,
    averaged: bool,
) -> tuple[Tensor, Tensor | None]:
    layer = layer_of(handle)
    if x.dim() == 5:
        return layer.run(x, means, residual, relu, averaged)
    more = None if residual is None else layer.unfold(residual)
    out, out_means = layer.run(layer.unfold(x), means, more, relu, averaged)
    return fold_frames(out), out_means


def _run_joined(x: Tensor, *more: Any) -> Tensor:
    return _run(x, *more, averaged=False)[0]


def _run_averaged(x: Tensor, *more: Any) -> tuple[Tensor, Tensor]:
    return _run(x, *more, averaged=True)


def averages_like(x: Tensor, frames: int = 1) -> Tensor:
    """Uninitialised averages (N, T, C) of the frames of clips (N, C, T, H, W) or (N*T, C, H, W).

    Args:
        x: the clips.
        frames: T, where they are folded.
    """
    clips = x if x.dim() == 5 else unfold_frames(x, len(x) // frames)
    return x.new_empty(len(clips), clips.shape[2], clips.shape[1])


def _like(x: Tensor, handle: int, *_more: object) -> Tensor:
    return layer_of(handle).result_like(x)


def _like_averaged(x: Tensor, handle: int, *_more: object) -> tuple[Tensor, Tensor]:
    layer = layer_of(handle)
    out = layer.result_like(x)
    return out, averages_like(out, layer.frames_out)


# A compiler makes these of layers that are native.
_LIBRARY = library.Library('vared_mm', 'FRAGMENT')
_MORE = 'Tensor x, int handle, Tensor? means, Tensor? residual, bool relu'
for _schema, _implementation, _fake in (
    (f'joined_convolution({_MORE}) -> Tensor', _run_joined, _like),
    (f'averaged_convolution({_MORE}) -> (Tensor, Tensor)', _run_averaged, _like_averaged),
):
    _name = _LIBRARY.define(_schema, tags=torch.Tag.needs_fixed_stride_order)
    _LIBRARY.impl(_name, _implementation, 'CPU')
    library.register_fake(f'vared_mm::{_name}', _fake, lib=_LIBRARY)
