"""Pictures of the records on real clips: accuracy against cost, cost against motion."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from vared_mm.cli import output_folder
from vared_mm.datasets import CachedOpen
from vared_mm.reporting.adaptivity import Features, read_features
from vared_mm.reporting.clip_runs import ClipRun, Key
from vared_mm.reporting.clip_table import method_row
from vared_mm.visualization import Budgeted, draw_cost_against, draw_extremes, draw_pareto

from .configs import ROOT
from .real_plan import BACKBONES, CLIPS, DYNAMIC, KINDS, config_name
from .real_tables import TITLES, Runs, load

TUNED = 'vared-t2c2-finetuned'
#: What has a run at each budget, by its config's name at the middle one.
WITH_BUDGETS = ('fixed-t2c2', 'random-t2c2', 'shuffled-t2c2', 'narrow-longer', 'slim')
MEASURES = {'acc/video-1': 'accuracy', 'mIoU': 'mIoU'}
EACH = 4  # clips in a picture of the cheapest and the dearest


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """Where records are, where pictures go, and where the clips are, if they are to be shown."""
    parser.add_argument('--results', type=Path, default=ROOT / 'results' / 'real')
    parser.add_argument(
        '--out-dir', type=output_folder, default=str(ROOT / 'docs' / 'images' / 'real')
    )
    parser.add_argument(
        '--data',
        type=Path,
        help='folder of the sets: also draw the cheapest and the dearest clips, which are not for '
        'publication',
    )
    parser.set_defaults(run=draw_pictures)


def budgeted(runs: Runs, backbone: str) -> Iterator[Budgeted]:
    """Each method that has run, through all of its budgets."""
    static, seen = runs[config_name('static', backbone)], set()
    for prefix in TITLES:
        config = config_name(prefix, backbone)
        if prefix.endswith(('-low', '-high')) or config in seen:
            continue
        seen.add(config)
        names = [prefix]
        if prefix == TUNED:
            names = list(DYNAMIC.values())
        elif prefix in WITH_BUDGETS:
            names = [f'{prefix}{ending}' for ending in DYNAMIC]
        found = [runs[name] for n in names if (name := config_name(n, backbone)) in runs]
        rows = [method_row(prefix, of, static) for of in found]
        if rows:
            yield Budgeted(
                TITLES[prefix],
                [(row.macs or 0) / 1e6 for row in rows],
                [row.score for row in rows],
                [row.spread or 0 for row in rows],
            )


def draw_pictures(args: argparse.Namespace) -> None:
    """Draw what there are records for, and say which files were written.

    Raises:
        ValueError, OSError: if a record, its table of clips, or a clip can't be read.
    """
    out = Path(args.out_dir)
    out.mkdir(parents=True, exist_ok=True)
    known = args.results / 'clip_features.csv'
    features = read_features(known) if known.is_file() else {}
    for folder in sorted(path for path in args.results.iterdir() if path.is_dir()):
        runs = load(folder)
        for backbone in BACKBONES:
            if not runs.get(config_name('static', backbone)):
                continue
            name = f'{folder.name}_{backbone}'
            path = out / f'{name}_pareto.png'
            methods = list(budgeted(runs, backbone))
            draw_pareto(methods, path, name.replace('_', ', '), MEASURES[KINDS[backbone].metric])
            print(path)
            if tuned := runs.get(config_name(TUNED, backbone)):
                data = args.data if KINDS[backbone] is CLIPS else None
                for file in _draw_costs(tuned, features, name, out, data):
                    print(file)


def _draw_costs(
    tuned: Mapping[Key, ClipRun],
    features: Mapping[str, Features],
    name: str,
    out: Path,
    data: Path | None,
) -> Iterator[Path]:
    """Of the first seed, which tests every clip once; in units of what each fold's model costs."""
    first = min(seed for _, seed in tuned)
    runs = [run for (_, seed), run in sorted(tuned.items()) if seed == first]
    clips = [clip for run in runs for clip in run.clip]
    spent = [run.macs for run in runs if run.macs is not None]
    cost = np.concatenate([100 * macs / macs.mean() for macs in spent])
    title = f'{name.replace("_", ", ")}: {TITLES[TUNED]}'
    places = [i for i, clip in enumerate(clips) if clip in features]
    if places:
        seen = [features[clips[i]]['flow'] for i in places]
        sets = [clips[i].partition('/')[0] for i in places]
        path = out / f'{name}_motion.png'
        words = 'mean optical flow, pixels from each fourth frame to the next'
        draw_cost_against(seen, cost[places].tolist(), sets, path, title, words)
        yield path
    if data is not None:
        order = np.argsort(cost, kind='stable')
        static = [macs / (r.result.static_macs or 1) for r, macs in zip(runs, spent, strict=True)]
        shares = np.concatenate(static)
        rows = [{'video': clips[i], 'share': shares[i]} for i in order]
        shown = {'class': 'all', 'least': rows[:EACH], 'most': rows[::-1][:EACH]}
        opening = CachedOpen(str(data / 'frames'), short_side=64)
        frames = {}
        for row in (*shown['least'], *shown['most']):
            part, _, clip = str(row['video']).partition('/')
            path = data / part / 'clips' / clip
            video = opening.transform({'filename': str(path)})['video_reader']
            frames[row['video']] = np.stack(video.read(range(len(video))))
        path = out / f'{name}_clips.png'
        draw_extremes([shown], frames, path, title)
        yield path
