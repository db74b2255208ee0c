"""Rebuild what was not computed and mix all candidates in use: channels first, then frames.

What a clip uses of one axis alone, the first candidate, needs no pass along that axis.

Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Clips lie as N T H W C.
"""

from dataclasses import dataclass

import triton
import triton.language as tl
from torch import Tensor

from .choice import first_of, only_first
from .results import finish
from .tuning import jit_for_all_sizes, time_quickly, unit_of, whole_units

TILES = [(32, 64, 4), (64, 64, 4), (64, 32, 4)]


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
    configs = [triton.Config({'BLOCK_P': p, 'BLOCK_C': c}, num_warps=w) for p, c, w in TILES]
    key = ['frames', 'height', 'width', 'channels']
    return triton.autotune(configs, key=key, do_bench=time_quickly, cache_results=True)(kernel)


@triton.jit
def _depthwise(
    source, taps_ptr, place, h, w, c, c_from, valid, height, width, channels, pitch, K: tl.constexpr
):
    """A k x k kernel for each channel of a frame, at some of its pixels."""
    acc = tl.zeros_like(valid).to(tl.float32)
    for tap in tl.static_range(K * K):
        dy = tap // K - K // 2
        dx = tap % K - K // 2
        inside = (h + dy >= 0) & (h + dy < height) & (w + dx >= 0) & (w + dx < width)
        from_ptr = source + (place + dy * width + dx)[:, None] * pitch + c_from[None, :]
        x = tl.load(from_ptr, mask=inside[:, None] & valid, other=0.0).to(tl.float32)
        weight = tl.load(taps_ptr + tap * channels + c, mask=c < channels, other=0.0)
        acc += x * weight[None, :]
    return acc


@triton.jit
def _tile(tile, across, pixels, width, channels, BLOCK_P: tl.constexpr, BLOCK_C: tl.constexpr):
    """A tile of a frame: its channels, pixels, their rows and columns, and which are there."""
    c = tile % across * BLOCK_C + tl.arange(0, BLOCK_C)
    p = tile // across * BLOCK_P + tl.arange(0, BLOCK_P)
    h = p // width
    return c, p, h, p - h * width, (p < pixels)[:, None] & (c < channels)[None, :]


