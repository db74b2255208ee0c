"""Boxes (x1, y1, x2, y2) in any one unit: overlap, and suppression of doubles."""

import torch
from torch import Tensor


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of each box of ``a`` with each of ``b``.

    Scaling an axis of both does not change it. Boxes without area have 0 with everything.
    Shapes: (M, 4), (K, 4) -> (M, K).
    """
    corner1 = torch.maximum(a[:, None, :2], b[None, :, :2])
    corner2 = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (corner2 - corner1).clamp(min=0).prod(-1)
    union = _area(a)[:, None] + _area(b)[None] - shared
    return shared / union.clamp(min=torch.finfo(union.dtype).tiny)


def non_maximum_suppression(boxes: Tensor, scores: Tensor, threshold: float = 0.4) -> Tensor:
    """Keep a box unless one of higher score, itself kept, overlaps it by more than ``threshold``.

    All classes compete. In plain torch: mmcv's needs compiled operations.
    Shapes: (M, 4), (M,) -> (K,), the places of the kept ones, best first.
    """
    order = scores.argsort(descending=True, stable=True)
    # One copy to the CPU instead of one synchronisation a box.
    overlaps = (box_iou(boxes[order], boxes[order]) > threshold).cpu()
    alive = torch.ones(len(order), dtype=torch.bool)
    for place in range(len(order)):
        if alive[place]:
            alive[place + 1 :] &= ~overlaps[place, place + 1 :]
    return order[alive.to(order.device)]


def _area(boxes: Tensor) -> Tensor:
    return (boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(-1)
