"""Static convolutions with fixed weights."""

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_weights

from vared_mm.dynamic.folding import convolve3d
from vared_mm.models.layers import FoldedConv3d

from .as_made import is_as_made


class FixedConv3d(nn.Conv3d):
    """A convolution of clips with fixed weights, that of a batch norm behind it folded in.

    Its parameters stay those of the convolution that it replaces.

    Source: none, an exact rewriting.
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), as of that convolution.

    Args:
        conv: to replace, one of :func:`is_static_convolution`.
        norm: behind it, in evaluation mode, with statistics; None where there is none.
    """

    def __init__(self, conv: nn.Conv3d, norm: _BatchNorm | None) -> None:
        super().__init__(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size,
            conv.stride,
            conv.padding,
            conv.dilation,
            conv.groups,
            bias=conv.bias is not None,
            device='meta',
        )
        self.weight, self.bias = conv.weight, conv.bias
        folded = conv.weight, conv.bias
        if norm is not None:
            statistics = norm.running_mean, norm.running_var, norm.eps
            folded = fuse_conv_bn_weights(*folded, *statistics, norm.weight, norm.bias)
        for name, tensor in zip(('folded_weight', 'folded_bias'), folded, strict=True):
            fixed = None if tensor is None else tensor.detach()
            self.register_buffer(name, fixed, persistent=False)
        self.eval()

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        options = (self.stride, self.padding, self.dilation, self.groups)
        convolve = convolve3d if input.dim() == 5 else F.conv3d  # one clip without a batch
        return convolve(input, self.folded_weight, self.folded_bias, *options)


def is_static_convolution(module: nn.Module) -> bool:
    """Whether a module is a plain convolution of clips, padded with zeros."""
    return is_as_made(module, nn.Conv3d, FoldedConv3d) and is_padded_with_zeros(module)


def is_depthwise(conv: nn.Conv2d | nn.Conv3d) -> bool:
    """Whether each channel has its own kernel."""
    return conv.in_channels == conv.groups == conv.out_channels


def is_padded_with_zeros(conv: nn.Conv2d | nn.Conv3d) -> bool:
    """Whether a convolution is padded with given numbers of zeros."""
    return conv.padding_mode == 'zeros' and not isinstance(conv.padding, str)
