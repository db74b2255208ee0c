"""Rebuild what was not computed and mix all candidates in use: channels first, then frames.

What a clip uses of one axis alone, the first candidate, needs no pass along that axis. A program
goes down a strip of a frame and reads each row once, for all rows that it contributes to.

Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Clips lie as N T H W C.
"""

from dataclasses import dataclass
from math import gcd

import triton
import triton.language as tl
from torch import Tensor

from ...common.post_ops import PostOps
from ..tuning import jit_for_all_sizes, time_quickly, whole_units
from .choice import first_of, held_channels, only_first
from .post_ops import apply_post_ops
from .rows import add_row, load_taps, tile_of, zeros

# Columns of pixels, channels, rows: a program goes down some rows of a frame.
TILES = [(32, 32, 16), (16, 64, 8), (8, 64, 8)]


@dataclass(frozen=True)
class Rebuilding:
    """The cheap operations of a layer.

    Args:
        channel_taps: of all channel candidates but the first, (S_c - 1, k * k, C), float32; zeros
            where a candidate holds a channel.
        frame_taps: of temporal candidates and offsets 1 to R - 1, one after the other, (offsets,
            k * k, C), float32.
        kept: channels that each candidate computes, (S_c,), int32.
        unit: that all these are multiples of.
        kernel: k.
    """

    channel_taps: Tensor
    frame_taps: Tensor
    kept: Tensor
    unit: int
    kernel: int


def _tuned(kernel: triton.JITFunction) -> triton.runtime.Autotuner:
    configs = [
        triton.Config({'BLOCK_W': w, 'BLOCK_C': c, 'ROWS': rows}, num_warps=4, maxnreg=128)
        for w, c, rows in TILES
    ]
    key = ['frames', 'height', 'width', 'channels']
    return triton.autotune(configs, key=key, do_bench=time_quickly, cache_results=True)(kernel)


@_tuned
@jit_for_all_sizes
def mix_channels_kernel(
    scratch_ptr,
    out_ptr,
    taps_ptr,
    scale_ptr,
    shift_ptr,
    temporal_ptr,
    channel_ptr,
    kept_ptr,
    frames,
    height,
    width,
    channels,
    pitch,
    mixed_from,
    relu,
    K: tl.constexpr,
    UNIT: tl.constexpr,
    UNIT_KEPT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    BLOCK_W: tl.constexpr,
    BLOCK_C: tl.constexpr,
    ROWS: tl.constexpr,
):
    """``sum over candidates of V_c[j] * (kept channels, the others by 2-D cheap operations)``.

    Of the frames that were computed; clips with one candidate in use are done already.
    """
    clip = tl.program_id(1)
    channels = whole_units(channels, UNIT)
    pitch = whole_units(pitch, 4)
    mixed_from = whole_units(mixed_from, 4)
    pixels = height * width
    shift = first_of(temporal_ptr, clip, S_T)
    frame, first, w, c = tile_of(height, width, channels, BLOCK_W, BLOCK_C, ROWS)
    computed = (frames + (1 << shift) - 1) >> shift
    alone = only_first(temporal_ptr, clip, S_T)
    # If frames are mixed next, what is held stays where it is.
    held, _ = held_channels(channel_ptr, kept_ptr, clip, S_C)
    held = whole_units(tl.where(alone, 0, held), UNIT_KEPT)
    last = tl.max(c)
    left = (only_first(channel_ptr, clip, S_C) == 0) & (last >= held)
    if (frame < computed) & left:
        HALO: tl.constexpr = K // 2
        factor = tl.load(temporal_ptr + clip * S_T) if S_T > 1 else 1.0
        scale = tl.load(scale_ptr + c, mask=c < channels, other=0.0)
        shifted = tl.load(shift_ptr + c, mask=c < channels, other=0.0)
        part_ptr = scratch_ptr + (clip.to(tl.int64) * frames + frame) * pixels * pitch
        done_ptr = out_ptr + (clip.to(tl.int64) * frames + frame) * pixels * channels
        used = whole_units(tl.load(kept_ptr + first_of(channel_ptr, clip, S_C)), UNIT_KEPT)
        values, kepts, taps = (), (), ()
        for index in tl.static_range(S_C):
            values = values + (tl.load(channel_ptr + clip * S_C + index),)
            kepts = kepts + (whole_units(tl.load(kept_ptr + index), UNIT_KEPT),)
            if index > 0:
                first_tap = taps_ptr + (index - 1) * K * K * channels
                taps = taps + load_taps(first_tap, channels, c, K)
        in_tile = (w < width)[:, None] & ((c >= held) & (c < channels))[None, :]
        sums = zeros((S_C - 1) * (K - 1), BLOCK_W, BLOCK_C)
        end = tl.minimum(first + ROWS, height)
        for row in range(first - HALO, end + HALO):
            h = row - HALO  # whole after this row
            mask = in_tile & (h >= first)
            place = h * width + w
            from_ptr = part_ptr + place[:, None] * pitch + c[None, :]
            direct = tl.load(from_ptr, mask=mask & (c < used)[None, :], other=0.0).to(tl.float32)
            y = tl.zeros((BLOCK_W, BLOCK_C), tl.float32)
            later = ()
            for index in tl.static_range(S_C):
                value, kept = values[index], kepts[index]
                y += value * tl.where((c < kept)[None, :], direct, 0.0)
                if index > 0:
                    mine = sums[(index - 1) * (K - 1) : index * (K - 1)]
                    if (value != 0.0) & (last >= kept):
                        kernel = taps[(index - 1) * K * K : index * K * K]
                        c_from = c - kept
                        if index > 1:  # each computed channel yields several
                            c_from //= tl.cdiv(channels - kept, kept)
                        row_ptr = part_ptr + (row * width + w)[:, None] * pitch + c_from[None, :]
                        c_valid = (c >= kept) & (c < channels)
                        there = (row >= 0) & (row < height)
                        rows = add_row(mine, kernel, row_ptr, w, c_valid, there, width, pitch, K)
                        y += value * rows[0]
                        mine = rows[1:]
                    later = later + mine
            sums = later
            if alone:
                z = apply_post_ops(y * factor, scale, shifted, relu)
                to = done_ptr + place[:, None] * channels + c[None, :]
                tl.store(to, z.to(out_ptr.dtype.element_ty), mask=mask)
            else:
                tl.store(from_ptr + mixed_from, y.to(scratch_ptr.dtype.element_ty), mask=mask)


