"""Let a model's convolutions of clips run as 2-D ones."""

from mmcv.cnn import Conv3d as WrappedConv3d
from torch import nn

from vared_mm.models.layers import FoldedConv3d

from .common.channels_last import mend_for_channels_last


def fold_convolutions(model: nn.Module) -> None:
    """Let a model's plain 3-D convolutions run as 2-D ones where that computes the same thing.

    On a CPU it about halves the time of networks whose kernels are 1 x k x k and k x 1 x 1, in
    training and in evaluation; on a GPU it changes little. Layers become of class
    :class:`~vared_mm.models.FoldedConv3d` in place: they keep their parameters, hooks and names, so
    optimizers and checkpoints are not affected. ``tools/train.py`` and ``tools/test.py`` call it.
    Other layers then get clips channels-last; see :mod:`.common.channels_last` for what that takes.

    Args:
        model: is changed. Layers of any other class than ``nn.Conv3d`` stay as they are.
    """
    found = [m for m in model.modules() if type(m) in (nn.Conv3d, WrappedConv3d)]
    for module in found:
        module.__class__ = FoldedConv3d
    if found:
        mend_for_channels_last(model)
