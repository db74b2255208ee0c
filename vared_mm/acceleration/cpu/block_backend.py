"""Convolutions of dynamic blocks on a CPU: weights packed for each candidate, norms folded in."""

from typing import Any

import torch
from torch import Tensor

from vared_mm.blockwise.batch import Frames, Group
from vared_mm.blockwise.block import Pass
from vared_mm.blockwise.eager import EagerBlockBackend, kept_by, more_bias
from vared_mm.blockwise.geometry import Convolution, as_3d, pad_clips
from vared_mm.blockwise.place import Place
from vared_mm.dynamic.folding import unfold_frames

from ..common.cheap_taps import taps_of
from ..common.operation import define, hold, layer_of
from ..common.post_ops import PostOps
from .between import Between
from .packed_convolution import PackedConvolution


class CpuBlockBackend(EagerBlockBackend):
    """Computes a convolution of a block and its post-ops; to a compiler that is one operation.

    Where nothing but activations and squeeze-and-excitation lies between two convolutions, the
    first keeps its results for the second: only the channels and frames that clips keep are ever
    written. Its tensor, which has the size of all of them, is never touched. Where something else
    lies in between, it gets a tensor of that size, in which the frames that a clip keeps come
    first.

    For inference only: later changes of the weights have no effect.

    Args:
        conv: in evaluation mode; each has a backend of its own.
        place: of it.
        post_ops: to fuse into it, without a residual.
        before: what it computes first, of what the one before it has kept for it; None if it reads
            a tensor.
        gives_parts: whether it keeps its results for the one behind it.
    """

    def __init__(
        self,
        conv: Convolution,
        place: Place,
        post_ops: PostOps,
        before: Between | None,
        gives_parts: bool,
    ) -> None:
        self.post_ops, self.before, self.gives_parts = post_ops, before, gives_parts
        self.handle = hold(conv)
        self._weight = as_3d(conv)[0].detach().float()
        self._bias = None if conv.bias is None else conv.bias.detach().float()
        self._packed: dict[tuple[Any, ...], PackedConvolution] = {}
        rebuild = place.block.reconstructions[place.chain] if place.ends else []
        none = torch.empty(0)
        self._taps = [none, *(taps_of(module.weight) for module in rebuild)], [none]

    def run(self, conv: Convolution, place: Place, x: Tensor) -> Tensor:
        """Call the operation, which calls :meth:`compute`."""
        return torch.ops.vared_mm.block_convolution(x, self.handle)

    def compute(self, conv: Convolution, x: Tensor) -> Tensor:
        """The result with its post-ops."""
        return super().run(conv, conv.place, x)

    def result_like(self, conv: Convolution, x: Tensor) -> Tensor:
        """An uninitialised result for an input, laid out as that of :meth:`compute`."""
        full = conv._conv_forward(x, x.new_empty(conv.weight.shape), None)
        batch, channels, *rest = full.shape
        return x.new_empty(batch, *rest, channels).movedim(-1, 1)

    def _as_clips(self, place: Place, x: Tensor) -> Tensor:
        if x.dim() == 5 or place.begins:
            return super()._as_clips(place, x)
        return unfold_frames(x, len(place.block.current.batch.decision))

    def _take(self, place: Place, done: Pass, clips: Tensor, frames: Frames) -> list[Tensor]:
        if self.before is not None:
            return [self.before(part) for part in done.parts.pop(place.chain)]
        if place.begins:
            return super()._take(place, done, clips, frames)
        return [
            _some(clips, group)[:, :, : frames[group.time if len(frames) > 1 else 0]]
            for group in done.batch.groups
        ]

    def _convolve(
        self, conv: Convolution, place: Place, done: Pass, part: Tensor, group: Group
    ) -> Tensor:
        inputs, outputs = kept_by(place, group)
        part = part[:, :inputs]
        joins = place.reads is not None and conv.groups == 1
        if joins and not done.is_plain(place.reads):
            scale = done.batch.weights(group, done.scales[place.reads])[:, :inputs]
            part = part * scale[:, :, None, None, None].to(part.dtype)
        more = joins and len(place.block.biases) > 0
        # Post-ops come behind what is rebuilt, and behind a bias that differs between clips.
        late = place.ends and group.time > 0
        packed = self._pack(conv, inputs, outputs, part.dtype, folded=not late, relu=not more)
        out = packed(pad_clips(conv, part))
        if more:
            bias = more_bias(place, done, group)[:, :outputs]
            if not late:
                bias = bias * self.post_ops.scale[:outputs].view(-1, 1, 1, 1)
            out = out + bias.to(out.dtype)
            out = out.relu_() if self.post_ops.relu and not late else out
        return out

    def _pack(
        self,
        conv: Convolution,
        inputs: int | None,
        outputs: int | None,
        dtype: torch.dtype,
        folded: bool,
        relu: bool,
    ) -> PackedConvolution:
        """The convolution of these channels; post-ops are folded in, or left out."""
        key = inputs, outputs, dtype, folded, relu
        if key not in self._packed:
            weight = self._weight[:outputs, : None if conv.groups > 1 else inputs]
            bias = None if self._bias is None else self._bias[:outputs]
            if folded:
                scale, shift = self.post_ops.scale[:outputs], self.post_ops.shift[:outputs]
                weight = weight * scale.view(-1, 1, 1, 1, 1)
                bias = shift if bias is None else bias * scale + shift
            _, stride, padding, dilation = as_3d(conv)
            self._packed[key] = PackedConvolution(
                weight.to(dtype).contiguous(),
                None if bias is None else bias.to(dtype),
                stride,
                padding,
                dilation,
                len(weight) if conv.groups > 1 else 1,
                relu=folded and relu and self.post_ops.relu,
            )
        return self._packed[key]

    def _give(self, place: Place, done: Pass, parts: list[Tensor], frames: Frames) -> Tensor:
        last, channels = parts[0], len(self._weight)
        size = (len(done.batch.decision), frames[0], *last.shape[3:], channels)
        if self.gives_parts:
            done.parts[place.chain] = parts
            return last.new_empty(size).movedim(-1, 1)
        if len(parts) == 1 and last.shape[1:3] == (channels, frames[0]):
            return last
        out = last.new_zeros(size).movedim(-1, 1)
        for part, group in zip(parts, done.batch.groups, strict=True):
            where = slice(None) if group.clips is None else group.clips
            out[where, : part.shape[1], : part.shape[2]] = part
        return out

    def _end(self, place: Place, done: Pass, parts: list[Tensor], frames: Frames) -> Tensor:
        groups = done.batch.groups
        if len(groups) == 1 and groups[0].time == 0:
            return parts[0]
        shape = (len(done.batch.decision), frames[0], *parts[0].shape[3:], parts[0].shape[1])
        out = parts[0].new_empty(shape)
        for part, group in zip(parts, groups, strict=True):
            index = torch.arange(group.size) if group.clips is None else group.clips
            if group.time == 0:
                out[index] = part.movedim(1, -1)
                continue
            weights = done.batch.weights(group, done.batch.decision.temporal)
            torch.ops.vared_mm_native.rebuild_mix(
                part.permute(0, 2, 3, 4, 1).contiguous(),
                index,
                weights.float().contiguous(),
                weights.new_ones(len(weights), 1, dtype=torch.float32),
                (group.time,),
                (0,),
                (part.shape[1],),
                *self._taps,
                self.post_ops.scale,
                self.post_ops.shift,
                self.post_ops.relu,
                out,
            )
        return out.movedim(-1, 1)


def _some(x_NCTHW: Tensor, group: Group) -> Tensor:
    return x_NCTHW if group.clips is None else x_NCTHW[group.clips]


def _compute(x: Tensor, handle: int) -> Tensor:
    conv = layer_of(handle)
    return conv.backend.compute(conv, x)


def _result_like(x: Tensor, handle: int) -> Tensor:
    conv = layer_of(handle)
    return conv.backend.result_like(conv, x)


define('block_convolution(Tensor x, int handle) -> Tensor', _compute, _result_like, 'CPU')
