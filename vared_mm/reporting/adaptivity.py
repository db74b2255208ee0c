"""Do the choices of a dynamic model follow the clip?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vared_mm.reporting.clip_runs import ClipRun, Key


@dataclass(frozen=True)
class Adaptivity:
    """How a dynamic model's choices differ from clip to clip, mean over its runs.

    Args:
        clips: of a run.
        distinct: whole-network choices that differ.
        least, most: 5th and 95th percentile of a clip's executed MACs.
        layer: share of the choices' variance that the layers' means explain.
        subset: share of the rest that the means of a layer on each set explain.
        right: how much more a clip costs that is taken for what it is, in MACs.
    """

    clips: float
    distinct: float
    least: float
    most: float
    layer: float
    subset: float
    right: float


def adaptivity(runs: Mapping[Key, ClipRun]) -> Adaptivity:
    """What the tables of a dynamic model's runs say.

    Raises:
        ValueError: if a run has no choices, or there is none.
    """
    rows = [_of_run(run) for run in runs.values()]
    if not rows:
        raise ValueError('adaptivity: no run')
    return Adaptivity(*np.mean(rows, axis=0).tolist())


def _of_run(run: ClipRun) -> list[float]:
    if run.temporal is None or run.channel is None or run.macs is None:
        raise ValueError(f'adaptivity: {run.result.config} has no choices')
    choices = np.concatenate([run.temporal, run.channel], axis=1).astype(float)
    least, most = np.percentile(run.macs, (5, 95))
    right, wrong = run.macs[run.right], run.macs[~run.right]
    more = float(right.mean() - wrong.mean()) if len(right) and len(wrong) else 0.0
    return [
        float(len(choices)),
        float(len(np.unique(choices, axis=0))),
        float(least),
        float(most),
        explained(choices, choices.mean(axis=0, keepdims=True).repeat(len(choices), axis=0)),
        explained(
            choices - choices.mean(axis=0), _means(choices - choices.mean(axis=0), run.subset)
        ),
        more,
    ]


def explained(values: npt.NDArray[np.float64], means: npt.NDArray[np.float64]) -> float:
    """Share of the variance of all values that the means they belong to explain; 0 of none."""
    total = float(((values - values.mean()) ** 2).sum())
    return float(((means - values.mean()) ** 2).sum()) / total if total else 0.0


def _means(
    values: npt.NDArray[np.float64], names: npt.NDArray[np.bytes_]
) -> npt.NDArray[np.float64]:
    """The means of the rows of one name, in place of these rows."""
    _, place = np.unique(names, return_inverse=True)
    sums = np.zeros((place.max() + 1, values.shape[1]))
    np.add.at(sums, place, values)
    return np.asarray(sums / np.bincount(place)[:, None])[place]
