"""Correlation of each frame with the one before it, as a residual block."""

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule
from torch import Tensor, nn

from vared_mm.registry import MODELS


class FrameCorrelation(nn.Module):
    """Match each position of a frame with its neighbourhood in the frame before.

    ``y[g, dy, dx](t, i, j) = mean over the channels c of group g of
    x[c](t, i, j) * x[c](t - 1, i + dy, j + dx)``. Outside of a frame all is zero; the first frame
    is matched with itself.

    Source: CorrNet (arXiv 1906.03349), Sec. 3. Differs: the product has no learned weights.
    Shapes: (N, C, T, H, W) -> (N, G * window^2, T, H, W).

    Args:
        groups: G; divides C.
        window: positions along each axis, odd.
    """

    def __init__(self, groups: int, window: int = 7) -> None:
        super().__init__()
        self.groups = groups
        self.window = window

    def forward(self, x_NCTHW: Tensor) -> Tensor:
        """Match clips; the result is in ``torch.channels_last_3d``."""
        now = x_NCTHW.permute(0, 2, 3, 4, 1).unflatten(4, (self.groups, -1))
        before = torch.cat([now[:, :1], now[:, :-1]], 1)
        margin = self.window // 2
        before = F.pad(before, (0, 0, 0, 0, margin, margin, margin, margin))
        height, width = x_NCTHW.shape[3:]
        matches = [
            (now * before[:, :, i : i + height, j : j + width]).mean(-1)
            for i in range(self.window)
            for j in range(self.window)
        ]
        return torch.stack(matches, -1).flatten(4).permute(0, 4, 1, 2, 3)

    def static_macs(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> int:
        """MACs of one call, from the shapes of its input and result: window^2 an input."""
        return torch.Size(inputs).numel() * self.window**2


@MODELS.register_module()
class CorrelationBlock(nn.Module):
    """Add what moved to features, then ReLU.

    What moved: 1x1x1 to C/4 maps, their :class:`FrameCorrelation` in min(32, C/4) groups, 1x1x1
    back to C; a norm after each convolution, a ReLU after the first.

    Source: CorrNet (arXiv 1906.03349), Sec. 3, as VA-RED2 (arXiv 2102.07887) counts it.
    Differs: see :class:`FrameCorrelation`.
    Shapes: (N, C, T, H, W) -> the same.

    Args:
        channels: C.
        window: positions along each axis that a frame is matched over, odd.
        conv_cfg: of the two convolutions.
        norm_cfg: of the two norms.

    Raises:
        ValueError: if C is no multiple of 4, or C/4 none of the groups; if the window is even.
    """

    def __init__(
        self,
        channels: int,
        window: int = 7,
        conv_cfg: dict | None = None,
        norm_cfg: dict | None = None,
    ) -> None:
        super().__init__()
        middle, rest = divmod(channels, 4)
        groups = min(32, middle)
        if rest or not groups or middle % groups:
            raise ValueError(f'channels={channels}: must be a multiple of 4, of 128 above 128')
        if window % 2 == 0:
            raise ValueError(f'window={window}: must be odd')
        options = {
            'conv_cfg': conv_cfg or {'type': 'Conv3d'},
            'norm_cfg': norm_cfg or {'type': 'BN3d'},
        }
        self.reduce = ConvModule(channels, middle, 1, **options)
        self.correlation = FrameCorrelation(groups, window)
        self.expand = ConvModule(groups * window**2, channels, 1, act_cfg=None, **options)

    def forward(self, x_NCTHW: Tensor) -> Tensor:
        """Features (N, C, T, H, W) with what moved added."""
        return torch.relu(x_NCTHW + self.expand(self.correlation(self.reduce(x_NCTHW))))
