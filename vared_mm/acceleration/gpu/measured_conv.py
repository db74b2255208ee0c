"""Static convolutions on a GPU: by the library or by our kernel, whichever is quicker."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic.folding import convolve3d

from ..epilogue import Epilogue
from ..opaque import call, hold
from ..static_layers import FixedConv3d
from .convolve_kernel import convolve
from .depthwise_kernel import convolve_depthwise
from .geometry import ClipConvolution, Work, pack_weight
from .tuning import time_quickly


class MeasuredConv3d(FixedConv3d):
    """A convolution of clips, with the ReLU that follows.

    Until :meth:`settle` it is what cuDNN computes. Our kernel has the ReLU inside; which is the
    quicker depends on the layer.

    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        conv: to stand for.
        norm: behind it, in evaluation mode, with statistics; None where there is none.
        relu: whether a ReLU follows.
        dtype: to compute in.
    """

    def __init__(
        self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool, dtype: torch.dtype
    ) -> None:
        super().__init__(conv, norm)
        self.relu = relu
        self.ours = False
        plain = Epilogue.of(conv, None, relu)
        self._packed = ClipConvolution(
            pack_weight(self.folded_weight, conv.groups, dtype),
            None if self.folded_bias is None else self.folded_bias.float(),
            plain.scale,
            plain.shift,
            torch.tensor([conv.out_channels], dtype=torch.int32, device=conv.weight.device),
            conv.kernel_size,
            conv.stride,
            conv.padding,
        )
        self.handle = hold(self)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        return call(input, self.handle) if self.ours else self.by_library(input)

    def settle(self, x: Tensor) -> None:
        """Choose the quicker way for clips such as these; each is run some times."""

        def library() -> None:
            """As cuDNN does, but for the bias: the compiler adds it in a pass of its own anyway."""
            options = (self.stride, self.padding, self.dilation, self.groups)
            y = convolve3d(x, self.folded_weight, None, *options)
            if self.relu:
                y.relu_()

        with torch.no_grad():
            ours, theirs = (time_quickly(way)[0] for way in (partial(self.compute, x), library))
        self.ours = ours < theirs
        torch.cuda.empty_cache()  # graphs that are gone leave theirs

    def by_library(self, x: Tensor) -> Tensor:
        """The result as cuDNN comes to it."""
        y = super().forward(x)
        return y.relu_() if self.relu else y

    def compute(self, x: Tensor) -> Tensor:
        """The result as our kernel comes to it."""
        x = x.contiguous(memory_format=torch.channels_last_3d).permute(0, 2, 3, 4, 1)
        size = self._packed.result_size(x.shape[1:4])
        out = x.new_empty(len(x), *size, self.out_channels)
        alone = torch.empty(len(x), 1, device=x.device)  # weights that no kernel reads
        kernel = convolve_depthwise if self._packed.depthwise else convolve
        kernel(Work(x, self._packed, out, out, alone, alone, self.relu))
        return out.permute(0, 4, 1, 2, 3)

    def result_like(self, x: Tensor) -> Tensor:
        """An uninitialised result for an input, as :meth:`compute` lays it out."""
        size = self._packed.result_size(x.shape[2:])
        return x.new_empty(len(x), *size, self.out_channels).movedim(-1, 1)
