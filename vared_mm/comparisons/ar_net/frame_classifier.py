"""A network that classifies single frames at a resolution of its own."""

import torch.nn.functional as F
from mmengine.config import ConfigDict
from torch import Tensor, nn

from vared_mm.registry import MODELS


class FrameClassifier(nn.Module):
    """Resize frames, run a 2-D backbone, pool, classify.

    Shapes: (F, C, H, W) -> (F, num_classes).

    Args:
        backbone: config of a 2-D backbone that returns one feature map.
        channels: of its feature map.
        size: height and width that frames are resized to.
        num_classes: of the scores.
        dropout: before the classifier.
    """

    def __init__(
        self,
        backbone: dict | ConfigDict,
        channels: int,
        size: int,
        num_classes: int,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.backbone = MODELS.build(backbone)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(channels, num_classes)
        nn.init.normal_(self.fc.weight, std=0.001)
        nn.init.zeros_(self.fc.bias)
        self.channels, self.size = channels, size

    def features(self, frames: Tensor) -> Tensor:
        """Pooled features (F, channels)."""
        if frames.shape[-2:] != (self.size, self.size):
            size = (self.size, self.size)
            frames = F.interpolate(frames, size, mode='bilinear', align_corners=False)
        return self.pool(self.backbone(frames)).flatten(1)

    def classify(self, features: Tensor) -> Tensor:
        """Scores of pooled features."""
        return self.fc(self.dropout(features))

    def forward(self, frames: Tensor) -> Tensor:
        """Scores of frames; see the class for shapes."""
        return self.classify(self.features(frames))
