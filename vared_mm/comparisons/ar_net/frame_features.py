"""A network that looks at single frames at a resolution of its own."""

import torch.nn.functional as F
from mmengine.config import ConfigDict
from mmengine.utils import to_2tuple
from torch import Tensor, nn

from vared_mm.registry import MODELS


class FrameFeatures(nn.Module):
    """Resize frames to the nearest pixels, run a 2-D backbone, pool.

    Shapes: (F, C, H, W) -> (F, channels).

    Args:
        backbone: config of a 2-D backbone that returns one feature map.
        channels: of its feature map.
        size: that frames are resized to, (height, width), or both at once.
    """

    def __init__(
        self, backbone: dict | ConfigDict, channels: int, size: int | tuple[int, int]
    ) -> None:
        super().__init__()
        self.backbone = MODELS.build(backbone)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.channels, self.size = channels, to_2tuple(size)

    def forward(self, frames: Tensor) -> Tensor:
        """Pooled features; see the class for shapes."""
        if frames.shape[-2:] != self.size:
            frames = F.interpolate(frames, self.size, mode='nearest')
        return self.pool(self.backbone(frames)).flatten(1)
