"""A 3-D convolution layer that runs as a 2-D one wherever that computes the same thing."""

import torch
from torch import Tensor, nn

from vared_mm.dynamic.folding import convolve3d
from vared_mm.registry import MODELS


@MODELS.register_module()
class FoldedConv3d(nn.Conv3d):
    """``nn.Conv3d`` with the same arguments, weights and result, quicker on clips.

    1 x k x k kernels run over folded frames, k x 1 x 1 ones over rows of pixels, both in
    ``torch.channels_last_3d``, which the result has too: only the first layer copies its input.
    :func:`vared_mm.acceleration.fold_convolutions` makes them of a model's convolutions, as the
    tools do. Any backbone of mmaction2 that takes a ``conv_cfg`` can be built of them:
    ``conv_cfg=dict(type='vared_mm.FoldedConv3d')``.

    Source: none, an exact rewriting. Differs: none; padding by other than zeros is not folded.
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T_o, H_o, W_o).
    """

    same_as_plain = True  # the conversion to dynamic layers may take its weights over

    def forward(self, input: Tensor) -> Tensor:
        """Convolve clips (N, C_in, T, H, W)."""
        if input.dim() != 5 or self.padding_mode != 'zeros' or isinstance(self.padding, str):
            return super().forward(input)
        clips = input.contiguous(memory_format=torch.channels_last_3d)
        return convolve3d(
            clips, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )
