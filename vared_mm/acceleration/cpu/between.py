"""What lies between two convolutions of a block, computed of the channels that clips keep."""

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmcv.cnn.bricks import Swish
from torch import Tensor, nn

from vared_mm.blockwise.squeeze_within import is_squeeze_within


class Between:
    """Activations and squeeze-and-excitation, one after the other.

    Args:
        modules: in their order, in evaluation mode. Later changes of their weights have no effect.
    """

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        self.steps = [Squeeze(m) if is_squeeze_within(m) else copy.deepcopy(m) for m in modules]

    def __call__(self, part: Tensor) -> Tensor:
        """Shapes: (n, k, t, H, W) -> the same; k channels and t frames of some clips."""
        scale = None
        for step in self.steps:
            if isinstance(step, Squeeze):
                part = _scaled(part, scale)
                scale = step.scale_of(part)
            elif type(step) in (Swish, nn.SiLU):
                part, scale = _swish(part, scale), None
            else:
                part, scale = step(_scaled(part, scale)), None
        return _scaled(part, scale)


class Squeeze:
    """The factors of a squeeze-and-excitation, from the averages of the channels that are kept.

    Args:
        module: within a block, of clips.
    """

    def __init__(self, module: nn.Module) -> None:
        own = vars(module).pop('forward')
        self.channels = own.place.behind.out_channels
        self.module = copy.deepcopy(module).float()
        vars(module)['forward'] = own

    def scale_of(self, part: Tensor) -> Tensor:
        """Shapes: (n, k, t, H, W) -> (n, k, 1, 1, 1), float32.

        The module scales by what it works out from averages. So it is given clips of two pixels of
        these averages, and the difference of what it makes of them tells the factor.
        """
        means = part.float().mean((2, 3, 4))
        means = F.pad(means, (0, self.channels - means.shape[1]))  # what is not kept is zero
        apart = means.abs().clamp(min=1)
        pixels = torch.stack([means + apart, means - apart], dim=2)[:, :, None, None]
        one, other = self.module(pixels).unbind(-1)
        scale = (one - other) / (2 * apart[:, :, None, None])
        return scale[:, : part.shape[1], ..., None]


def _scaled(part: Tensor, scale: Tensor | None) -> Tensor:
    return part if scale is None else part * scale.to(part.dtype)


def _swish(part: Tensor, scale: Tensor | None) -> Tensor:
    if part.dtype == torch.float32:
        return torch.ops.vared_mm_native.swish(part, scale)
    return F.silu(_scaled(part, scale))
