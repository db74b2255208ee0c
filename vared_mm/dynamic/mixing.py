"""Weighted sums of candidates, each made of what the largest candidate in use has computed."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from .folding import fold_frames, unfold_frames

Span = tuple[int, slice]  # an axis of a clip, and a part of it


def mix_channels(
    computed_NKTHW: Tensor,
    weights: Tensor,
    kept: Sequence[int],
    active: Sequence[int],
    rebuild: nn.ModuleList,
) -> Tensor:
    """Sum of the channel candidates in use (first half of Eq. 3.5).

    Shapes: (N, K, T, H, W), K = ``kept[active[0]]``, and (N, S_c) -> (N, C, T, H, W).

    Args:
        computed_NKTHW: maps that the convolution computed.
        weights: V_c.
        kept: channels that each candidate computes.
        active: the candidates in use, ascending.
        rebuild: the cheap operations; ``rebuild[i - 1]`` is candidate i's.
    """
    if len(kept) == 1:
        return computed_NKTHW
    held = weights.new_zeros(weights.shape[1], computed_NKTHW.shape[1])
    parts: list[tuple[Span, Tensor, Tensor]] = []
    for i in active:
        held[i, : kept[i]] = 1
        if kept[i] < kept[0]:
            frames = rebuild[i - 1](fold_frames(computed_NKTHW[:, : kept[i]]))
            rebuilt = unfold_frames(frames, len(computed_NKTHW))
            parts.append(((1, slice(kept[i], kept[0])), rebuilt, weights[:, i]))
    place = (1, slice(0, computed_NKTHW.shape[1]))
    return _weighted_sum(computed_NKTHW, weights, held, place, kept[0], parts)


def mix_frames(
    computed_NCTHW: Tensor,
    weights: Tensor,
    frames: int,
    active: Sequence[int],
    rebuild: nn.ModuleList,
) -> Tensor:
    """Sum of the temporal candidates in use (second half of Eq. 3.5).

    Shapes: (N, C, ceil(T / R), H, W), R = 2 ** ``active[0]``, and (N, S_t) -> (N, C, T, H, W).

    Args:
        computed_NCTHW: every R-th frame.
        weights: V_t.
        frames: T.
        active: the candidates in use, ascending.
        rebuild: the cheap operations; ``rebuild[j - 1]`` is candidate j's.
    """
    if weights.shape[1] == 1:
        return computed_NCTHW
    first = 2 ** active[0]
    held = weights.new_zeros(weights.shape[1], computed_NCTHW.shape[2])
    parts: list[tuple[Span, Tensor, Tensor]] = []
    for j in active:
        factor = 2**j
        held[j, :: factor // first] = 1
        for offset in range(1, min(factor, frames)):
            span = slice(offset, frames, factor)
            sources = computed_NCTHW[:, :, :: factor // first][:, :, : len(range(frames)[span])]
            rebuilt = rebuild[j - 1](fold_frames(sources), offset)
            rebuilt = unfold_frames(rebuilt, len(computed_NCTHW))
            parts.append(((2, span), rebuilt, weights[:, j]))
    place = (2, slice(0, frames, first))
    return _weighted_sum(computed_NCTHW, weights, held, place, frames, parts)


def _weighted_sum(
    computed: Tensor,
    weights_NS: Tensor,
    held_SA: Tensor,
    place: Span,
    size: int,
    parts: list[tuple[Span, Tensor, Tensor]],
) -> Tensor:
    """Place what was computed, weighed by the candidates that hold it; add what was rebuilt."""
    total_NA = (weights_NS.unsqueeze(2) * held_SA).sum(dim=1)
    spans = [span for span, _, _ in parts]
    tensors = [tensor for _, rebuilt, weight in parts for tensor in (rebuilt, weight)]
    return _WeightedSum.apply(computed, total_NA, place, size, spans, *tensors)


class _WeightedSum(torch.autograd.Function):
    """``out[place] = computed * total``, then ``out[span] += rebuilt * weight`` for each part.

    As one operation: no copy of the sum or of its gradient for each part that is added. Weights,
    and their gradients, stay in fp32 where the clips are in half precision.
    """

    @staticmethod
    def forward(
        ctx: Any,
        computed: Tensor,
        total_NA: Tensor,
        place: Span,
        size: int,
        spans: list[Span],
        *parts: Tensor,
    ) -> Tensor:
        """The sum; ``parts`` are a rebuilt tensor and its weights (N,) for each span."""
        axis, _ = place
        ctx.save_for_backward(computed, total_NA, *parts)
        ctx.place, ctx.spans = place, spans
        if computed.shape[axis] == size:
            out = computed * _along(total_NA, axis, computed)
        else:  # the gaps are filled by the parts of the first candidate, which come first
            shape = [size if i == axis else n for i, n in enumerate(computed.shape)]
            out = computed.new_zeros(shape).contiguous(memory_format=torch.channels_last_3d)
            torch.mul(computed, _along(total_NA, axis, computed), out=_part(out, place))
        for span, rebuilt, weight in zip(spans, parts[::2], parts[1::2], strict=True):
            _part(out, span).addcmul_(rebuilt, _along(weight.unsqueeze(1), axis, computed))
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        """Gradients of the clips, of all weights and of what was rebuilt."""
        computed, total_NA, *parts = ctx.saved_tensors
        axis, _ = ctx.place
        other_axes = [i for i in range(1, grad.dim()) if i != axis]
        placed = _part(grad, ctx.place)
        of_computed = placed * _along(total_NA, axis, computed)
        of_total = (placed * computed).sum(other_axes, dtype=total_NA.dtype)
        of_parts: list[Tensor] = []
        for span, rebuilt, weight in zip(ctx.spans, parts[::2], parts[1::2], strict=True):
            there = _part(grad, span)
            of_parts.append(there * _along(weight.unsqueeze(1), axis, computed))
            of_parts.append((there * rebuilt).flatten(1).sum(1, dtype=weight.dtype))
        return of_computed, of_total, None, None, None, *of_parts


def _part(clips: Tensor, span: Span) -> Tensor:
    axis, where = span
    return clips[(slice(None),) * axis + (where,)]


def _along(weights_NA: Tensor, axis: int, clips: Tensor) -> Tensor:
    """Weights (N, A) in the shape and type that multiply an axis of clips."""
    shape = [len(weights_NA), 1, 1, 1, 1]
    shape[axis] = weights_NA.shape[1]
    return weights_NA.reshape(shape).to(clips.dtype)
