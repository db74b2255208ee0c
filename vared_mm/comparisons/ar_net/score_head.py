"""A head for backbones that give class scores themselves."""

from mmaction.models import BaseHead
from torch import Tensor

from vared_mm.registry import MODELS


@MODELS.register_module()
class ScoreHead(BaseHead):
    """Take a backbone's scores as they are.

    Shapes: (N * V, num_classes), or in training (B, N * V, num_classes) of B classifiers that learn
    side by side, each with a loss of its own.

    Args:
        frames: T of one view.
        kwargs: as of mmaction2's ``BaseHead``, without ``in_channels``.
    """

    def __init__(self, frames: int, **kwargs) -> None:
        super().__init__(in_channels=0, **kwargs)
        self.frames = frames

    def forward(self, x: Tensor, **kwargs) -> Tensor:
        """The scores."""
        return x

    def loss_by_feat(self, cls_scores: Tensor, data_samples: list) -> dict[str, Tensor]:
        """The loss of the scores; the sum over classifiers that learn side by side."""
        if cls_scores.dim() == 2:
            return super().loss_by_feat(cls_scores, data_samples)
        found = [super(ScoreHead, self).loss_by_feat(s, data_samples) for s in cls_scores]
        sums = {key: sum(losses[key] for losses in found) for key in found[0] if 'loss' in key}
        return {**found[0], **sums}
