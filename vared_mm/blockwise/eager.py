"""The convolutions of a block by torch's own operations, on any device, with gradients.

In training mode all channels are computed, and channel c of a hidden tensor is scaled by m_c, the
sum of the weights of the candidates that keep it. In evaluation mode each clip computes only what
it keeps. Both give the same result.
"""

import torch
from torch import Tensor

from vared_mm.cost import ConvGeometry, HiddenConv
from vared_mm.dynamic.folding import fold_frames, unfold_frames
from vared_mm.dynamic.mixing import mix_frames

from .batch import Frames, Group
from .block import Pass
from .geometry import Convolution, as_3d, convolve, pad_clips
from .place import Place
from .recomputed import recomputed


class EagerBlockBackend:
    """Computes a convolution of a block by torch's operations; see :class:`BlockBackend`."""

    def run(self, conv: Convolution, place: Place, x: Tensor) -> Tensor:
        """See :meth:`BlockBackend.run`."""
        block = place.block
        clips = self._as_clips(place, x)
        if place.begins:
            block.begin(place.chain, clips)
        done = block.current
        if block.search.temporal > 1:
            before, behind = block.frames_at(place.chain, conv, done.frames)
        else:
            before, behind = (clips.shape[2],), ()
        parts = zip(self._take(place, done, clips, before), done.batch.groups, strict=True)
        parts = [self._convolve(conv, place, done, part, group) for part, group in parts]
        behind = behind or (parts[0].shape[2],)
        _note(conv, place, done, (before, *clips.shape[3:]), (behind, *parts[0].shape[3:]))
        if place.ends:
            count_rebuilt(place, done, parts[0], behind)
            out = self._end(place, done, parts, behind)
            block.end(place.chain)
        else:
            out = self._give(place, done, parts, behind)
        return out if x.dim() == 5 else fold_frames(out)

    def _as_clips(self, place: Place, x: Tensor) -> Tensor:
        """(N, C, T, H, W), or (1, C, F, H, W) within the block; a view."""
        if x.dim() == 5:
            return x
        if not place.begins:
            return unfold_frames(x, place.block.current.batch.rows)
        frames = place.block.clip_frames
        clips, rest = divmod(len(x), frames)
        if rest:
            raise ValueError(f'{len(x)} frames do not make up clips of {frames}')
        return unfold_frames(x, clips, frames)

    def _take(self, place: Place, done: Pass, clips: Tensor, frames: Frames) -> list[Tensor]:
        """What each group of clips takes in."""
        if place.begins:
            return done.batch.take(clips, place.block.search.temporal > 1)
        return done.batch.split(clips, frames)

    def _convolve(
        self, conv: Convolution, place: Place, done: Pass, part: Tensor, group: Group
    ) -> Tensor:
        """The result for the clips of a group; what they do not keep is zero."""
        inputs, outputs = kept_by(place, group)
        part = part[:, :inputs]
        joins = place.reads is not None and conv.groups == 1  # the end of a hidden tensor
        if joins:
            scale = done.batch.weights(group, done.scales[place.reads])[:, :inputs]
            scale = scale[:, :, None, None, None].to(part.dtype)
            product = part * scale
            with recomputed(product, part, scale):
                out = convolve(conv, pad_clips(conv, product), inputs, outputs)
        else:
            out = convolve(conv, pad_clips(conv, part), inputs, outputs)
        if joins and len(place.block.biases):
            out = out + more_bias(place, done, group)[:, :outputs].to(out.dtype)
        return widened(out, conv.out_channels)

    def _give(self, place: Place, done: Pass, parts: list[Tensor], frames: Frames) -> Tensor:
        """Results within the block, as the next layer takes them."""
        return done.batch.join(parts)

    def _end(self, place: Place, done: Pass, parts: list[Tensor], frames: Frames) -> Tensor:
        """All frames of all clips, in the order of the batch (N, C, T, H, W)."""
        if place.block.search.temporal == 1:
            return done.batch.join(parts)
        groups = done.batch.groups
        if not done.batch.packed:
            whole = Group(None, len(done.batch.decision), groups[0].time, ())
            return _rebuilt(place, done, done.batch.join(parts), whole, frames[0])
        rebuilt = zip(parts, groups, strict=True)
        return done.batch.restore([_rebuilt(place, done, p, g, frames[0]) for p, g in rebuilt])


def kept_by(place: Place, group: Group) -> tuple[int | None, int | None]:
    """Channels that a group keeps of a convolution's input and result; None is all."""
    kept = [sizes[i] for sizes, i in zip(place.block.kept, group.channels, strict=True)]
    return (
        None if place.reads is None else kept[place.reads],
        None if place.writes is None else kept[place.writes],
    )


def more_bias(place: Place, done: Pass, group: Group) -> Tensor:
    """The biases of the candidates that a group's clips use, (n, C_out, 1, 1, 1)."""
    assert place.reads is not None
    weights = done.batch.weights(group, done.batch.decision.channels[place.reads])
    return (weights[:, 1:] @ place.block.biases[place.reads])[:, :, None, None, None]


def widened(x_NKTHW: Tensor, channels: int) -> Tensor:
    """With channels of zeros behind its own."""
    if x_NKTHW.shape[1] == channels:
        return x_NKTHW
    clips, kept, *size = x_NKTHW.shape
    out = x_NKTHW.new_zeros(clips, *size, channels).movedim(-1, 1)
    out[:, :kept] = x_NKTHW
    return out


def _note(
    conv: Convolution,
    place: Place,
    done: Pass,
    inputs: tuple[Frames, int, int],
    outputs: tuple[Frames, int, int],
) -> None:
    """Note the sizes of a convolution where nothing is left out, for the cost."""
    (before, *size), (behind, *result) = inputs, outputs
    geometry = ConvGeometry(
        (conv.in_channels, before[0], *size),
        (conv.out_channels, behind[0], *result),
        tuple(as_3d(conv)[0].shape[2:]),
        conv.groups,
        conv.bias is not None,
    )
    done.convs.append(HiddenConv(geometry, behind, place.reads, place.writes))


def count_rebuilt(place: Place, done: Pass, part: Tensor, frames: Frames) -> None:
    """Count what each temporal candidate rebuilds behind a chain, for the cost.

    Args:
        place: of the chain's last convolution.
        done: the pass.
        part: its result for some clips.
        frames: of a clip's result, by temporal candidate.

    Raises:
        ValueError: if the frames of a candidate are not every R-th one of all.
    """
    for j, count in enumerate(frames[: place.block.search.temporal]):
        if count != -(-frames[0] // 2**j):
            raise ValueError(
                f'clips of {done.frames} frames: a block whose result has {frames[0]} frames can '
                f'not have {count} of them at a stride of {2**j}'
            )
        done.rebuilt[j] += (frames[0] - count) * part.shape[1] * part.shape[3:].numel()


def _rebuilt(place: Place, done: Pass, part: Tensor, group: Group, frames: int) -> Tensor:
    """All frames of the clips of a group, of one temporal candidate."""
    block, weights = place.block, done.batch.weights(group, done.batch.decision.temporal)
    if not block.training and group.time == 0:
        return part
    rebuild = block.reconstructions[place.chain]
    if block.training:  # every weight has a gradient, also where no clip of the batch needs it
        unused = torch.stack([module.weight.sum() for module in rebuild]).sum() * 0
        weights = weights + unused.to(weights.dtype)
    return mix_frames(part, weights, frames, (group.time,), rebuild)
