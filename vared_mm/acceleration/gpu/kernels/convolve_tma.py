"""Dense convolutions that keep a frame's size; each clip as far as its decision asks for.

As :mod:`.convolve_gather`, but boxes of pixels and channels are loaded by the tensor memory
accelerator (TMA) that GPUs have since Hopper: it computes their addresses, and fills what lies
outside a clip with zeros.
"""

from math import prod
from typing import Any

import triton
import triton.language as tl
from triton.tools.tensor_descriptor import TensorDescriptor

from ..convolution import Work
from ..tuning import (
    has_tma,
    jit_for_all_sizes,
    programs,
    time_quickly,
    whole_units,
)
from .choice import clip_of, computed_of
from .post_ops import store_convolved

# Rows, columns, further columns, warps, stages of loads. Half of a layer's channels are seldom
# a power of two.
TILES = [
    (128, 128, 16, 8, 3),
    (128, 64, 16, 8, 4),
    (64, 128, 0, 4, 4),
    (64, 64, 16, 4, 4),
]
WIDE = tl.constexpr(8)  # pixels of a row in a box


def _set_boxes(args: dict[str, Any]) -> None:
    """How much the TMA loads at once."""
    depth = args['BLOCK_K']
    args['x_desc'].block_shape = [1, 1, args['BLOCK_M'] // WIDE.value, WIDE.value, depth]
    args['weight_desc'].block_shape = [args['BLOCK_N'], depth]
    args['rest_desc'].block_shape = [max(args['MORE'], 8), depth]


@triton.autotune(
    [
        triton.Config(
            {'BLOCK_M': m, 'BLOCK_N': n, 'MORE': more},
            num_warps=warps,
            num_stages=stages,
            maxnreg=128 if warps == 8 else None,  # two programs at once on each multiprocessor
            pre_hook=_set_boxes,
        )
        for m, n, more, warps, stages in TILES
    ],
    key=['batch', 'frames_out', 'height', 'width', 'channels', 'channels_out', 'taps'],
    do_bench=time_quickly,
)
@jit_for_all_sizes
def convolve_tma_kernel(
    x_desc,
    weight_desc,
    rest_desc,
    bias_ptr,
    scale_ptr,
    shift_ptr,
    temporal_ptr,
    channel_ptr,
    kept_ptr,
    part_ptr,
    out_ptr,
    batch,
    height,
    width,
    channels,
    frames_out,
    channels_out,
    pitch,
    stride_t,
    pad_t,
    relu,
    taps,
    KH: tl.constexpr,
    KW: tl.constexpr,
    UNIT_OUT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    CLIPS: tl.constexpr,
    BIAS: tl.constexpr,
    PRECISION: tl.constexpr,
    BLOCK_K: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    MORE: tl.constexpr,
):
    """``y[pixel, o] = sum over tap, c of x[pixel + tap, c] * weight[tap, c, o]``, then post-ops.

    As :func:`convolve_gather_kernel`, for stride 1 in space, its tiles loaded as boxes by TMA.
    """
    channels_out = whole_units(channels_out, UNIT_OUT)
    pitch = whole_units(pitch, 16)
    pixels = height * width
    HIGH: tl.constexpr = BLOCK_M // WIDE
    wide = tl.cdiv(width, WIDE)
    boxes = tl.cdiv(height, HIGH) * wide
    clips = tl.arange(0, CLIPS)
    valid = clips < batch
    shifts, computed, kepts = computed_of(
        temporal_ptr, channel_ptr, kept_ptr, clips, valid, frames_out, S_T, S_C
    )
    counts = computed * boxes * tl.cdiv(kepts, BLOCK_N + MORE)
    ends = tl.cumsum(tl.where(valid, counts, 0), 0)
    blocks = tl.cdiv(channels, BLOCK_K)
    steps = taps * blocks
    weights = (temporal_ptr, channel_ptr)
    post_ops = (scale_ptr, shift_ptr, relu)
    results = (part_ptr, pitch, out_ptr, channels_out, frames_out * pixels)
    for tile in tl.range(tl.program_id(0), tl.max(ends), tl.num_programs(0)):
        clip, local, shift, kept = clip_of(tile, ends, clips, shifts, kepts)
        columns = tl.cdiv(kept, BLOCK_N + MORE)
        n0 = local % columns * (BLOCK_N + MORE)
        box = local // columns
        frame = box // boxes
        box -= frame * boxes
        h0 = box // wide * HIGH
        w0 = box % wide * WIDE
        t0 = (frame << shift) * stride_t - pad_t
        acc = tl.zeros((BLOCK_M, BLOCK_N), tl.float32)
        if MORE > 0:
            rest = tl.zeros((BLOCK_M, MORE), tl.float32)
        for step in range(0, steps):
            tap = step // blocks
            c = (step - tap * blocks) * BLOCK_K
            t = t0 + tap // (KH * KW)
            h = h0 + tap // KW % KH - KH // 2
            w = w0 + tap % KW - KW // 2
            a = x_desc.load([clip, t, h, w, c]).reshape(BLOCK_M, BLOCK_K)
            k = tap * channels + c
            b = weight_desc.load([n0, k])
            acc = tl.dot(a, b.T, acc, input_precision=PRECISION)
            if MORE > 0:
                b = rest_desc.load([n0 + BLOCK_N, k])
                rest = tl.dot(a, b.T, rest, input_precision=PRECISION)
        m = tl.arange(0, BLOCK_M)
        h = h0 + m // WIDE
        w = w0 + m % WIDE
        rows = frame * pixels + h * width + w
        rows_valid = (h < height) & (w < width)
        n = n0 + tl.arange(0, BLOCK_N)
        store_convolved(
            acc,
            rows,
            n,
            rows_valid,
            kept,
            clip,
            weights,
            bias_ptr,
            post_ops,
            results,
            S_T,
            S_C,
            BIAS,
        )
        if MORE > 0:
            n_more = n0 + BLOCK_N + tl.arange(0, MORE)
            store_convolved(
                rest,
                rows,
                n_more,
                rows_valid,
                kept,
                clip,
                weights,
                bias_ptr,
                post_ops,
                results,
                S_T,
                S_C,
                BIAS,
            )


def fits(work: Work) -> bool:
    """Whether the TMA can load boxes: the frame keeps its size, and rows of channels are whole."""
    conv, clips = work.conv, work.clips
    height, width = conv.kernel[1:]
    same = conv.stride[1:] == (1, 1) and conv.padding[1:] == (height // 2, width // 2)
    odd = height % 2 == width % 2 == 1
    whole = clips.shape[4] * clips.element_size() % 16 == 0 and clips.data_ptr() % 16 == 0
    return same and odd and whole and has_tma(clips.device)


def convolve_tma(work: Work) -> None:
    """As :func:`~.convolve_gather.convolve`, where it :func:`fits`."""
    conv, size = work.conv, work.clips.shape
    batch, _, height, width, channels = size
    strides = [prod(size[axis + 1 :]) for axis in range(5)]
    weight = conv.weight.flatten(1)
    none = [1, 1]  # until a tile is chosen
    convolve_tma_kernel[(programs(work.clips.device),)](
        # Where there is one frame, row or column, its stride can be any number.
        TensorDescriptor(work.clips, list(size), strides, [1, 1, 1, *none]),
        TensorDescriptor.from_tensor(weight, none),
        TensorDescriptor.from_tensor(weight, none),
        *work.pointers(),
        batch,
        height,
        width,
        channels,
        work.out.shape[1],
        work.out.shape[4],
        work.part.shape[4],
        conv.stride[0],
        conv.padding[0],
        int(work.post_ops.relu),
        conv.taps,
        **work.dense_options(),
        BLOCK_K=128 // work.clips.element_size(),
    )
