"""Which class was taken for which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any


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
        known = list(names or ()) if fit else [f'class {i}' for i in range(count)]
        return cls(known, dict(sorted(pairs.items())))

    def mean_class_accuracy(self) -> float:
        """Mean over the classes that have samples of the percent that was recognised."""
        totals: Counter[int] = Counter()
        for (label, _), count in self.counts.items():
            totals[label] += count
        return mean(100 * self.counts.get((i, i), 0) / total for i, total in totals.items())

    def as_json(self) -> dict[str, Any]:
        """As records hold it: ``classes``, and ``counts`` as rows (true, taken for, samples)."""
        rows = [[*places, count] for places, count in self.counts.items()]
        return {'classes': list(self.classes), 'counts': rows}
