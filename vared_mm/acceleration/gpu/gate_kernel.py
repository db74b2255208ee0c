"""Gates in one kernel: average each frame, two small layers, weights of the candidates.

Many programs average, each a part of a frame, and multiply by their part of the first layer; the
last of a clip's to end does the rest.

Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Clips lie as N T H W C.
"""

import torch
import torch.nn.functional as F
import triton
import triton.language as tl
from torch import Tensor

from vared_mm.cost import SearchSpace
from vared_mm.dynamic import Decision, SoftModulationGate

from .tuning import jit_for_all_sizes, programs, unit_of, whole_units

BLOCK_C, BLOCK_P = 64, 32


@triton.jit
def _tanh(x):
    return 2 * tl.sigmoid(2 * x) - 1


@triton.jit
def _weigh(
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
def _decide(
    x_ptr,
    squeeze_ptr,
    shift_ptr,
    excite_ptr,
    beta_ptr,
    logits_ptr,
    ended_ptr,
    said_ptr,
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
    tl.debug_barrier()  # all of this program's sums are written before it says so
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
        temporal_ptr = said_ptr + clip * S_T
        channel_ptr = said_ptr + batch * S_T + clip * S_C
        fallback_ptr = said_ptr + batch * (S_T + S_C) + clip * 2
        if T > 0:
            _weigh(scores, s, threshold, temporal_ptr, fallback_ptr, 0, S_T)
        else:
            tl.store(temporal_ptr, 1.0)
            tl.store(fallback_ptr, 0.0)
        if C > 0:
            _weigh(scores, s, threshold, channel_ptr, fallback_ptr + 1, T, S_C)
        else:
            tl.store(channel_ptr, 1.0)
            tl.store(fallback_ptr + 1, 0.0)
        tl.store(ended_ptr + clip, 0)  # for the next call


class GpuGate:
    """A :class:`SoftModulationGate` for inference on a GPU: one kernel, nothing on the host.

    Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Differs: none, an exact rewriting.
    Shapes: clips (N, T, H, W, C) -> what it says, (N * (S_t + S_c + 2),): V_t, V_c and which clips
    fell back, one after the other; :func:`read_decision` tells them apart.

    Args:
        gate: in evaluation mode; its threshold is read at every call.
    """

    def __init__(self, gate: SoftModulationGate) -> None:
        self.gate = gate
        norm = gate.norm
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        bins = gate.temporal_bins or gate.frames
        squeeze = (gate.squeeze * scale[:, None]).detach().unflatten(1, (gate.channels, bins))
        self._squeeze = squeeze.float()
        self._shift = (norm.bias - norm.running_mean * scale).detach().float()
        self._excite = gate.excite.detach().float().contiguous()
        self._beta = gate.beta.detach().float().contiguous()
        self._by_frames: dict[int, Tensor] = {}
        self._ended: dict[int, Tensor] = {}

    def fits(self, channels: int, frames: int) -> bool:
        """Whether clips have the channels and frames that the gate was made for."""
        return channels == self.gate.channels and (
            self.gate.temporal_bins is not None or frames == self.gate.frames
        )

    def __call__(self, x_NTHWC: Tensor) -> Tensor:
        """Decide for each clip; see the class for shapes."""
        batch, frames, height, width, channels = x_NTHWC.shape
        if not self.fits(channels, frames):
            self.gate(x_NTHWC.permute(0, 4, 1, 2, 3))  # says what is wrong
        device, search = x_NTHWC.device, self.gate.search
        if batch not in self._ended:
            self._ended[batch] = torch.zeros(batch, dtype=torch.int32, device=device)
        pixels, hidden = height * width, len(self._excite[0])
        across = triton.cdiv(channels, BLOCK_C)
        # Each waits for its loads most of the time: many hide that.
        wanted = max(4 * programs(device) // (batch * frames * across), 1)
        chunk = max(triton.cdiv(pixels, wanted), BLOCK_P)
        tiles = frames * across * triton.cdiv(pixels, chunk)
        padded = triton.next_power_of_2(hidden)
        logits = torch.empty(batch * tiles * padded, device=device)
        said = torch.empty(batch * (search.temporal + search.channel + 2), device=device)
        _decide[tiles, batch](
            x_NTHWC,
            self._squeeze_for(frames),
            self._shift,
            self._excite,
            self._beta,
            logits,
            self._ended[batch],
            said,
            batch,
            frames,
            pixels,
            channels,
            chunk,
            hidden,
            float(self.gate.threshold),
            UNIT=unit_of(channels),
            S_T=search.temporal,
            S_C=search.channel,
            HIDDEN=padded,
            SCORES=triton.next_power_of_2(len(self._beta)),
            BLOCK_P=BLOCK_P,
            BLOCK_C=BLOCK_C,
        )
        return said

    def _squeeze_for(self, frames: int) -> Tensor:
        """The first layer's weights, (D_h, T, C): averaging frames into bins is a part of them."""
        if frames not in self._by_frames:
            weight = self._squeeze
            if self.gate.temporal_bins is not None:
                device = weight.device
                into = F.adaptive_avg_pool1d(torch.eye(frames, device=device), weight.shape[2])
                weight = weight @ into.T
            self._by_frames[frames] = weight.transpose(1, 2).contiguous()
        return self._by_frames[frames]


def read_decision(said: Tensor, flags: Tensor, search: SearchSpace, gate_macs: int) -> Decision:
    """What a :class:`GpuGate` said about clips, by parts, which share its memory.

    Args:
        said: by the gate.
        flags: ``said != 0``.
        search: of the layer.
        gate_macs: of a decision.
    """
    batch = len(said) // (search.temporal + search.channel + 2)
    first, second = batch * search.temporal, batch * (search.temporal + search.channel)
    return Decision(
        said[:first].view(batch, -1),
        said[first:second].view(batch, -1),
        flags[second:].view(batch, 2),
        gate_macs,
    )
