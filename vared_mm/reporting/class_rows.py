"""How often each class was recognised, and what it was taken for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ClassRow:
    """One class of a test.

    Args:
        name: of the class.
        samples: of the class.
        accuracy: percent of them that were recognised; None where there are none.
        taken_for: the other class that most of them were taken for; None if there is none.
        taken: how many.
    """

    name: str
    samples: int
    accuracy: float | None
    taken_for: str | None
    taken: int


def class_rows(confusion: Mapping[str, Any]) -> list[ClassRow]:
    """A row for each class, in the order of the labels.

    Args:
        confusion: ``classes`` and ``counts`` (true, taken for, samples), as records hold it.
    """
    classes = confusion['classes']
    found: list[dict[int, int]] = [{} for _ in classes]
    for true, taken, count in confusion['counts']:
        found[true][taken] = found[true].get(taken, 0) + count
    rows = []
    for label, counts in enumerate(found):
        samples, right = sum(counts.values()), counts.pop(label, 0)
        other = max(counts, key=lambda taken: counts[taken], default=None)
        rows.append(
            ClassRow(
                name=classes[label],
                samples=samples,
                accuracy=100 * right / samples if samples else None,
                taken_for=None if other is None else classes[other],
                taken=0 if other is None else counts[other],
            )
        )
    return rows


def mean_class_accuracy(rows: list[ClassRow]) -> float | None:
    """Mean of the classes' accuracies, in percent; None without any sample."""
    known = [row.accuracy for row in rows if row.accuracy is not None]
    return sum(known) / len(known) if known else None
