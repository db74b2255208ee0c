"""Squeeze-and-excitation within dynamic blocks on a CPU."""

import torch
from torch import Tensor, nn

from vared_mm.blockwise.squeeze_within import SqueezeWithin
from vared_mm.dynamic.folding import fold_frames, unfold_frames

from ..common.operation import define, hold, layer_of


def accelerate_squeeze(module: nn.Module, within: SqueezeWithin) -> None:
    """Let a squeeze-and-excitation take tensors as :class:`CpuBlockBackend` lays them out.

    Args:
        module: in evaluation mode.
        within: its forward so far.
    """
    handle = hold(module)
    vars(module)['within'] = within

    def forward(x: Tensor) -> Tensor:
        return torch.ops.vared_mm.block_squeeze(x, handle)

    vars(module)['forward'] = forward


def _compute(x: Tensor, handle: int) -> Tensor:
    module = layer_of(handle)
    place, forward = module.within.place, type(module).forward
    done = place.block.current
    clips = x if x.dim() == 5 else unfold_frames(x, len(done.batch.decision))
    frames = (clips.shape[2],)
    if place.block.search.temporal > 1:
        _, frames = place.block.frames_at(place.chain, place.behind, done.frames)
    kept = (done.scales[place.hidden] != 0).to(x.dtype)[:, :, None, None, None]
    out = clips.new_zeros(len(clips), *clips.shape[2:], clips.shape[1]).movedim(-1, 1)
    for group in done.batch.groups:
        count = frames[group.time if len(frames) > 1 else 0]
        where = slice(None) if group.clips is None else group.clips
        part = clips[where][:, :, :count] * kept[where]
        scaled = forward(module, part if x.dim() == 5 else fold_frames(part))
        if x.dim() == 4:
            scaled = unfold_frames(scaled, len(part))
        out[where, :, :count] = scaled
    return out if x.dim() == 5 else fold_frames(out)


def _result_like(x: Tensor, handle: int) -> Tensor:
    batch, channels, *rest = x.shape
    return x.new_empty(batch, *rest, channels).movedim(-1, 1)


define('block_squeeze(Tensor x, int handle) -> Tensor', _compute, _result_like, 'CPU')
