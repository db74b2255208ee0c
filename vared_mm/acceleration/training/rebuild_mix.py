"""Rebuild and mix all candidates as one operation with a gradient, for training."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class RebuildMix(torch.autograd.Function):
    """All candidates of clips of which everything was computed, rebuilt and summed.

    For the backward pass only what was computed is kept; the rest is recomputed.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5.
    Shapes: (N, T, H, W, C), (N, S_t), (N, S_c) -> (N, T, H, W, C).
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
        """Rebuild and mix.

        Args:
            ctx: of autograd.
            computed: float32 or bfloat16.
            temporal: V_t.
            channel: V_c.
            kept: channels that each channel candidate computes.
            *kernels: float32; of each temporal candidate but the first, (R - 1, C, 1, k, k), then
                of each channel candidate but the first, (C - K, 1, k, k).
        """
        computed = computed.contiguous()
        weights = [axis.float().contiguous() for axis in (temporal, channel)]
        ctx.save_for_backward(computed, *weights, *kernels)
        ctx.kept, ctx.split = list(kept), temporal.shape[1] - 1
        parts = (ctx.kept, kernels[: ctx.split], kernels[ctx.split :])
        return torch.ops.vared_mm_native.rebuild_mix_all(computed, *weights, *parts)

    @staticmethod
    def again(ctx: Any) -> Tensor:
        """Recompute the result of a forward, before its backward."""
        return torch.ops.vared_mm_native.rebuild_mix_all(*_saved(ctx))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        """Gradients of all that :meth:`forward` takes."""
        found = torch.ops.vared_mm_native.rebuild_mix_backward(grad.contiguous(), *_saved(ctx))
        return *found[:3], None, *found[3:]


def _saved(ctx: Any) -> tuple[Any, ...]:
    computed, temporal, channel, *kernels = ctx.saved_tensors
    return computed, temporal, channel, ctx.kept, kernels[: ctx.split], kernels[ctx.split :]
