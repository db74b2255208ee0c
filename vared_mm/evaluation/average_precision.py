"""Detections against ground truth: who finds what, and the area below the curve."""

from collections.abc import Sequence

import numpy as np
from mmaction.evaluation import interpolated_precision_recall


def assign(overlaps: np.ndarray, threshold: float) -> np.ndarray:
    """Which true object each detection finds, -1 for none.

    In their order, detections take the object that they overlap most among those that are left and
    overlap by ``threshold`` or more. So of two that find the same object, the second is wrong.

    Shapes: (D, G), detections best first -> (D,).
    """
    found = np.full(len(overlaps), -1)
    left = np.ones(overlaps.shape[1], bool)
    for i, row in enumerate(overlaps):
        allowed = np.where(left, row, -1.0)
        if left.any() and allowed.max() >= threshold:
            found[i] = allowed.argmax()
            left[found[i]] = False
    return found


def precision_recall(
    scores: Sequence[float], right: Sequence[bool], total: int
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall of the first 1, 2 ... detections of all, best first.

    Shapes: (D,), (D,) -> (D,), (D,).

    Args:
        scores: of the detections.
        right: whether each finds an object.
        total: number of objects, above 0.
    """
    order = np.argsort(-np.asarray(scores, float), kind='stable')
    hits = np.asarray(right, bool)[order].cumsum()
    return hits / np.arange(1, len(hits) + 1), hits / total


def average_precision(scores: Sequence[float], right: Sequence[bool], total: int) -> float:
    """Area below the precision over recall, at each recall the best precision from there on.

    All points count (PASCAL VOC from 2010 on), not 101 of them (COCO). In percent; of no object it
    is not a number.
    """
    if total == 0:
        return float('nan')
    if len(scores) == 0:
        return 0.0
    precision, recall = precision_recall(scores, right, total)
    return 100 * float(interpolated_precision_recall(precision, recall))
