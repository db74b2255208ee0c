"""A convolution with fixed weights, kept in the layout that oneDNN computes in."""

from collections import OrderedDict
from threading import Lock

import torch
from torch import Tensor

from vared_mm.dynamic.folding import (
    Triple,
    convolve3d,
    fold_frames,
    leave_out_skipped,
    results_of,
    unfold_frames,
)

#: Sizes of which reordered weights are kept, each another copy of them: as many as there are views
#: of a test with a whole and a last batch. To reorder anew costs about as much as to read them.
SIZES = 4


class PackedConvolution:
    """:func:`convolve3d` with given weights, which are reordered for each of the last few sizes.

    May be called by several threads at once. Where oneDNN can't be relied on with weights that are
    reordered before, it is just :func:`convolve3d`.

    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        weight: (C_out, C_in / groups, kt, kh, kw).
        bias: (C_out,) or None.
        stride: along time, height and width, and so are the others.
        padding: zeros on either side.
        dilation: of the kernel.
        groups: of the channels.
        relu: whether values below zero become zero.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None,
        stride: Triple,
        padding: Triple,
        dilation: Triple,
        groups: int,
        relu: bool = False,
    ) -> None:
        self.weight, self.relu = weight, relu
        self.bias = None if bias is None else bias.contiguous()
        self.options = (stride, padding, dilation, groups)
        self.flat = weight.shape[2] == 1 and padding[0] == 0
        self._packed: OrderedDict[tuple[int, ...], Tensor] = OrderedDict()
        self._lock = Lock()

    def __call__(self, x_NCTHW: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        if not self._is_sure(x_NCTHW):
            out = convolve3d(x_NCTHW, self.weight, self.bias, *self.options)
            return out.relu_() if self.relu else out
        *geometry, groups = self.options
        weight, padding = self.weight, geometry[1]
        x, stride, dilation = leave_out_skipped(x_NCTHW, weight.shape[2:], *geometry)
        if self.flat:
            x, weight = fold_frames(x), weight.squeeze(2)
            stride, padding, dilation = stride[1:], padding[1:], dilation[1:]
        attr = 'relu' if self.relu else 'none'
        packed = self._pack(tuple(x.shape), weight, padding, stride, dilation, groups)
        done = torch.ops.mkldnn._convolution_pointwise(
            x, packed, self.bias, padding, stride, dilation, groups, attr, [], ''
        )
        return unfold_frames(done, len(x_NCTHW)) if self.flat else done

    def _is_sure(self, x_NCTHW: Tensor) -> bool:
        """Whether oneDNN takes such clips, with weights that are reordered before.

        With AVX-512 it reads beyond them (torch 2.13) where the result is one pixel wide and there
        is one channel: its layouts can't be told apart by their strides then.
        """
        if not torch.backends.mkldnn.is_available() or x_NCTHW.numel() == 0:
            return False
        if x_NCTHW.dtype == torch.bfloat16:
            if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
                return False
        elif x_NCTHW.dtype != torch.float32:
            return False
        # Clips smaller than the kernel are left to torch, which refuses them.
        frames, height, width = results_of(
            x_NCTHW.shape[2:], self.weight.shape[2:], *self.options[:3]
        )
        return x_NCTHW.shape[1] > 1 and frames > 0 and height > 0 and width > 1

    def _pack(self, size: tuple[int, ...], weight: Tensor, *options: object) -> Tensor:
        """The weights for a size of the input."""
        with self._lock:
            if size not in self._packed:
                self._packed[size] = torch.ops.mkldnn._reorder_convolution_weight(
                    weight, *options, size
                )
            self._packed.move_to_end(size)
            if len(self._packed) > SIZES:
                self._packed.popitem(last=False)
            return self._packed[size]
