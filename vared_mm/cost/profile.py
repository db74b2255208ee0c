"""How the cost of many clips is spread: over bins, over classes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

#: Width of a bin in percent of the static model's cost, as figure B-6 of the thesis has it.
BIN_PERCENT = 5


def cost_histogram(macs: npt.ArrayLike, static: int) -> list[int]:
    """Number of clips in each bin of 5 % of the static cost.

    Bin i holds the clips above 5 i and up to 5 (i + 1) percent, so what costs just as much as the
    static model is in the last bin below 100 %. There are at least 20 bins, and more where clips
    cost more than the static model (gates and cheap operations come on top).
    Source: B. Pan's thesis, figure B-6.

    Args:
        macs: MACs of each clip, (N,).
        static: MACs of the static model, the 100 %.

    Raises:
        ValueError: if ``static`` is not positive or a clip's cost is negative.
    """
    clips = np.asarray(macs, dtype=np.int64)
    if static <= 0 or (clips < 0).any():
        raise ValueError(f'static={static}, least {clips.min(initial=0)}: costs must be positive')
    steps = 100 // BIN_PERCENT
    bins = np.maximum(-(-clips * steps // int(static)) - 1, 0)  # ceiling, in whole numbers
    return [int(count) for count in np.bincount(bins, minlength=steps)]


def mean_by_class(
    values: npt.ArrayLike, labels: Sequence[int]
) -> tuple[list[int], npt.NDArray[np.float64]]:
    """The classes that occur, in order, and the mean of their clips' values.

    Shapes: values (N, L), labels (N,) -> classes (K,), means (K, L).
    """
    table, marks = np.asarray(values, dtype=np.float64), np.asarray(labels)
    classes = sorted({int(label) for label in marks})
    means = [table[marks == label].mean(axis=0) for label in classes]
    return classes, np.stack(means) if means else np.empty((0, table.shape[1]))
