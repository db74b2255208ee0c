"""Rebuild and mix all candidates as one operation with a gradient, for training."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .taps import channel_taps, taps


def rebuild_mix(
    computed_NTHWC: Tensor,
    temporal: Tensor,
    channel: Tensor,
    kept: Sequence[int],
    frame_kernels: Sequence[Tensor],
    channel_kernels: Sequence[Tensor],
) -> Tensor:
    """All candidates of clips of which everything was computed, rebuilt and summed; no gradient.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5.
    Shapes: (N, T, H, W, C), (N, S_t), (N, S_c) -> (N, T, H, W, C), contiguous.

    Args:
        computed_NTHWC: float32 or bfloat16.
        temporal: V_t, float32.
        channel: V_c, float32.
        kept: channels that each channel candidate computes.
        frame_kernels: of each temporal candidate but the first, (R - 1, C, 1, k, k), float32.
        channel_kernels: of each channel candidate but the first, (C - K, 1, k, k), float32.
    """
    out = torch.empty_like(computed_NTHWC)
    none, channels = torch.empty(0), computed_NTHWC.shape[-1]
    torch.ops.vared_mm_native.rebuild_mix(
        computed_NTHWC,
        torch.arange(len(out)),
        temporal,
        channel,
        range(temporal.shape[1]),
        range(channel.shape[1]),
        kept,
        [none, *map(taps, frame_kernels)],
        [none, *(channel_taps(k, size) for k, size in zip(channel_kernels, kept[1:], strict=True))],
        torch.ones(channels),
        torch.zeros(channels),
        False,
        out,
    )
    return out


class RebuildMix(torch.autograd.Function):
    """:func:`rebuild_mix` with its gradient; only what was computed is kept for that.

    Shapes: clips (N, C, T, H, W), channels last, in and out; else as of :func:`rebuild_mix`.
    """

    @staticmethod
    def forward(
        ctx: Any,
        computed: Tensor,
        temporal: Tensor,
        channel: Tensor,
        kept: Sequence[int],
        *kernels: Tensor,
    ) -> Tensor:
        computed = computed.permute(0, 2, 3, 4, 1).contiguous()
        weights = [axis.float().contiguous() for axis in (temporal, channel)]
        ctx.save_for_backward(computed, *weights, *kernels)
        ctx.kept, ctx.frame_kernels = kept, temporal.shape[1] - 1
        frame, of_channel = kernels[: ctx.frame_kernels], kernels[ctx.frame_kernels :]
        return rebuild_mix(computed, *weights, kept, frame, of_channel).permute(0, 4, 1, 2, 3)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        computed, temporal, channel, *kernels = ctx.saved_tensors
        computed_grad, *grads = torch.ops.vared_mm_native.rebuild_mix_backward(
            grad.permute(0, 2, 3, 4, 1).contiguous(),
            computed,
            temporal,
            channel,
            ctx.kept,
            kernels[: ctx.frame_kernels],
            kernels[ctx.frame_kernels :],
        )
        return computed_grad.permute(0, 4, 1, 2, 3), *grads[:2], None, *grads[2:]
