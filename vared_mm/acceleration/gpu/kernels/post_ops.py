"""Post-ops, and where a convolution's tile goes: to the result, or to what is rebuilt from."""

import triton
import triton.language as tl

from .choice import only_first


@triton.jit
def apply_post_ops(y, scale, shift, relu):
    """``relu(y * scale + shift)``, scale and shift by channels; in the order of ``PostOps``."""
    y = y * scale[None, :] + shift[None, :]
    return tl.where((relu != 0) & (y < 0), 0.0, y)


@triton.jit
def store_convolved(
    acc,
    rows,
    columns,
    rows_valid,
    kept,
    clip,
    weights,
    bias_ptr,
    post_ops,
    results,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    BIAS: tl.constexpr,
):
    """Store a tile of a clip.

    As the layer's result, with post-ops, if the clip uses nothing but what it computes in full;
    else as it is, to be rebuilt from.

    Args:
        acc: the tile, (rows, columns).
        rows: pixels of the clip.
        columns: channels.
        rows_valid: which pixels are there.
        kept: channels that are computed.
        clip: which.
        weights: to those of all clips, along time and along channels.
        bias_ptr: of the convolution.
        post_ops: pointers to scale and shift, and whether there is a ReLU.
        results: to what is rebuilt from, and its channels; to the layer's result, and its
            channels; the clip's pixels.
    """
    temporal_ptr, channel_ptr = weights
    scale_ptr, shift_ptr, relu = post_ops
    part_ptr, pitch, out_ptr, channels_out, size = results
    in_layer = columns < channels_out
    if BIAS:
        acc += tl.load(bias_ptr + columns, mask=in_layer, other=0.0)[None, :]
    begin = clip.to(tl.int64) * size
    if only_first(temporal_ptr, clip, S_T) & only_first(channel_ptr, clip, S_C):
        y = acc
        if S_T > 1:
            y *= tl.load(temporal_ptr + clip * S_T)
        if S_C > 1:
            y *= tl.load(channel_ptr + clip * S_C)
        scale = tl.load(scale_ptr + columns, mask=in_layer, other=0.0)
        shift = tl.load(shift_ptr + columns, mask=in_layer, other=0.0)
        y = apply_post_ops(y, scale, shift, relu)
        to = out_ptr + begin * channels_out + rows[:, None] * channels_out + columns[None, :]
        valid = rows_valid[:, None] & in_layer[None, :]
        tl.store(to, y.to(out_ptr.dtype.element_ty), mask=valid)
    else:
        to = part_ptr + begin * pitch + rows[:, None] * pitch + columns[None, :]
        # To the end of a unit: what stands behind the kept channels is never read.
        valid = rows_valid[:, None] & (columns < tl.cdiv(kept, 16) * 16)[None, :]
        tl.store(to, acc.to(part_ptr.dtype.element_ty), mask=valid)
