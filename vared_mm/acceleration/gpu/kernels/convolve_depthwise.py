"""Depthwise convolutions of clips that lie as N T H W C; each as far as its decision asks for."""

import triton
import triton.language as tl

from ..convolution import Work
from ..tuning import jit_for_all_sizes, time_quickly, unit_of, whole_units
from .choice import first_of
from .post_ops import store_convolved

TILES = [(32, 64, 4), (64, 32, 4), (16, 128, 4)]


@triton.autotune(
    [triton.Config({'BLOCK_P': p, 'BLOCK_C': c}, num_warps=warps) for p, c, warps in TILES],
    key=['batch', 'frames_out', 'height_out', 'width_out', 'channels'],
    do_bench=time_quickly,
    cache_results=True,
)
@jit_for_all_sizes
def convolve_depthwise_kernel(
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
    KT: tl.constexpr,
    KH: tl.constexpr,
    KW: tl.constexpr,
    UNIT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    BIAS: tl.constexpr,
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """``y[t, h, w, c] = sum over taps of x[t', h', w', c] * weight[tap, c]``, then post-ops.

    Only what each clip's first candidates in use ask for is computed: every 2**j-th frame, and the
    first ``kept`` channels.
    """
    clip = tl.program_id(1)
    channels = whole_units(channels, UNIT)
    pitch = whole_units(pitch, 16)
    pixels = height_out * width_out
    shift = first_of(temporal_ptr, clip, S_T)
    kept = tl.load(kept_ptr + first_of(channel_ptr, clip, S_C))
    across = tl.cdiv(kept, BLOCK_C)
    blocks = tl.cdiv(pixels, BLOCK_P)
    frame = tl.program_id(0) // (across * blocks)
    if frame < ((frames_out + (1 << shift) - 1) >> shift):
        tile = tl.program_id(0) - frame * across * blocks
        c = tile % across * BLOCK_C + tl.arange(0, BLOCK_C)
        pixel = tile // across * BLOCK_P + tl.arange(0, BLOCK_P)
        # To the end of a unit, which is a row of the result's too.
        c_valid = c < tl.minimum(tl.cdiv(kept, UNIT) * UNIT, channels)
        valid = pixel < pixels
        row = pixel // width_out
        t = (frame << shift) * stride_t - pad_t
        h = row * stride_h - pad_h
        w = (pixel - row * width_out) * stride_w - pad_w
        place = ((t * height + h) * width + w) * channels
        source = x_ptr + clip.to(tl.int64) * frames * height * width * channels
        source = source + place[:, None] + c[None, :]
        acc = tl.zeros((BLOCK_P, BLOCK_C), tl.float32)
        for dt in range(KT):
            inside_t = valid & (t + dt >= 0) & (t + dt < frames)
            for dh in tl.static_range(KH):
                inside_h = inside_t & (h + dh >= 0) & (h + dh < height)
                for dw in tl.static_range(KW):
                    inside = inside_h & (w + dw >= 0) & (w + dw < width)
                    offset = ((dt * height + dh) * width + dw) * channels
                    mask = inside[:, None] & c_valid[None, :]
                    x = tl.load(source + offset, mask=mask, other=0.0).to(tl.float32)
                    tap = weight_ptr + ((dt * KH + dh) * KW + dw) * channels
                    weight = tl.load(tap + c, mask=c_valid, other=0.0).to(tl.float32)
                    acc += x * weight[None, :]
        rows = frame * pixels + pixel
        weights = (temporal_ptr, channel_ptr)
        post_ops = (scale_ptr, shift_ptr, relu)
        channels_out = whole_units(channels_out, UNIT)
        results = (part_ptr, pitch, out_ptr, channels_out, frames_out * pixels)
        store_convolved(
            acc, rows, c, valid, kept, clip, weights, bias_ptr, post_ops, results, S_T, S_C, BIAS
        )


def convolve_depthwise(work: Work) -> None:
    """As :func:`~.convolve_gather.convolve`, each channel by itself."""
    batch, frames, height, width, channels = work.out.shape

    def grid(meta: dict[str, int]) -> tuple[int, int]:
        blocks = triton.cdiv(height * width, meta['BLOCK_P'])
        return frames * blocks * triton.cdiv(channels, meta['BLOCK_C']), batch

    sizes = dict(zip(('KT', 'KH', 'KW'), work.conv.kernel, strict=True))
    unit = unit_of(work.clips.shape[4])
    convolve_depthwise_kernel[grid](*work.arguments(), **work.options(), **sizes, UNIT=unit)
