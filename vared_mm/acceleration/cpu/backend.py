"""Dynamic convolutions as one native call each."""

from dataclasses import replace

import torch
from torch import Tensor

from vared_mm.dynamic import Decision, DynamicConvolution
from vared_mm.dynamic.folding import unfold_frames

from ..common.accelerated_backend import AcceleratedBackend
from ..common.gate import is_plain_gate
from ..common.operation import define, layer_of
from ..common.post_ops import PostOps
from .cheap_taps import cheap_taps
from .gate import NativeGate


class NativeBackend(AcceleratedBackend):
    """One native call a layer, in float32, with AVX-512; see :func:`native_convolves`.

    Gate, convolution, rebuilding, mixing and post-ops pass rows on while they lie in the cache. In
    a compiled graph :class:`NativePass` adds a residual and a ReLU to a layer's post-ops, and lets
    it get, and give, averages of frames.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.

    Args:
        layer: in evaluation mode.
        post_ops: without a residual.
    """

    def __init__(self, layer: DynamicConvolution, post_ops: PostOps) -> None:
        super().__init__(layer, post_ops)
        weight, stride, _dilation = layer.as_3d
        pack = torch.ops.vared_mm_native.pack_weights
        self._native = torch.classes.vared_mm_native.DynamicLayer(
            [pack(weight[:kept], layer.groups > 1) for kept in layer.kept],
            None if layer.bias is None else layer.bias.detach().float(),
            [weight.shape[2:], stride, (0,) * (3 - len(layer.padding)) + layer.padding],
            layer.kept,
            list(cheap_taps(layer)),
            post_ops.scale,
            post_ops.shift,
        )
        self.gate = NativeGate(layer.gate) if is_plain_gate(layer.gate) else None
        if self.gate is not None:
            self._native.set_gate(*self.gate.settings)

    def run(self, layer: DynamicConvolution, x: Tensor) -> Tensor:
        """Call the operation, which calls :meth:`compute_with`."""
        relu = self.post_ops.relu
        return torch.ops.vared_mm.native_convolution(x, self.handle, None, None, relu)

    def compute_with(
        self,
        layer: DynamicConvolution,
        x: Tensor,
        gate_means: Tensor | None,
        residual: Tensor | None,
        relu: bool,
        means: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """Decide and compute.

        Args:
            layer: with this backend.
            x: its input.
            gate_means: averages of the input's frames, (N, T, C_in), where they are known.
            residual: see :class:`PostOps`.
            relu: see there.
            means: see there.

        Returns:
            The result and its averages, (N, T_o, C_out), or None.
        """
        x = layer.to_clips(x)
        if residual is not None:
            residual = layer.to_clips(residual)
        override, gate, size = layer.override, self.gate, x.shape[1:]
        runs_gate = override is None or override.runs_gate
        decision, threshold = None, None
        if runs_gate and gate is not None and (size in self._costs or gate.fits(x)):
            threshold, macs = gate.threshold, gate.macs(size.numel())
            if override is not None:
                decision = replace(override.decide(x), gate_macs=macs)
        else:
            decision = layer.decide(x)
        given = None
        if decision is not None:
            given = [decision.temporal.float(), decision.channel.float()]
        post_ops = residual, relu, means
        out, out_means, decided = self._native.run(x, threshold, gate_means, given, *post_ops)
        if decision is None:
            decision = Decision(*decided, macs)
        self.leave_record(layer, decision, x, out)
        return layer.from_clips(out), out_means


def means_like(x: Tensor, frames: int = 1) -> Tensor:
    """Uninitialised averages (N, T, C) of the frames of clips (N, C, T, H, W) or (N*T, C, H, W).

    Args:
        x: the clips.
        frames: T, where they are folded.
    """
    clips = x if x.dim() == 5 else unfold_frames(x, len(x) // frames)
    return x.new_empty(len(clips), clips.shape[2], clips.shape[1])


def _compute(x: Tensor, handle: int, *more: object) -> Tensor:
    layer = layer_of(handle)
    return layer.backend.compute_with(layer, x, *more, means=False)[0]


def _compute_averaged(x: Tensor, handle: int, *more: object) -> tuple[Tensor, Tensor]:
    layer = layer_of(handle)
    return layer.backend.compute_with(layer, x, *more, means=True)


def _result_like(x: Tensor, handle: int, *_more: object) -> Tensor:
    layer = layer_of(handle)
    return layer.backend.result_like(layer, x)


def _averaged_like(x: Tensor, handle: int, *_more: object) -> tuple[Tensor, Tensor]:
    out = _result_like(x, handle)
    return out, means_like(out, layer_of(handle).frames_out)


_ARGUMENTS = 'Tensor x, int handle, Tensor? gate_means, Tensor? residual, bool relu'
define(f'native_convolution({_ARGUMENTS}) -> Tensor', _compute, _result_like, 'CPU')
define(
    f'native_convolution_averaged({_ARGUMENTS}) -> (Tensor, Tensor)',
    _compute_averaged,
    _averaged_like,
    'CPU',
)
