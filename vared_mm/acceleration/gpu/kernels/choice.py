"""How kernels read decisions, on the device."""

import triton
import triton.language as tl


@triton.jit
def first_used(weights_ptr, clips, valid, SIZE: tl.constexpr):
    """Index of the first candidate of one axis that has a weight, of each clip; NaN is a weight."""
    first = tl.zeros_like(clips) + (SIZE - 1)
    for back in tl.static_range(1, SIZE):
        index = SIZE - 1 - back
        weight = tl.load(weights_ptr + clips * SIZE + index, mask=valid, other=0.0)
        first = tl.where(weight != 0.0, index, first)
    return first


@triton.jit
def computed_of(
    temporal_ptr, channel_ptr, kept_ptr, clips, valid, frames, S_T: tl.constexpr, S_C: tl.constexpr
):
    """What is computed of each clip: every how many frames (as a shift), frames, channels."""
    shifts = first_used(temporal_ptr, clips, valid, S_T)
    kepts = tl.load(kept_ptr + first_used(channel_ptr, clips, valid, S_C))
    return shifts, (frames + (1 << shifts) - 1) >> shifts, kepts


@triton.jit
def clip_of(tile, ends, clips, shifts, kepts):
    """The clip that a tile belongs to, the tile's number in it, and the clip's shift and channels.

    Args:
        tile: a number among all clips' tiles.
        ends: of each clip's tiles.
        clips: 0, 1, 2, ...
        shifts: of each clip.
        kepts: likewise, channels that are computed.
    """
    before = ends <= tile
    clip = tl.sum(before.to(tl.int32))
    local = tile - tl.max(tl.where(before, ends, 0))
    here = clips == clip
    return clip, local, tl.sum(tl.where(here, shifts, 0)), tl.sum(tl.where(here, kepts, 0))


@triton.jit
def only_first(weights_ptr, clip, SIZE: tl.constexpr):
    """Whether a clip uses nothing but the first candidate of one axis."""
    others = 0
    for index in tl.static_range(1, SIZE):
        others += (tl.load(weights_ptr + clip * SIZE + index) != 0.0).to(tl.int32)
    return others == 0


@triton.jit
def first_of(weights_ptr, clip, SIZE: tl.constexpr):
    """:func:`first_used` of one clip."""
    first = SIZE - 1
    for back in tl.static_range(1, SIZE):
        index = SIZE - 1 - back
        first = tl.where(tl.load(weights_ptr + clip * SIZE + index) != 0.0, index, first)
    return first


@triton.jit
def held_channels(weights_ptr, kept_ptr, clip, SIZE: tl.constexpr):
    """Channels that a clip has as they were computed, and their weight; none if it mixes some."""
    used = 0
    kept = 0
    weight = 0.0
    for index in tl.static_range(SIZE):
        value = tl.load(weights_ptr + clip * SIZE + index)
        used += (value != 0.0).to(tl.int32)
        kept = tl.where(value != 0.0, tl.load(kept_ptr + index), kept)
        weight += value
    return tl.where(used == 1, kept, 0), weight
