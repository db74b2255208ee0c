"""A convolution with fixed weights, kept in the layout that oneDNN computes in."""

import torch
import torch.nn.functional as F
from torch import Tensor


class PackedConvolution2d:
    """``torch.nn.functional.conv2d`` with given weights, which are reordered once, not each call.

    Shapes: (F, C_in, H, W), channels last -> (F, C_out, H_o, W_o), channels last.

    Args:
        weight: (C_out, C_in / groups, kh, kw).
        bias: (C_out,) or None.
        stride: as of ``conv2d``, and so are the others.
        padding: zeros on either side.
        dilation: of the kernel.
        groups: of the channels.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None,
        stride: tuple[int, int],
        padding: tuple[int, int],
        dilation: tuple[int, int],
        groups: int,
    ) -> None:
        self.weight = weight.contiguous(memory_format=torch.channels_last)
        self.bias = None if bias is None else bias.contiguous()
        self.options = (stride, padding, dilation, groups)
        self._packed: dict[tuple[int, ...], Tensor] = {}

    def __call__(self, frames_FCHW: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        if not torch.backends.mkldnn.is_available():
            return F.conv2d(frames_FCHW, self.weight, self.bias, *self.options)
        stride, padding, dilation, groups = self.options
        size = tuple(frames_FCHW.shape)
        if size not in self._packed:
            self._packed[size] = torch.ops.mkldnn._reorder_convolution_weight(
                self.weight, padding, stride, dilation, groups, size
            )
        return torch.ops.mkldnn._convolution_pointwise(
            frames_FCHW,
            self._packed[size],
            self.bias,
            padding,
            stride,
            dilation,
            groups,
            'none',
            [],
            '',
        )
