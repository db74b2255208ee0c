"""Whether an exported file gives what the model gives, in a process without this package."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vared_mm.deployment import run_exported

#: Largest difference from the model's results, in units of the largest of them, at least 1.
TOLERANCE = 1e-4


def check_exported(
    kind: str, path: Path, clips: np.ndarray, expected: Sequence[np.ndarray]
) -> float:
    """The largest difference between an exported file's results and the model's.

    Args:
        kind: of the file, such as ``'onnx'``.
        path: of the file.
        clips: to run it on.
        expected: the model's results; a row of the first are scores of classes, whose best five are
            to be the same.

    Raises:
        ValueError: if it does not run, or gives something else.
    """
    found = run_alone(kind, path, clips)
    if [x.shape for x in found] != [x.shape for x in expected]:
        raise ValueError(f'{path.name}: has results of other shapes than the model')
    largest = 0.0
    for one, two in zip(found, expected, strict=True):
        scale = max(1.0, float(np.abs(two).max(initial=0)))
        difference = float(np.abs(one - two).max(initial=0))
        if not difference <= TOLERANCE * scale:  # also where it is not a number
            raise ValueError(f"{path.name}: differs from the model's results by {difference:.3g}")
        largest = max(largest, difference)
    if not same_best(found[0], expected[0]):
        raise ValueError(f"{path.name}: its five best classes are not the model's")
    return largest


def same_best(found: np.ndarray, expected: np.ndarray, count: int = 5) -> bool:
    """Whether rows have their largest values in the same places; of all but equal ones any will do.

    Shapes: (N, classes), twice.
    """
    places = np.argsort(-found, axis=1, kind='stable')[:, :count]
    taken = np.take_along_axis(expected, places, axis=1)
    best = -np.sort(-expected, axis=1)[:, :count]
    return bool(np.all(np.abs(taken - best) <= 2 * TOLERANCE * np.maximum(1, np.abs(best))))


def run_alone(kind: str, path: Path, clips: np.ndarray) -> list[np.ndarray]:
    """An exported file's results, from a process of its own that lacks this package.

    Raises:
        ValueError: with the last line of what went wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, results = Path(folder, 'clips.npy'), Path(folder, 'results.npz')
        np.save(given, clips)
        script = str(run_exported.__file__)
        words = [sys.executable, '-I', script, kind, *map(str, (path.resolve(), given, results))]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ['no message'])[-1]
            raise ValueError(f'{path.name}: does not run: {last}')
        with np.load(results) as saved:
            return [saved[str(i)] for i in range(len(saved.files))]
