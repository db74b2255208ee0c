"""A convolution with fixed weights, kept in the layout that oneDNN computes in."""

import torch
from torch import Tensor

from vared_mm.dynamic.folding import Triple, convolve3d, fold_frames, unfold_frames


class PackedConvolution:
    """:func:`convolve3d` with given weights, which are reordered once for each size of a clip.

    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        weight: (C_out, C_in / groups, kt, kh, kw).
        bias: (C_out,) or None.
        stride: along time, height and width, and so are the others.
        padding: zeros on either side.
        dilation: of the kernel.
        groups: of the channels.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None,
        stride: Triple,
        padding: Triple,
        dilation: Triple,
        groups: int,
    ) -> None:
        self.weight = weight
        self.bias = None if bias is None else bias.contiguous()
        self.options = (stride, padding, dilation, groups)
        self.skip = stride if weight.shape[2:] == (1, 1, 1) and not any(padding) else (1, 1, 1)
        self.flat = weight.shape[2] == 1 and padding[0] == 0
        self._packed: dict[tuple[int, ...], Tensor] = {}

    def __call__(self, x_NCTHW: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        if not torch.backends.mkldnn.is_available():
            return convolve3d(x_NCTHW, self.weight, self.bias, *self.options)
        stride, padding, dilation, groups = self.options
        weight, x = self.weight, x_NCTHW
        if self.skip != (1, 1, 1):  # see `convolve3d`
            x, stride = x[:, :, :: self.skip[0], :: self.skip[1], :: self.skip[2]], (1, 1, 1)
        if self.flat:
            x, weight = fold_frames(x[:, :, :: stride[0]]), weight.squeeze(2)
            stride, padding, dilation = stride[1:], padding[1:], dilation[1:]
        size = tuple(x.shape)
        if size not in self._packed:
            self._packed[size] = torch.ops.mkldnn._reorder_convolution_weight(
                weight, padding, stride, dilation, groups, size
            )
        done = torch.ops.mkldnn._convolution_pointwise(
            x, self._packed[size], self.bias, padding, stride, dilation, groups, 'none', [], ''
        )
        return unfold_frames(done, len(x_NCTHW)) if self.flat else done
