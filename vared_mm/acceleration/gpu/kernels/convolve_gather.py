"""Dense convolutions of clips that lie as N T H W C; each clip as far as its decision asks for.

Pixels are gathered by their addresses. It is an implicit matrix product: rows are pixels of the
frames that are computed, columns are channels that are computed, and the sum runs over the kernel's
taps and the input's channels. Programs share the tiles of all clips evenly, whatever the decisions:
each counts the tiles itself.
"""

from typing import Any

import triton
import triton.language as tl

from ..convolution import Work
from ..tuning import jit_for_all_sizes, programs, time_quickly, unit_of, whole_units
from .choice import clip_of, computed_of
from .convolve_tma import convolve_tma, fits
from .post_ops import store_convolved

# Rows, columns, warps, stages of loads: large layers like the first two, small ones the others.
TILES = [(128, 128, 8, 3), (256, 64, 8, 3), (128, 64, 4, 4), (64, 64, 4, 4)]


def _configs() -> list[triton.Config]:
    return [
        triton.Config({'BLOCK_M': m, 'BLOCK_N': n}, num_warps=warps, num_stages=stages)
        for m, n, warps, stages in TILES
    ]


def _depth(args: dict[str, Any]) -> int:
    """Values along the sum that are read at once: 128 bytes, or 32 where there are few."""
    few = args['channels'] * (args['KW'] if args['RUN'] else 1) <= 32
    return 32 if few else 128 // args['x_ptr'].element_size()


@triton.autotune(
    _configs(),
    key=['batch', 'frames_out', 'height_out', 'width_out', 'channels', 'channels_out', 'taps'],
    do_bench=time_quickly,
    cache_results=True,
)
@triton.heuristics(
    {
        'BLOCK_K': _depth,
        'EVEN': lambda args: not args['RUN'] and args['channels'] % _depth(args) == 0,
    }
)
@jit_for_all_sizes
def convolve_gather_kernel(
    x_ptr,
    weight_ptr,
    bias_ptr,
    scale_ptr,
    shift_ptr,
    temporal_ptr,
    channel_ptr,
    kept_ptr,
    part_ptr,
    out_ptr,
    batch,
    frames,
    height,
    width,
    channels,
    frames_out,
    height_out,
    width_out,
    channels_out,
    pitch,
    stride_t,
    stride_h,
    stride_w,
    pad_t,
    pad_h,
    pad_w,
    relu,
    taps,
    KH: tl.constexpr,
    KW: tl.constexpr,
    RUN: tl.constexpr,
    UNIT: tl.constexpr,
    UNIT_OUT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    CLIPS: tl.constexpr,
    BIAS: tl.constexpr,
    PRECISION: tl.constexpr,
    EVEN: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
):
    """``y[pixel, o] = sum over tap, c of x[pixel + tap, c] * weight[tap, c, o]``, then post-ops.

    Only what each clip's first candidates in use ask for is computed: every 2**j-th frame, and the
    first ``kept`` channels.
    """
    channels = whole_units(channels, UNIT)
    channels_out = whole_units(channels_out, UNIT_OUT)
    pitch = whole_units(pitch, 16)
    pixels = height_out * width_out
    clips = tl.arange(0, CLIPS)
    valid = clips < batch
    shifts, computed, kepts = computed_of(
        temporal_ptr, channel_ptr, kept_ptr, clips, valid, frames_out, S_T, S_C
    )
    counts = tl.cdiv(computed * pixels, BLOCK_M) * tl.cdiv(kepts, BLOCK_N)
    ends = tl.cumsum(tl.where(valid, counts, 0), 0)
    # A row of a kernel over few channels is one tap: its pixels lie side by side.
    depth = channels * KW if RUN else channels
    across = 1 if RUN else KW
    blocks = tl.cdiv(depth, BLOCK_K)
    steps = taps // KW * across * blocks
    row_size = taps * channels
    k = tl.arange(0, BLOCK_K)
    weights = (temporal_ptr, channel_ptr)
    post_ops = (scale_ptr, shift_ptr, relu)
    results = (part_ptr, pitch, out_ptr, channels_out, frames_out * pixels)
    for tile in tl.range(tl.program_id(0), tl.max(ends), tl.num_programs(0)):
        clip, local, shift, kept = clip_of(tile, ends, clips, shifts, kepts)
        columns = tl.cdiv(kept, BLOCK_N)
        m = local // columns * BLOCK_M + tl.arange(0, BLOCK_M)
        n = local % columns * BLOCK_N + tl.arange(0, BLOCK_N)
        m_valid = m < ((frames_out + (1 << shift) - 1) >> shift) * pixels
        n_valid = n < kept
        frame = m // pixels
        pixel = m - frame * pixels
        row = pixel // width_out
        t = (frame << shift) * stride_t - pad_t
        h = row * stride_h - pad_h
        w = (pixel - row * width_out) * stride_w - pad_w
        clip_ptr = x_ptr + clip.to(tl.int64) * frames * height * width * channels
        rows = ((t * height + h) * width + w) * channels
        acc = tl.zeros((BLOCK_M, BLOCK_N), tl.float32)
        for step in range(0, steps):
            tap = step // blocks
            begin = (step - tap * blocks) * BLOCK_K
            dt = tap // (KH * across)
            dh = tap // across % KH
            dw = tap % across
            inside = m_valid & (t + dt >= 0) & (t + dt < frames) & (h + dh >= 0) & (h + dh < height)
            offset = ((dt * height + dh) * width + dw) * channels + begin
            columns_k = tap * depth + begin + k
            if RUN:
                place = (w * channels)[:, None] + (begin + k)[None, :]
                a_valid = inside[:, None] & (place >= 0) & (place < width * channels)
                a_valid &= (begin + k < depth)[None, :]
                b_valid = n_valid[None, :] & (begin + k < depth)[:, None]
            else:
                a_valid = (inside & (w + dw >= 0) & (w + dw < width))[:, None]
                b_valid = n_valid[None, :]
                if not EVEN:
                    a_valid &= (begin + k < depth)[None, :]
                    b_valid &= (begin + k < depth)[:, None]
            a = tl.load(clip_ptr + rows[:, None] + (offset + k)[None, :], mask=a_valid, other=0.0)
            b = tl.load(
                weight_ptr + columns_k[:, None] + n[None, :] * row_size, mask=b_valid, other=0.0
            )
            acc = tl.dot(a, b, acc, input_precision=PRECISION)
        store_convolved(
            acc, m, n, m_valid, kept, clip, weights, bias_ptr, post_ops, results, S_T, S_C, BIAS
        )


def convolve(work: Work) -> None:
    """Compute, for each clip, the frames and channels that its weights ask for."""
    if fits(work):
        convolve_tma(work)
        return
    channels, width = work.clips.shape[4], work.conv.kernel[2]
    convolve_gather_kernel[(programs(work.clips.device),)](
        *work.arguments(),
        work.conv.taps,
        **work.dense_options(),
        UNIT=unit_of(channels),
        RUN=channels < 16 and channels * width <= 64,
    )
