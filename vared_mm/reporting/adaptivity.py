"""Do the choices of a dynamic model follow the clip?"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, spearmanr

from vared_mm.reporting.clip_runs import ClipRun, Key

Features = Mapping[str, float]


@dataclass(frozen=True)
class Adaptivity:
    """How a dynamic model's choices differ from clip to clip, mean over its runs.

    Args:
        clips: of a run.
        distinct: whole-network choices that differ.
        least, most: 5th and 95th percentile of a clip's executed MACs.
        layer: share of the choices' variance that the layers' means explain.
        subset, label: share of the rest that a layer's means on each set, or class, explain.
        correctness: the same of its means on the clips taken for what they are, and on the others.
            It, ``label`` and ``right`` are NaN of images.
        flow, blur: the same of a line through the ranks of clips by optical flow, or by sharpness;
            NaN where these are not known.
        right: how much more a clip costs that is taken for what it is, in MACs.
        motion, sharpness: rank correlation (Spearman) of a clip's executed MACs with its optical
            flow, and with how sharp it is; NaN where these are not known.
    """

    clips: float
    distinct: float
    least: float
    most: float
    layer: float
    subset: float
    label: float
    correctness: float
    flow: float
    blur: float
    right: float
    motion: float
    sharpness: float


def adaptivity(
    runs: Mapping[Key, ClipRun], features: Mapping[str, Features] | None = None
) -> Adaptivity:
    """What the tables of a dynamic model's runs say.

    Args:
        runs: of the model.
        features: of clips, by their names.

    Raises:
        ValueError: if a run has no choices, or there is none.
    """
    rows = [_of_run(run, features or {}) for run in runs.values()]
    if not rows:
        raise ValueError('adaptivity: no run')
    return Adaptivity(*np.mean(rows, axis=0).tolist())


def _of_run(run: ClipRun, features: Mapping[str, Features]) -> list[float]:
    if run.temporal is None or run.channel is None or run.macs is None:
        raise ValueError(f'adaptivity: {run.result.config} has no choices')
    choices = np.concatenate([run.temporal, run.channel], axis=1).astype(float)
    least, most = np.percentile(run.macs, (5, 95))
    rest = choices - choices.mean(axis=0)
    known = np.array([clip in features for clip in run.clip], bool)
    return [
        float(len(choices)),
        float(len(np.unique(choices, axis=0))),
        float(least),
        float(most),
        explained(choices, choices - rest),
        *(
            float('nan') if of is None else explained(rest, _means(rest, of))
            for of in (run.subset, run.label, run.right)
        ),
        *(_by_rank(rest, run, features, known, key) for key in ('flow', 'sharpness')),
        _right_cost_more(run.macs, run.right),
        *(_correlation(run, features, key) for key in ('flow', 'sharpness')),
    ]


def _right_cost_more(macs: npt.NDArray[np.int64], right: npt.NDArray[np.bool_] | None) -> float:
    if right is None:
        return float('nan')
    return float(macs[right].mean() - macs[~right].mean()) if 0 < right.sum() < len(right) else 0.0


def _by_rank(
    rest: npt.NDArray[np.float64],
    run: ClipRun,
    features: Mapping[str, Features],
    known: npt.NDArray[np.bool_],
    key: str,
) -> float:
    """Share of the choices' variance that a line through the clips' ranks explains."""
    if known.sum() < 2:
        return float('nan')
    values = [features[clip][key] for clip, here in zip(run.clip, known, strict=True) if here]
    ranks = rankdata(values)
    ranks -= ranks.mean()
    rest = rest[known] - rest[known].mean(axis=0)
    if not (ranks @ ranks):
        return 0.0
    return explained(rest, np.outer(ranks, ranks @ rest / (ranks @ ranks)))


def _correlation(run: ClipRun, features: Mapping[str, Features], key: str) -> float:
    macs = [] if run.macs is None else run.macs.tolist()
    known = [
        (spent, features[clip][key])
        for spent, clip in zip(macs, run.clip, strict=False)
        if clip in features
    ]
    if len({spent for spent, _ in known}) < 2:
        return float('nan')
    return float(spearmanr(*zip(*known, strict=True)).statistic)


def read_features(path: Path) -> dict[str, Features]:
    """What ``tools/real_clips.py features`` says of each clip, by its name.

    Raises:
        OSError: if there is no such file.
    """
    with path.open(newline='') as file:
        rows = list(csv.DictReader(file))
    return {row.pop('clip'): {key: float(value) for key, value in row.items()} for row in rows}


def explained(values: npt.NDArray[np.float64], means: npt.NDArray[np.float64]) -> float:
    """Share of the variance of all values that the means they belong to explain; 0 of none."""
    total = float(((values - values.mean()) ** 2).sum())
    return float(((means - values.mean()) ** 2).sum()) / total if total else 0.0


def _means(values: npt.NDArray[np.float64], names: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The means of the rows of one name, in place of these rows."""
    _, place = np.unique(names, return_inverse=True)
    sums = np.zeros((place.max() + 1, values.shape[1]))
    np.add.at(sums, place, values)
    return np.asarray(sums / np.bincount(place)[:, None])[place]
