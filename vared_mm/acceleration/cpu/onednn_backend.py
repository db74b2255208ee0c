"""Dynamic convolutions by oneDNN, with one native pass behind them."""

from collections.abc import Iterable

import torch
from torch import Tensor

from vared_mm.dynamic import Decision, DynamicConvolution
from vared_mm.dynamic.decision import Pattern
from vared_mm.dynamic.folding import Triple

from ..common.accelerated_backend import AcceleratedBackend
from ..common.gate import is_plain_gate
from ..common.post_ops import PostOps
from .cheap_taps import cheap_taps
from .gate import NativeGate
from .packed_convolution import PackedConvolution

#: Bytes of a clip's features from which on a call for each clip is cheaper than a copy.
LARGE = 2**20


class OneDnnBackend(AcceleratedBackend):
    """oneDNN convolves, clips with the same candidates together; the rest is one pass behind it.

    For what :class:`NativeBackend` does not compute: other processors, bfloat16, and grouped,
    dilated and very narrow convolutions.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Differs: none, an exact rewriting.

    Args:
        layer: in evaluation mode.
        post_ops: without a residual.
    """

    def __init__(self, layer: DynamicConvolution, post_ops: PostOps) -> None:
        super().__init__(layer, post_ops)
        self._gate = NativeGate(layer.gate) if is_plain_gate(layer.gate) else None
        self._taps = cheap_taps(layer)
        self._packed: dict[tuple[int, int], PackedConvolution] = {}

    def _decide(self, layer: DynamicConvolution, x_NCTHW: Tensor) -> Decision:
        return layer.decide(x_NCTHW, self._gate)

    def _compute_grouped(
        self,
        layer: DynamicConvolution,
        x_NCTHW: Tensor,
        padding: Triple,
        frames: int,
        decision: Decision,
    ) -> Tensor:
        if len(x_NCTHW) == 0:
            return super()._compute_grouped(layer, x_NCTHW, padding, frames, decision)
        out = None
        for (temporal, channel), clips in _group(decision, x_NCTHW[0].nbytes):
            index = torch.tensor(clips)
            part, weights = x_NCTHW, decision
            if len(clips) < len(x_NCTHW):
                weights = decision.of(index)
                part = x_NCTHW.narrow(0, clips[0], 1) if len(clips) == 1 else x_NCTHW[index]
            kept = layer.kept[channel[0]]
            computed = self._convolve(layer, part, padding, 2 ** temporal[0], kept)
            computed_NTHWC = computed.permute(0, 2, 3, 4, 1).contiguous()
            if out is None:
                height, width = computed_NTHWC.shape[2:4]
                shape = (len(x_NCTHW), frames, height, width, layer.out_channels)
                out = computed_NTHWC.new_empty(shape)
            torch.ops.vared_mm_native.rebuild_mix(
                computed_NTHWC,
                index,
                weights.temporal.float().contiguous(),
                weights.channel.float().contiguous(),
                temporal,
                channel,
                layer.kept,
                *self._taps,
                self.post_ops.scale,
                self.post_ops.shift,
                self.post_ops.relu,
                out,
            )
        return out.permute(0, 4, 1, 2, 3)

    def _convolve(
        self, layer: DynamicConvolution, x_NCTHW: Tensor, padding: Triple, factor: int, kept: int
    ) -> Tensor:
        weight, stride, dilation = layer.as_3d
        groups = max(layer.groups * kept // layer.out_channels, 1)
        if (kept, factor) not in self._packed:
            self._packed[kept, factor] = PackedConvolution(
                weight[:kept],
                None if layer.bias is None else layer.bias[:kept],
                (stride[0] * factor, *stride[1:]),
                padding,
                dilation,
                groups,
            )
        return self._packed[kept, factor](x_NCTHW[:, : weight.shape[1] * groups])


def _group(decision: Decision, size: int) -> Iterable[tuple[Pattern, list[int]]]:
    """Clips to compute at once, by pattern; if they are large, each by itself: none is copied."""
    if size >= LARGE:
        return [(pattern, [clip]) for clip, pattern in enumerate(decision.patterns())]
    return decision.groups().items()
