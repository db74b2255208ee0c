"""A network that classifies single frames at a resolution of its own."""

from mmengine.config import ConfigDict
from torch import Tensor, nn

from .frame_features import FrameFeatures


class FrameClassifier(FrameFeatures):
    """:class:`FrameFeatures`, then dropout and a linear layer.

    Shapes: (F, C, H, W) -> (F, num_classes).

    Args:
        backbone: config of a 2-D backbone that returns one feature map.
        channels: of its feature map.
        size: that frames are resized to, (height, width), or both at once.
        num_classes: of the scores.
        dropout: before the linear layer.
    """

    def __init__(
        self,
        backbone: dict | ConfigDict,
        channels: int,
        size: int | tuple[int, int],
        num_classes: int,
        dropout: float = 0.5,
    ) -> None:
        super().__init__(backbone, channels, size)
        self.dropout = nn.Dropout(dropout)
        self.fc = linear(channels, num_classes)

    def forward(self, frames: Tensor) -> Tensor:
        """Scores of frames; see the class for shapes."""
        return self.fc(self.dropout(super().forward(frames)))


def linear(inputs: int, outputs: int) -> nn.Linear:
    """A linear layer that starts near zero, as all of AR-Net's do."""
    layer = nn.Linear(inputs, outputs)
    nn.init.normal_(layer.weight, std=0.001)
    nn.init.zeros_(layer.bias)
    return layer
