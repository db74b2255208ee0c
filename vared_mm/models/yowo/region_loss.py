"""What YOWO's raw predictions are worth, given the true boxes."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vared_mm.registry import MODELS

from .anchor_coder import AnchorCoder
from .boxes import box_iou


@MODELS.register_module()
class RegionLoss(nn.Module):
    """Losses of place, confidence and class, each summed over the batch.

    Each true box has one positive: the place that :class:`AnchorCoder` gives it (of boxes that
    share a place, the last). ``loss_box``: half the smooth L1 of its offsets. ``loss_conf``: half
    the weighted squared error of the confidence; its target is, at a positive, the overlap (IoU)
    of the decoded box with the true one, elsewhere 0; places that overlap some true box by more
    than ``ignore_iou`` without being its positive are left out. ``loss_cls``: focal loss of the
    positives' classes.

    Source: YOWO (arXiv 1911.06644), Sec. 3.2, with the weights of its public code. Differs: that
    code draws every place to the centre of its cell and to its anchor's size, too, until it has
    seen 12,800 clips; from then on its loss is this one.

    Args:
        positive_weight: of a positive's confidence.
        negative_weight: of another place's.
        ignore_iou: see above.
        gamma: of the focal loss (arXiv 1708.02002).
    """

    def __init__(
        self,
        positive_weight: float = 5.0,
        negative_weight: float = 1.0,
        ignore_iou: float = 0.6,
        gamma: float = 2.0,
    ) -> None:
        super().__init__()
        self.positive_weight = positive_weight
        self.negative_weight = negative_weight
        self.ignore_iou = ignore_iou
        self.gamma = gamma

    def forward(
        self,
        coder: AnchorCoder,
        offsets: Tensor,
        confidence: Tensor,
        logits: Tensor,
        boxes: Sequence[Tensor],
        labels: Sequence[Tensor],
    ) -> dict[str, Tensor]:
        """The three losses.

        Shapes: offsets (N, A, H, W, 4) and confidence (N, A, H, W), after the sigmoid; logits
        (N, A, H, W, K); per frame, true boxes (M, 4) as shares of the frame, and labels (M,).
        """
        decoded = coder.decode(offsets).detach()
        weight = torch.full_like(confidence, self.negative_weight)
        target = torch.zeros_like(confidence)
        losses_box, losses_class = [], []
        for n, (truth, label) in enumerate(zip(boxes, labels, strict=True)):
            if len(truth) == 0:
                continue
            overlap = box_iou(decoded[n].reshape(-1, 4), truth).view(*confidence.shape[1:], -1)
            weight[n][overlap.amax(-1) > self.ignore_iou] = 0
            places, wanted = coder.encode(truth, confidence.shape[2:])
            owners = list({tuple(place): i for i, place in enumerate(places.tolist())}.values())
            at = (places[owners, 0], places[owners, 1], places[owners, 2])
            weight[n][at] = self.positive_weight
            target[n][at] = overlap[(*at, owners)]
            losses_box.append(F.smooth_l1_loss(offsets[n][at], wanted[owners], reduction='sum'))
            losses_class.append(self._focal(logits[n][at], label[owners]))
        nothing = (offsets.sum() + logits.sum()) * 0  # keeps the graph where no frame has a box
        return {
            'loss_box': sum(losses_box, nothing) / 2,
            'loss_conf': (weight * (confidence - target).square()).sum() / 2,
            'loss_cls': sum(losses_class, nothing),
        }

    def _focal(self, logits: Tensor, labels: Tensor) -> Tensor:
        entropy = F.cross_entropy(logits, labels, reduction='none')
        return ((1 - (-entropy).exp()) ** self.gamma * entropy).sum()
