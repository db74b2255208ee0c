"""Which class was taken for which, and how often each was recognised."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Confusion:
    """Counts of samples by their true class and by the one that they were taken for.

    Args:
        classes: names, in the order of their labels.
        counts: (true label, label taken for) -> samples; pairs without any are left out.
    """

    classes: Sequence[str]
    counts: dict[tuple[int, int], int]

    @classmethod
    def of(
        cls,
        labels: Sequence[int],
        taken: Sequence[int],
        count: int,
        names: Sequence[str] | None = None,
    ) -> 'Confusion':
        """Count samples.

        Args:
            labels: true ones.
            taken: labels that the samples were taken for.
            count: of the classes.
            names: of the classes, which are numbered where there are none, or another number.
        """
        pairs = Counter(zip(labels, taken, strict=True))
        fit = names is not None and len(names) == count
        known = list(names) if fit else [f'class {i}' for i in range(count)]
        return cls(known, dict(sorted(pairs.items())))

    def matrix(self) -> npt.NDArray[np.int64]:
        """Samples by true class (rows) and class taken for (columns), (classes, classes)."""
        matrix = np.zeros((len(self.classes),) * 2, dtype=np.int64)
        for place, count in self.counts.items():
            matrix[place] = count
        return matrix

    def accuracies(self) -> list[float | None]:
        """Percent of each class' samples that were recognised; None of a class without any."""
        matrix = self.matrix()
        totals = matrix.sum(axis=1)
        return [
            100 * int(matrix[i, i]) / int(total) if total else None
            for i, total in enumerate(totals)
        ]

    def mean_class_accuracy(self) -> float:
        """Mean of the accuracies of the classes that have samples, in percent."""
        return float(np.mean([value for value in self.accuracies() if value is not None]))

    def as_json(self) -> dict[str, Any]:
        """As records hold it: ``classes``, and ``counts`` as rows (true, taken for, samples)."""
        rows = [[*places, count] for places, count in self.counts.items()]
        return {'classes': list(self.classes), 'counts': rows}
