"""Static convolutions on a GPU: by the library or by our kernel, whichever is quicker."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic.folding import convolve3d

from ..common.operation import define, hold, layer_of
from ..common.post_ops import PostOps
from ..common.static_convolution import FixedConv3d
from .convolution import ClipConvolution, Work, pack_weight
from .kernels.convolve_depthwise import convolve_depthwise
from .kernels.convolve_gather import convolve
from .tuning import time_quickly


class MeasuredConv3d(FixedConv3d):
    """A convolution of clips, with its norm and ReLU fused.

    Until :meth:`measure` cuDNN computes it. Our kernel has the ReLU built in; which one is quicker
    depends on the layer.

    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o), channels last.

    Args:
        conv: to replace.
        norm: behind it, in evaluation mode, with statistics; None where there is none.
        relu: whether a ReLU follows.
        dtype: to compute in.
    """

    def __init__(
        self, conv: nn.Conv3d, norm: _BatchNorm | None, relu: bool, dtype: torch.dtype
    ) -> None:
        super().__init__(conv, norm)
        self.ours = False
        self.post_ops = PostOps.of(conv, None, relu)  # the norm is a part of the weights
        self._packed = ClipConvolution(
            pack_weight(self.folded_weight, conv.groups, dtype),
            None if self.folded_bias is None else self.folded_bias.float(),
            torch.tensor([conv.out_channels], dtype=torch.int32, device=conv.weight.device),
            conv.kernel_size,
            conv.stride,
            conv.padding,
        )
        self.handle = hold(self)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve; see the class for shapes."""
        if not self.ours:
            return self.by_library(input)
        return torch.ops.vared_mm.static_convolution(input, self.handle)

    def measure(self, x: Tensor) -> None:
        """Choose the quicker one for clips such as these; both are run some times."""

        def library() -> None:
            """As cuDNN does, but for the bias: the compiler adds it in a pass of its own anyway."""
            options = (self.stride, self.padding, self.dilation, self.groups)
            y = convolve3d(x, self.folded_weight, None, *options)
            if self.post_ops.relu:
                y.relu_()

        with torch.no_grad():
            ours, theirs = (time_quickly(way)[0] for way in (partial(self.compute, x), library))
        self.ours = ours < theirs
        torch.cuda.empty_cache()  # graphs that are gone leave theirs

    def by_library(self, x: Tensor) -> Tensor:
        """The result by cuDNN."""
        y = super().forward(x)
        return y.relu_() if self.post_ops.relu else y

    def compute(self, x: Tensor) -> Tensor:
        """The result by our kernel."""
        x = x.contiguous(memory_format=torch.channels_last_3d).permute(0, 2, 3, 4, 1)
        size = self._packed.result_size(x.shape[1:4])
        out = x.new_empty(len(x), *size, self.out_channels)
        alone = torch.empty(len(x), 1, device=x.device)  # weights that no kernel reads
        launch = convolve_depthwise if self._packed.depthwise else convolve
        launch(Work(x, self._packed, out, out, alone, alone, self.post_ops))
        return out.permute(0, 4, 1, 2, 3)

    def result_like(self, x: Tensor) -> Tensor:
        """An uninitialised result for an input, as :meth:`compute` lays it out."""
        size = self._packed.result_size(x.shape[2:])
        return x.new_empty(len(x), *size, self.out_channels).movedim(-1, 1)


define(
    'static_convolution(Tensor x, int handle) -> Tensor',
    lambda x, handle: layer_of(handle).compute(x),
    lambda x, handle: layer_of(handle).result_like(x),
    'CPU',
    'CUDA',
)
