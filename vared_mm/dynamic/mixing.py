"""Weighted sums of candidates, each made of what the largest candidate in use has computed."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .folding import fold_frames, unfold_frames


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
    weights = weights.to(computed_NKTHW.dtype)
    clips, channels = len(computed_NKTHW), kept[0]
    mask = weights.new_zeros(weights.shape[1], computed_NKTHW.shape[1])
    for i in active:
        mask[i, : kept[i]] = 1
    out = computed_NKTHW * _per_clip(_sum_of_active(weights, mask), 1)
    for i in active:
        if kept[i] == channels:
            continue
        frames = rebuild[i - 1](fold_frames(computed_NKTHW[:, : kept[i]]))
        rebuilt, weight = unfold_frames(frames, clips), _per_clip(weights[:, i : i + 1], 1)
        if out.shape[1] < channels:  # the first candidate in use fills what was not computed
            out = torch.cat([out, rebuilt * weight], dim=1)
        else:
            out = _add_at(out, 1, slice(kept[i], None), rebuilt, weight)
    return out


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
    weights = weights.to(computed_NCTHW.dtype)
    clips, first = len(computed_NCTHW), 2 ** active[0]
    mask = weights.new_zeros(weights.shape[1], computed_NCTHW.shape[2])
    for j in active:
        mask[j, :: 2**j // first] = 1
    out = computed_NCTHW * _per_clip(_sum_of_active(weights, mask), 2)
    if first > 1:
        sparse = out
        out = sparse.new_empty((clips, sparse.shape[1], frames, *sparse.shape[3:]))
        out = out.contiguous(memory_format=torch.channels_last_3d)
        out[:, :, ::first] = sparse
    for j in active:
        factor, weight = 2**j, _per_clip(weights[:, j : j + 1], 2)
        for offset in range(1, min(factor, frames)):
            span = slice(offset, None, factor)
            sources = computed_NCTHW[:, :, :: factor // first][:, :, : len(range(frames)[span])]
            rebuilt = unfold_frames(rebuild[j - 1](fold_frames(sources), offset), clips)
            if factor == first:
                out[:, :, span] = rebuilt * weight
            else:
                out = _add_at(out, 2, span, rebuilt, weight)
    return out


def _sum_of_active(weights_NS: Tensor, mask_SA: Tensor) -> Tensor:
    """Sum of the weights of the candidates that hold each map or frame, (N, A)."""
    return (weights_NS.unsqueeze(2) * mask_SA).sum(dim=1)


def _per_clip(weights_NA: Tensor, axis: int) -> Tensor:
    """Weights (N, A) in the shape that multiplies an axis of a clip."""
    shape = [len(weights_NA), 1, 1, 1, 1]
    shape[axis] = weights_NA.shape[1]
    return weights_NA.reshape(shape)


def _add_at(out: Tensor, axis: int, span: slice, rebuilt: Tensor, weight: Tensor) -> Tensor:
    """Add ``rebuilt * weight`` to a span of an axis, in place: ``out`` is nobody else's."""
    out[(slice(None),) * axis + (span,)].addcmul_(rebuilt, weight)
    return out
