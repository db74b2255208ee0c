"""Folds of a data set by group: what comes from one source is never on both sides of a split."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

try:
    from sklearn.model_selection import StratifiedGroupKFold
except ModuleNotFoundError as error:
    if error.name != 'sklearn':
        raise
    StratifiedGroupKFold = None


@dataclass(frozen=True)
class Fold:
    """Numbers of the samples of each split, rising."""

    train: list[int]
    val: list[int]
    test: list[int]


def group_folds(
    labels: Sequence[int], groups: Sequence[str], count: int = 5, seed: int = 0
) -> list[Fold]:
    """Folds that test every sample once, with classes spread evenly as far as groups allow.

    ``StratifiedGroupKFold`` of scikit-learn; a part of a ``count``-th of what a fold does not test
    is its validation split, by group too.

    Args:
        labels: class of each sample.
        groups: source of each sample.
        count: of folds.
        seed: of the drawing.

    Raises:
        ModuleNotFoundError: if scikit-learn is not installed.
        ValueError: if groups, or the samples of a class, are too few for it.
    """
    if StratifiedGroupKFold is None:
        raise ModuleNotFoundError('folds need a package: pip install scikit-learn')
    if len(labels) != len(groups):
        raise ValueError(f'{len(labels)} labels for {len(groups)} groups')
    if len(set(groups)) < 2 * count:
        raise ValueError(f'{len(set(groups))} groups are too few for {count} folds')
    y, sources = np.asarray(labels), np.asarray(groups)
    known, sizes = np.unique(y, return_counts=True)
    if sizes.min() < 2 * count:
        few = f'{sizes.min()} samples of class {known[sizes.argmin()]}'
        raise ValueError(f'{few} are too few for {count} folds, each with a validation split')
    folds = []
    for rest, test in _split(y, sources, count, seed):
        train, val = next(_split(y[rest], sources[rest], count, seed))
        folds.append(Fold(rest[train].tolist(), rest[val].tolist(), test.tolist()))
    return folds


def _split(
    y: np.ndarray, groups: np.ndarray, count: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return splitter.split(np.zeros(len(y)), y, groups)
