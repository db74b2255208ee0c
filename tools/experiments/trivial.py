"""What colours alone, and movement alone, say of the classes of real clips: no network."""

import argparse
import hashlib
import os
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from scipy.special import softmax

from vared_mm.apis import describe_machine, list_versions
from vared_mm.apis.machine import find_commit
from vared_mm.cli import not_negative, output_folder
from vared_mm.datasets import CachedOpen
from vared_mm.datasets.video_list import read_classes, read_video_list
from vared_mm.reporting import RunResult

from .configs import ROOT

try:
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ModuleNotFoundError as error:
    if error.name != 'sklearn':
        raise
    RidgeClassifier = None

KINDS = ('colours', 'movement')
ALPHAS = (1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3)
SMALL = (32, 18)  # width, height


def add_trivial_options(parser: argparse.ArgumentParser) -> None:
    """Sets and folds."""
    parser.add_argument('--sets', nargs='+', default=['mix', 'hockey2', 'tennis7', 'surv2'])
    parser.add_argument('--folds', nargs='+', type=not_negative, default=range(5))
    parser.add_argument('--data', type=Path, default=ROOT / 'data', help='folder of the sets')
    parser.add_argument(
        '--results', type=output_folder, default=str(ROOT / 'results' / 'real'), help='of records'
    )
    parser.set_defaults(run=run_trivial)


@cache
def look_at(video: str, opening: CachedOpen) -> dict[str, np.ndarray]:
    """Both descriptions of a clip, which is read once for all folds.

    ``colours``: mean over every eighth frame of 16 x 9 mean colours. ``movement``: of the mean
    absolute difference of neighbouring frames of 32 x 18: mean, deviation, maximum and two
    percentiles over time, and 8 x 6 means over the picture.
    """
    opened = opening.transform({'filename': video})
    frames = opened['video_reader'].read(range(opened['total_frames']))
    small = np.stack([cv2.resize(f, SMALL, interpolation=cv2.INTER_AREA) for f in frames]) / 255.0
    colours = small[::8].reshape(-1, 9, 2, 16, 2, 3).mean((0, 2, 4))
    moved = np.abs(np.diff(small, axis=0)).mean(3) if len(small) > 1 else small[..., 0] * 0
    energy, places = moved.mean((1, 2)), moved.mean(0).reshape(6, 3, 8, 4).mean((1, 3))
    over_time = [energy.mean(), energy.std(), energy.max(), *np.percentile(energy, (10, 90))]
    return {'colours': colours.ravel(), 'movement': np.concatenate([over_time, places.ravel()])}


def fit(split: dict[str, tuple[np.ndarray, np.ndarray]], classes: int) -> tuple[np.ndarray, int]:
    """Scores (N, K) of the tested clips, and the number of the model's weights.

    The strength of the penalty is chosen by the validation clips; then these train it too.
    """

    def scores(alpha: float, train: tuple, test: np.ndarray) -> np.ndarray:
        model = make_pipeline(StandardScaler(), RidgeClassifier(alpha)).fit(*train)
        decided = model.decision_function(test)
        decided = np.stack([-decided, decided], axis=1) if decided.ndim == 1 else decided
        every = np.full((len(test), classes), -np.inf)
        every[:, model.classes_] = decided
        return every

    tried = [
        (scores(a, split['train'], split['val'][0]).argmax(1) == split['val'][1]).mean()
        for a in ALPHAS
    ]
    both = tuple(np.concatenate(parts) for parts in zip(split['train'], split['val'], strict=True))
    decided = scores(ALPHAS[int(np.argmax(tried))], both, split['test'][0])
    return decided, (split['test'][0].shape[1] + 1) * classes


def percent(right: np.ndarray, subsets: list[str]) -> dict[str, float | None]:
    """Accuracy on all clips and on each set."""
    found: dict[str, float | None] = {'acc/video-1': 100 * float(right.mean())}
    for name in sorted(set(subsets)):
        here = np.array(subsets) == name
        found[f'acc/subset={name}/video-1'] = 100 * float(right[here].mean())
    return found


def run_fold(root: Path, fold: int, opening: CachedOpen, results: Path) -> None:
    """Fit both models, test them and keep their records."""
    classes = len(read_classes(str(root / 'classes.txt')))
    lists = {
        name: read_video_list(str(root / f'fold{fold}-{name}.txt'), ',', ('group', 'subset'))
        for name in ('train', 'val', 'test')
    }
    seen = {
        name: [look_at(os.path.realpath(root / v['filename']), opening) for v in videos]
        for name, videos in lists.items()
    }
    for kind in KINDS:
        split = {
            name: (
                np.stack([each[kind] for each in seen[name]]),
                np.array([v['label'] for v in it]),
            )
            for name, it in lists.items()
        }
        decided, weights = fit(split, classes)
        label = split['test'][1]
        name = f'{kind}-ridge'
        target = results / root.name / f'{name}_fold{fold}_seed0'
        RunResult(
            config=name,
            config_sha256=hashlib.sha256(f'{name} {ALPHAS}'.encode()).hexdigest(),
            checkpoint=None,
            checkpoint_sha256=None,
            seed=0,
            dataset=f'{root.name}/fold{fold}-test.txt',
            generated_data=False,
            videos=len(label),
            metrics=percent(decided.argmax(1) == label, [v['subset'] for v in lists['test']]),
            static_macs=None,
            parameters=weights,
            parameters_without_gates=weights,
            machine=describe_machine(),
            versions=list_versions(),
            commit=find_commit(),
        ).save(target.with_suffix('.json'))
        table = {
            key: np.array([str(video[key]).encode() for video in lists['test']])
            for key in ('group', 'subset')
        }
        files = [str(root / video['filename']) for video in lists['test']]
        table['filename'] = np.array([file.encode() for file in files])
        table.update(label=label.astype(np.int16), scores=softmax(decided, 1).astype(np.float16))
        np.savez_compressed(target.with_suffix('.npz'), **table)
        print(
            f'{root.name}, fold {fold}, {kind}: {100 * (decided.argmax(1) == label).mean():.1f} %'
        )


def run_trivial(args: argparse.Namespace) -> None:
    """Run every fold of every set.

    Raises:
        ModuleNotFoundError: if scikit-learn is not installed.
        ValueError, OSError: if a list or a clip can't be read.
    """
    if RidgeClassifier is None:
        raise ModuleNotFoundError('linear models need a package: pip install scikit-learn')
    opening = CachedOpen(str(args.data / 'frames'), short_side=64)
    for name in args.sets:
        for fold in args.folds:
            run_fold(args.data / name, fold, opening, Path(args.results))
