"""Channel fusion and attention: YOWO's neck."""

import torch
from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn

from vared_mm.registry import MODELS


class ChannelAttention(nn.Module):
    """Mix the channels by how much they differ, and add that, scaled, to the input.

    With the Gram matrix G of the channels over all positions, ``x + scale * softmax(max_k G[c, k] -
    G[c, :]) x``. The scale is learned and starts at 0: the identity.

    Source: YOWO (arXiv 1911.06644), Sec. 3.1.2; the subtraction is as in its public code.
    Shapes: (N, C, H, W) -> the same.
    Cost: 2 * C^2 * H * W MACs; the thesis' count, which goes over layers, has none of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(1))

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Attend."""
        x = x_NCHW.flatten(2)
        gram = x @ x.transpose(1, 2)
        weights = (gram.amax(dim=2, keepdim=True) - gram).softmax(dim=2)
        return x_NCHW + self.scale * (weights @ x).view_as(x_NCHW)

    def static_macs(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> int:
        """None, in the thesis' count; see the class."""
        return 0


@MODELS.register_module()
class CFAM(BaseModule):
    """1x1, 3x3, :class:`ChannelAttention`, 3x3, dropout, 1x1.

    Batch norm and ReLU follow all convolutions but the last, which has a bias instead.

    Source: YOWO (arXiv 1911.06644), Sec. 3.1.2. Differs: one backbone's features, not two.
    Shapes: (N, in_channels, H, W) -> (N, channels, H, W).

    Args:
        in_channels: of the backbone.
        channels: of every convolution.
        dropout: probability that a channel is dropped before the last convolution.
        init_cfg: as of mmengine's ``BaseModule``.
    """

    def __init__(
        self,
        in_channels: int,
        channels: int = 1024,
        dropout: float = 0.1,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        norm_cfg = {'type': 'BN2d'}
        self.reduce = ConvModule(in_channels, channels, 1, norm_cfg=norm_cfg)
        self.before = ConvModule(channels, channels, 3, padding=1, norm_cfg=norm_cfg)
        self.attention = ChannelAttention()
        self.after = ConvModule(channels, channels, 3, padding=1, norm_cfg=norm_cfg)
        self.dropout = nn.Dropout2d(dropout)
        self.project = nn.Conv2d(channels, channels, 1)

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Fused features."""
        x = self.attention(self.before(self.reduce(x_NCHW)))
        return self.project(self.dropout(self.after(x)))