@_tuned
@jit_for_all_sizes
def _mix_channels(
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
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    clip = tl.program_id(1)
    channels = whole_units(channels, UNIT)
    pitch = whole_units(pitch, 16)
    mixed_from = whole_units(mixed_from, 16)
    pixels = height * width
    shift = first_of(temporal_ptr, clip, S_T)
    blocks = tl.cdiv(pixels, BLOCK_P)
    across = tl.cdiv(channels, BLOCK_C)
    frame = tl.program_id(0) // (blocks * across)
    computed = (frames + (1 << shift) - 1) >> shift
    if (frame < computed) & (only_first(channel_ptr, clip, S_C) == 0):
        tile = tl.program_id(0) - frame * blocks * across
        c, p, h, w, valid = _tile(tile, across, pixels, width, channels, BLOCK_P, BLOCK_C)
        place = frame * pixels + p
        part_ptr = scratch_ptr + clip.to(tl.int64) * frames * pixels * pitch
        used = whole_units(tl.load(kept_ptr + first_of(channel_ptr, clip, S_C)), UNIT_KEPT)
        from_ptr = part_ptr + place[:, None] * pitch + c[None, :]
        direct = tl.load(from_ptr, mask=valid & (c < used)[None, :], other=0.0).to(tl.float32)
        y = tl.zeros((BLOCK_P, BLOCK_C), tl.float32)
        for index in tl.static_range(S_C):
            value = tl.load(channel_ptr + clip * S_C + index)
            if value != 0.0:
                kept = whole_units(tl.load(kept_ptr + index), UNIT_KEPT)
                held = c < kept
                y += value * tl.where(held[None, :], direct, 0.0)
                if index > 0:
                    c_from = c - kept
                    if index > 1:  # each computed channel yields several
                        c_from //= tl.cdiv(channels - kept, kept)
                    y += value * _depthwise(
                        part_ptr,
                        taps_ptr + (index - 1) * K * K * channels,
                        place,
                        h,
                        w,
                        c,
                        c_from,
                        valid & (c >= kept)[None, :],
                        height,
                        width,
                        channels,
                        pitch,
                        K,
                    )
        if only_first(temporal_ptr, clip, S_T):
            if S_T > 1:
                y *= tl.load(temporal_ptr + clip * S_T)
            y = finish(y, scale_ptr, shift_ptr, c, c < channels, relu)
            to = out_ptr + clip.to(tl.int64) * frames * pixels * channels
            to = to + place[:, None] * channels + c[None, :]
            tl.store(to, y.to(out_ptr.dtype.element_ty), mask=valid)
        else:
            to = part_ptr + mixed_from + place[:, None] * pitch + c[None, :]
            tl.store(to, y.to(scratch_ptr.dtype.element_ty), mask=valid)


@_tuned
@jit_for_all_sizes
def _mix_frames(
    scratch_ptr,
    out_ptr,
    taps_ptr,
    scale_ptr,
    shift_ptr,
    temporal_ptr,
    channel_ptr,
    frames,
    height,
    width,
    channels,
    pitch,
    mixed_from,
    relu,
    K: tl.constexpr,
    UNIT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    clip = tl.program_id(1)
    channels = whole_units(channels, UNIT)
    pitch = whole_units(pitch, 16)
    mixed_from = whole_units(mixed_from, 16)
    if only_first(temporal_ptr, clip, S_T) == 0:
        pixels = height * width
        blocks = tl.cdiv(pixels, BLOCK_P)
        across = tl.cdiv(channels, BLOCK_C)
        t = tl.program_id(0) // (blocks * across)
        tile = tl.program_id(0) - t * blocks * across
        c, p, h, w, valid = _tile(tile, across, pixels, width, channels, BLOCK_P, BLOCK_C)
        shift = first_of(temporal_ptr, clip, S_T)
        clip_size = frames.to(tl.int64) * pixels
        source = scratch_ptr + clip * clip_size * pitch
        if S_C > 1:  # channels are mixed by now, or were all computed
            alone = only_first(channel_ptr, clip, S_C)
            factor = tl.where(alone, tl.load(channel_ptr + clip * S_C), 1.0)
            source += tl.where(alone, 0, mixed_from)
        else:
            factor = 1.0
        y = tl.zeros((BLOCK_P, BLOCK_C), tl.float32)
        for index in tl.static_range(S_T):
            value = tl.load(temporal_ptr + clip * S_T + index)
            if value != 0.0:
                offset = t % (1 << index)
                place = ((t - offset) >> shift) * pixels + p
                if offset == 0:
                    from_ptr = source + place[:, None] * pitch + c[None, :]
                    y += value * tl.load(from_ptr, mask=valid, other=0.0).to(tl.float32)
                else:
                    # Candidates before this one have 2 ** index - 1 - index offsets together.
                    kernel = (1 << index) - 2 - index + offset
                    y += value * _depthwise(
                        source,
                        taps_ptr + kernel * K * K * channels,
                        place,
                        h,
                        w,
                        c,
                        c,
                        valid,
                        height,
                        width,
                        channels,
                        pitch,
                        K,
                    )
        y = finish(y * factor, scale_ptr, shift_ptr, c, c < channels, relu)
        to = out_ptr + clip * clip_size * channels
        to = to + (t * pixels + p)[:, None] * channels + c[None, :]
        tl.store(to, y.to(out_ptr.dtype.element_ty), mask=valid)


def rebuild_mix(
    scratch: Tensor,
    out: Tensor,
    rebuilding: Rebuilding,
    scale: Tensor,
    shift: Tensor,
    temporal: Tensor,
    channel: Tensor,
    relu: bool,
) -> None:
    """Make a layer's result of what was computed, but of clips that use that alone.

    Args:
        scratch: (2, N, T, H, W, P), P at least C: what was computed, frames side by side, and
            room for its mixed channels.
        out: (N, T, H, W, C).
        rebuilding: the cheap operations.
        scale: (C,), float32, of the norm that follows.
        shift: likewise.
        temporal: V_t, (N, S_t), float32.
        channel: V_c, (N, S_c).
        relu: whether a ReLU follows.
    """
    batch, frames, height, width, channels = out.shape

    def grid(meta: dict[str, int]) -> tuple[int, int]:
        blocks = triton.cdiv(height * width, meta['BLOCK_P'])
        return frames * blocks * triton.cdiv(channels, meta['BLOCK_C']), batch

    sizes = (*out.shape[1:], scratch.shape[5], scratch[0].numel(), int(relu))
    options = {
        'K': rebuilding.kernel,
        'UNIT': unit_of(channels),
        'S_T': temporal.shape[1],
        'S_C': channel.shape[1],
    }
    after = (scale, shift, temporal, channel)
    if channel.shape[1] > 1:
        taps, kept, unit = rebuilding.channel_taps, rebuilding.kept, rebuilding.unit
        _mix_channels[grid](scratch, out, taps, *after, kept, *sizes, **options, UNIT_KEPT=unit)
    if temporal.shape[1] > 1:
        _mix_frames[grid](scratch, out, rebuilding.frame_taps, *after, *sizes, **options)
