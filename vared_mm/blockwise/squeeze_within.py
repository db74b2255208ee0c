"""Squeeze-and-excitation of a tensor of which only some channels are kept."""

from torch import Tensor, nn

from vared_mm.dynamic.folding import fold_frames, unfold_frames

from .place import SqueezePlace


class SqueezeWithin:
    """The forward of a squeeze-and-excitation in a block: it sees zeros where nothing is kept.

    Args:
        module: whose forward it is.
        place: in the block.
    """

    def __init__(self, module: nn.Module, place: SqueezePlace) -> None:
        self.module, self.place = module, place

    def __call__(self, x: Tensor) -> Tensor:
        """Scale the channels of a tensor within the block, clip by clip (2-D: frame by frame)."""
        place, forward = self.place, type(self.module).forward
        done = place.block.current
        _, frames = place.block.frames_at(place.chain, place.behind, done.frames)
        kept = (done.scales[place.hidden] != 0).to(x.dtype)
        if x.dim() == 4:
            clips = unfold_frames(x, done.batch.rows)
            return forward(self.module, fold_frames(clips * done.batch.along(kept, frames)))
        x = x * done.batch.along(kept, frames)
        if not done.batch.packed:
            return forward(self.module, x)
        parts = [forward(self.module, part) for part in done.batch.split(x, frames)]
        return done.batch.join(parts)


def is_squeeze_within(module: nn.Module) -> bool:
    """Whether it is a squeeze-and-excitation within a block."""
    return isinstance(vars(module).get('forward'), SqueezeWithin)
