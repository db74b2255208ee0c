"""(2+1)-D convolutions: space first, then time."""

from mmaction.models.common import Conv2plus1d
from torch import nn

from vared_mm.registry import MODELS


@MODELS.register_module()
def conv2plus1d_plain_shortcut(
    in_channels: int, out_channels: int, kernel_size: int | tuple[int, ...], *args, **kwargs
) -> nn.Module:
    """Build mmaction2's ``Conv2plus1d``, or a plain convolution where the kernel is 1 x 1 x 1.

    mmaction2 builds a block's convolutions and its shortcut from one ``conv_cfg`` and thereby
    factors the shortcut too; with this as ``type`` the shortcut stays a single convolution.

    ``Conv2plus1d`` is 1 x k x k to M maps (``conv_s``), batch norm, ReLU, then t x 1 x 1
    (``conv_t``), where M = t k^2 C_in C_out // (k^2 C_in + t C_out) keeps the parameters of the
    t x k x k kernel.

    Source: R(2+1)D (arXiv 1711.11248), Sec. 3.5.
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o).

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: of the unfactored convolution; the rest as in ``Conv2plus1d``.
    """
    if kernel_size in (1, (1, 1, 1)):
        kwargs.pop('norm_cfg', None)
        return nn.Conv3d(in_channels, out_channels, kernel_size, *args, **kwargs)
    return Conv2plus1d(in_channels, out_channels, kernel_size, *args, **kwargs)
