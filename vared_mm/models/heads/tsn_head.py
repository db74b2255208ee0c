"""The head of TSN with scores of every view."""

from mmaction.models import TSNHead as UpstreamTSNHead
from torch import Tensor

from vared_mm.registry import MODELS


@MODELS.register_module()
class TSNHead(UpstreamTSNHead):
    """mmaction2's TSN head, which averages over the frames of one view only.

    mmaction2's averages over all frames of a sample, so that a test with several clips or crops
    has no score of a view left.

    Source: TSN (arXiv 1608.00859), Sec. 3.1. Differs: none.
    Shapes: (N * V * T, C, H, W) -> (N * V, num_classes), for V views of T frames.

    Args:
        frames: T.
        kwargs: as of mmaction2's ``TSNHead``.

    Raises:
        ValueError: in the forward, if the frames of a sample do not make whole views.
    """

    def __init__(self, frames: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.frames = frames

    def forward(self, x: Tensor, num_segs: int, **kwargs) -> Tensor:
        """Scores of each view; ``num_segs`` frames belong to one sample."""
        if num_segs % self.frames:
            raise ValueError(f'{num_segs} frames a sample are no multiple of frames={self.frames}')
        return super().forward(x, self.frames, **kwargs)
