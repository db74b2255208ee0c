"""I3D with the Inception network that the thesis' numbers were counted on."""

from collections import OrderedDict
from functools import partial

import torch
from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn

from vared_mm.registry import MODELS

# Input channels, 1x1x1 branch, (reduction, 3x3x3) branch, (reduction, second 3x3x3) branch,
# projection of the pooling branch. A pooling with stride 2 comes before each 'a'.
BLOCKS = {
    '3a': (192, 64, (96, 128), (16, 32), 32),
    '3b': (256, 128, (128, 192), (32, 96), 64),
    '4a': (480, 192, (96, 208), (16, 48), 64),
    '4b': (512, 160, (112, 224), (24, 64), 64),
    '4c': (512, 128, (128, 256), (24, 64), 64),
    '4d': (512, 112, (144, 288), (32, 64), 64),
    '4e': (528, 256, (160, 320), (32, 128), 128),
    '5a': (832, 256, (160, 320), (32, 128), 128),
    '5b': (832, 384, (192, 384), (48, 128), 128),
}


class InceptionBlock(nn.Module):
    """Four branches side by side: 1x1x1; 3x3x3; a narrower 3x3x3; pooling and 1x1x1.

    Source: GoogLeNet (arXiv 1409.4842), inflated by I3D (arXiv 1705.07750). Differs: none from
    I3D's.
    Shapes: (N, C_in, T, H, W) -> (N, C_out, T, H, W), C_out the sum of the branches.

    Args:
        conv: makes a convolution with its norm and ReLU.
        in_channels: C_in.
        point: width of the first branch.
        wide: widths of the second branch, its reduction first.
        narrow: likewise, of the third.
        pooled: width of the last branch.
    """

    def __init__(
        self,
        conv: partial[ConvModule],
        in_channels: int,
        point: int,
        wide: tuple[int, int],
        narrow: tuple[int, int],
        pooled: int,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [
                conv(in_channels, point, 1),
                nn.Sequential(conv(in_channels, wide[0], 1), conv(*wide, 3, padding=1)),
                nn.Sequential(conv(in_channels, narrow[0], 1), conv(*narrow, 3, padding=1)),
                nn.Sequential(nn.MaxPool3d(3, 1, 1), conv(in_channels, pooled, 1)),
            ]
        )

    def forward(self, x_NCTHW: Tensor) -> Tensor:
        """Run the branches and stack their channels."""
        return torch.cat([branch(x_NCTHW) for branch in self.branches], 1)


@MODELS.register_module()
class I3DInceptionV2(BaseModule):
    """I3D: an Inception network with three-dimensional kernels, batch norm after each.

    The poolings before blocks 3a, 4a and 5a halve time, 16 -> 8 -> 4 -> 2 frames. In spite of its
    name in the thesis the widths are those of the first Inception network, GoogLeNet.

    Source: I3D (arXiv 1705.07750) as VA-RED2 (arXiv 2102.07887) counts it. Differs from I3D: the
    stem keeps every frame and the pooling before 3a halves time in its place; the last pooling is
    3x3x3, not 2x2x2.
    Shapes: (N, 3, T, H, W) -> (N, 1024, T/8, H/32, W/32), where the width is 1.

    Args:
        in_channels: of the clips.
        width: all widths are multiplied by it and rounded down to multiples of 4, at least 4.
        conv_cfg: of every convolution.
        norm_cfg: of every batch norm; eps is 1e-3 by default.
        init_cfg: as of mmengine's ``BaseModule``.
    """

    def __init__(
        self,
        in_channels: int = 3,
        width: float = 1,
        conv_cfg: dict | None = None,
        norm_cfg: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        conv = partial(
            ConvModule,
            conv_cfg=conv_cfg or {'type': 'Conv3d'},
            norm_cfg=norm_cfg or {'type': 'BN3d', 'eps': 1e-3},
        )
        first, last = _scaled(64, width), _scaled(192, width)
        self.stem = nn.Sequential(
            conv(in_channels, first, 7, stride=(1, 2, 2), padding=3),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
            conv(first, first, 1),
            conv(first, last, 3, padding=1),
        )
        layers = OrderedDict()
        channels = last
        for name, (_, point, wide, narrow, pooled) in BLOCKS.items():
            if name.endswith('a'):
                layers[f'pool_{name}'] = nn.MaxPool3d(3, 2, 1)
            widths = [_scaled(part, width) for part in (point, wide, narrow, pooled)]
            layers[f'mixed_{name}'] = InceptionBlock(conv, channels, *widths)
            point, (_, wide), (_, narrow), pooled = widths
            channels = point + wide + narrow + pooled
        self.blocks = nn.Sequential(layers)

    def forward(self, x_NCTHW: Tensor) -> Tensor:
        """Features of clips (N, 3, T, H, W)."""
        return self.blocks(self.stem(x_NCTHW))


def _scaled(channels: int | tuple[int, int], width: float) -> int | tuple[int, int]:
    if isinstance(channels, tuple):
        return _scaled(channels[0], width), _scaled(channels[1], width)
    return max(int(channels * width) // 4 * 4, 4)
