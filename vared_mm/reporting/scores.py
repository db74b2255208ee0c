"""What methods are compared by: a score of counts that are summed over clips, or over images."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """A score in percent.

    Args:
        title: of a table's column.
        of: sums of K counts (..., K) -> scores (...).
    """

    title: str
    of: Callable[[Floats], Floats]


def _accuracy(counts: Floats) -> Floats:
    return np.asarray(100 * counts[..., 0] / counts.sum(axis=-1))


def _mean_iou(counts: Floats) -> Floats:
    classes = round(counts.shape[-1] ** 0.5)
    matrix = counts.reshape(*counts.shape[:-1], classes, classes)
    hit = np.diagonal(matrix, axis1=-2, axis2=-1)
    union = matrix.sum(axis=-1) + matrix.sum(axis=-2) - hit
    # A class that is neither there nor said to be has no IoU.
    known = union > 0
    iou = np.divide(hit, union, out=np.zeros(hit.shape), where=known)
    return np.asarray(100 * iou.sum(axis=-1) / known.sum(axis=-1))


#: Of counts (right, wrong).
ACCURACY = Score('accuracy', _accuracy)
#: Of confusion matrices (true class, taken for), flattened; mean over the classes that there are.
MEAN_IOU = Score('mIoU', _mean_iou)
