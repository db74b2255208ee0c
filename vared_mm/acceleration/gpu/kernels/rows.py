"""Small kernels, one for each channel, row by row down a strip of a frame.

A row of pixels is read once, for all rows that it contributes to.
"""

import triton
import triton.language as tl


@triton.jit
def load_taps(taps_ptr, channels, c, K: tl.constexpr):
    """A K x K kernel of each channel: a tuple of taps, (1, C)."""
    taps = ()
    for tap in tl.static_range(K * K):
        value = tl.load(taps_ptr + tap * channels + c, mask=c < channels, other=0.0)
        taps = taps + (value[None, :],)
    return taps


@triton.jit
def add_row(sums, taps, row_ptr, w, c_valid, there, width, pitch, K: tl.constexpr):
    """Add what a row of pixels contributes to the K rows around it, its own in the middle.

    Args:
        sums: of all but the last of these rows, a tuple of (W, C).
        taps: see :func:`load_taps`.
        row_ptr: to the pixels of the row and their channels, (W, C).
        w: columns of the pixels.
        c_valid: which channels are needed.
        there: whether the row is in the frame; outside are zeros.

    Returns:
        Sums of all K rows. The first is whole.
    """
    for dx in tl.static_range(K):
        column = w + dx - K // 2
        inside = (column >= 0) & (column < width) & there
        mask = inside[:, None] & c_valid[None, :]
        x = tl.load(row_ptr + (dx - K // 2) * pitch, mask=mask, other=0.0).to(tl.float32)
        more = ()
        for row in tl.static_range(K):
            part = x * taps[(K - 1 - row) * K + dx]
            if dx > 0 or row < K - 1:
                part += sums[row]
            more = more + (part,)
        sums = more
    return sums


@triton.jit
def zeros(COUNT: tl.constexpr, BLOCK_W: tl.constexpr, BLOCK_C: tl.constexpr):
    """A tuple of (W, C) of zeros."""
    sums = ()
    for _ in tl.static_range(COUNT):
        sums = sums + (tl.zeros((BLOCK_W, BLOCK_C), tl.float32),)
    return sums


@triton.jit
def tile_of(height, width, channels, BLOCK_W, BLOCK_C, ROWS):
    """A program's frame, its first row, columns and channels."""
    across = tl.cdiv(channels, BLOCK_C)
    strips = tl.cdiv(width, BLOCK_W)
    chunks = tl.cdiv(height, ROWS)
    tile = tl.program_id(0)
    c = tile % across * BLOCK_C + tl.arange(0, BLOCK_C)
    w = tile // across % strips * BLOCK_W + tl.arange(0, BLOCK_W)
    row = tile // (across * strips) % chunks * ROWS
    return tile // (across * strips * chunks), row, w, c
