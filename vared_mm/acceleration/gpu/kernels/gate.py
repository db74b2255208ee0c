"""Gates in one kernel: average each frame, two small layers, weights of the candidates.

Many programs average, each a part of a frame, and multiply by their part of the first layer; the
last of a clip's to end does the rest.

Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Clips lie as N T H W C.
"""

import triton
import triton.language as tl

from ..tuning import jit_for_all_sizes, whole_units

BLOCK_C, BLOCK_P = 64, 32


@triton.jit
def _tanh(x):
    return 2 * tl.sigmoid(2 * x) - 1


@triton.jit
def weigh_candidates(
    scores, place, threshold, weights_ptr, fallback_ptr, FIRST: tl.constexpr, SIZE: tl.constexpr
):
    """Weights of one axis, from its part of the scores; whether the clip had none."""
    mine = (place >= FIRST) & (place < FIRST + SIZE)
    scores = tl.where(mine, tl.where(scores < 0, 0.0, scores), 0.0)
    total = tl.sum(scores, 0)
    weights = tl.where(scores <= threshold, 0.0, scores)
    left = tl.sum(weights, 0)
    weights *= tl.where(left > 0, total / tl.where(left > 0, left, 1.0), 1.0)
    alone = tl.sum((weights != 0).to(tl.int32), 0) == 0
    rescue = tl.where((threshold > 0) & (total > 0), total, 1.0 / SIZE)
    weights = tl.where(alone & (place == FIRST + SIZE - 1), rescue, weights)
    tl.store(weights_ptr + place - FIRST, weights, mask=mine)
    tl.store(fallback_ptr, alone.to(tl.float32))


@jit_for_all_sizes
def decide_kernel(
    x_ptr,
    squeeze_ptr,
    shift_ptr,
    excite_ptr,
    beta_ptr,
    logits_ptr,
    ended_ptr,
    output_ptr,
    batch,
    frames,
    pixels,
    channels,
    chunk,
    hidden,
    threshold,
    UNIT: tl.constexpr,
    S_T: tl.constexpr,
    S_C: tl.constexpr,
    HIDDEN: tl.constexpr,
    SCORES: tl.constexpr,
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """``tanh(excite @ tanh(squeeze @ means + shift) + beta)`` of each clip, and the weights of it.

    Programs sum parts of the frames into ``logits``; the last one of a clip decides.
    """
    clip = tl.program_id(1)
    tile = tl.program_id(0)
    tiles = tl.num_programs(0)
    channels = whole_units(channels, UNIT)
    across = tl.cdiv(channels, BLOCK_C)
    chunks = tl.cdiv(pixels, chunk)
    t = tile // (across * chunks)
    c = tile % across * BLOCK_C + tl.arange(0, BLOCK_C)
    begin = tile // across % chunks * chunk
    frame_ptr = x_ptr + (clip.to(tl.int64) * frames + t) * pixels * channels
    sums = tl.zeros((BLOCK_P, BLOCK_C), tl.float32)
    for first in range(begin, tl.minimum(begin + chunk, pixels), BLOCK_P):
        p = first + tl.arange(0, BLOCK_P)
        valid = (p < tl.minimum(begin + chunk, pixels))[:, None] & (c < channels)[None, :]
        place = frame_ptr + p[:, None] * channels + c[None, :]
        sums += tl.load(place, mask=valid, other=0.0).to(tl.float32)
    means = tl.sum(sums, 0) / pixels
    h = tl.arange(0, HIDDEN)
    row = squeeze_ptr + h[:, None] * (frames * channels) + (t * channels + c)[None, :]
    weight = tl.load(row, mask=(h < hidden)[:, None] & (c < channels)[None, :], other=0.0)
    clip_logits = logits_ptr + clip * tiles * HIDDEN
    tl.store(clip_logits + tile * HIDDEN + h, tl.sum(weight * means[None, :], 1))
    tl.debug_barrier()  # all of this program's sums are written before it counts as ended
    if tl.atomic_add(ended_ptr + clip, 1) == tiles - 1:
        inner = tl.zeros((HIDDEN,), tl.float32)
        for first in range(0, tiles, BLOCK_P):
            i = first + tl.arange(0, BLOCK_P)
            parts = clip_logits + i[:, None] * HIDDEN + h[None, :]
            mask = (i < tiles)[:, None]
            inner += tl.sum(tl.load(parts, mask=mask, other=0.0, cache_modifier='.cg'), 0)
        inner = _tanh(inner + tl.load(shift_ptr + h, mask=h < hidden, other=0.0))
        s = tl.arange(0, SCORES)
        T: tl.constexpr = S_T if S_T > 1 else 0
        C: tl.constexpr = S_C if S_C > 1 else 0
        s_valid = s < T + C
        rows = excite_ptr + s[:, None] * hidden + h[None, :]
        excite = tl.load(rows, mask=s_valid[:, None] & (h < hidden)[None, :], other=0.0)
        scores = tl.sum(excite * inner[None, :], 1)
        scores = _tanh(scores + tl.load(beta_ptr + s, mask=s_valid, other=0.0))
        temporal_ptr = output_ptr + clip * S_T
        channel_ptr = output_ptr + batch * S_T + clip * S_C
        fallback_ptr = output_ptr + batch * (S_T + S_C) + clip * 2
        if T > 0:
            weigh_candidates(scores, s, threshold, temporal_ptr, fallback_ptr, 0, S_T)
        else:
            tl.store(temporal_ptr, 1.0)
            tl.store(fallback_ptr, 0.0)
        if C > 0:
            weigh_candidates(scores, s, threshold, channel_ptr, fallback_ptr + 1, T, S_C)
        else:
            tl.store(channel_ptr, 1.0)
            tl.store(fallback_ptr + 1, 0.0)
        tl.store(ended_ptr + clip, 0)  # for the next call