@_tuned
@jit_for_all_sizes
def mix_frames_kernel(
    scratch_ptr,
    out_ptr,
    taps_ptr,
    scale_ptr,
    shift_ptr,
    temporal_ptr,
    channel_ptr,
    kept_ptr,
    frames,
    height,
    width,
    channels,
    pitch,
    mixed_from,
    relu,
    K: tl.constexpr,
    UNIT: tl.constexpr,
    UNIT_KEPT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    BLOCK_W: tl.constexpr,
    BLOCK_C: tl.constexpr,
    ROWS: tl.constexpr,
):
    """``sum over candidates of V_t[j] * (kept frames, the others by cheap operations)``, post-ops.

    Clips with one temporal candidate, the first, are done already.
    """
    clip = tl.program_id(1)
    channels = whole_units(channels, UNIT)
    pitch = whole_units(pitch, 4)
    mixed_from = whole_units(mixed_from, 4)
    if only_first(temporal_ptr, clip, S_T) == 0:
        pixels = height * width
        t, first, w, c = tile_of(height, width, channels, BLOCK_W, BLOCK_C, ROWS)
        shift = first_of(temporal_ptr, clip, S_T)
        source = scratch_ptr + clip.to(tl.int64) * frames * pixels * pitch
        scale = tl.load(scale_ptr + c, mask=c < channels, other=0.0)
        c_from = c
        if S_C > 1:  # channels are mixed by now, but for those that are held
            held, weight = held_channels(channel_ptr, kept_ptr, clip, S_C)
            held = whole_units(held, UNIT_KEPT)
            scale *= tl.where(c < held, weight, 1.0)
            c_from = tl.where(c < held, c, c + mixed_from)
        shifted = tl.load(shift_ptr + c, mask=c < channels, other=0.0)
        values, taps = (), ()
        direct = 0.0  # weight of the frame itself
        halo = 0
        for index in tl.static_range(S_T):
            value = tl.load(temporal_ptr + clip * S_T + index)
            offset = t % (1 << index)
            direct += tl.where(offset == 0, value, 0.0)
            values = values + (tl.where(offset == 0, 0.0, value),)
            halo = tl.where(values[index] != 0.0, K // 2, halo)
            if index > 0:
                # Candidates before this one have 2 ** index - 1 - index offsets together.
                first_tap = tl.maximum((1 << index) - 2 - index + offset, 0) * K * K * channels
                taps = taps + load_taps(taps_ptr + first_tap, channels, c, K)
        done_ptr = out_ptr + (clip.to(tl.int64) * frames + t) * pixels * channels
        in_tile = (w < width)[:, None] & (c < channels)[None, :]
        sums = zeros((S_T - 1) * (K - 1), BLOCK_W, BLOCK_C)
        end = tl.minimum(first + ROWS, height)
        for row in range(first - halo, end + halo):
            h = row - halo  # whole after this row
            mask = in_tile & (h >= first)
            y = tl.zeros((BLOCK_W, BLOCK_C), tl.float32)
            if direct != 0.0:
                place = (t >> shift) * pixels + h * width + w
                from_ptr = source + place[:, None] * pitch + c_from[None, :]
                y += direct * tl.load(from_ptr, mask=mask, other=0.0).to(tl.float32)
            later = ()
            for index in tl.static_range(1, S_T):
                mine = sums[(index - 1) * (K - 1) : index * (K - 1)]
                if values[index] != 0.0:
                    kernel = taps[(index - 1) * K * K : index * K * K]
                    place = ((t - t % (1 << index)) >> shift) * pixels + row * width + w
                    row_ptr = source + place[:, None] * pitch + c_from[None, :]
                    there = (row >= 0) & (row < height)
                    rows = add_row(mine, kernel, row_ptr, w, c < channels, there, width, pitch, K)
                    y += values[index] * rows[0]
                    mine = rows[1:]
                later = later + mine
            sums = later
            y = apply_post_ops(y, scale, shifted, relu)
            to = done_ptr + (h * width + w)[:, None] * channels + c[None, :]
            tl.store(to, y.to(out_ptr.dtype.element_ty), mask=mask)


def rebuild_mix(
    scratch: Tensor,
    out: Tensor,
    rebuilding: Rebuilding,
    temporal: Tensor,
    channel: Tensor,
    post_ops: PostOps,
) -> None:
    """Rebuild and mix what was computed into a layer's result, except for clips that need neither.

    Args:
        scratch: (2, N, T, H, W, P), P at least C: what was computed, frames side by side, and
            room for its mixed channels.
        out: (N, T, H, W, C).
        rebuilding: the cheap operations.
        temporal: V_t, (N, S_t), float32.
        channel: V_c, (N, S_c).
        post_ops: scale, shift and relu of these are applied.
    """
    batch, frames, height, width, channels = out.shape

    def grid(meta: dict[str, int]) -> tuple[int, int]:
        strips = triton.cdiv(width, meta['BLOCK_W']) * triton.cdiv(height, meta['ROWS'])
        return frames * strips * triton.cdiv(channels, meta['BLOCK_C']), batch

    sizes = (*out.shape[1:], scratch.shape[5], scratch[0].numel(), int(post_ops.relu))
    options = {
        'K': rebuilding.kernel,
        'UNIT': gcd(4, channels),  # more channels a thread would be more taps than it can hold
        'UNIT_KEPT': rebuilding.unit,
        'S_T': temporal.shape[1],
        'S_C': channel.shape[1],
    }
    args = (post_ops.scale, post_ops.shift, temporal, channel, rebuilding.kept, *sizes)
    if channel.shape[1] > 1:
        mix_channels_kernel[grid](scratch, out, rebuilding.channel_taps, *args, **options)
    if temporal.shape[1] > 1:
        mix_frames_kernel[grid](scratch, out, rebuilding.frame_taps, *args, **options)
