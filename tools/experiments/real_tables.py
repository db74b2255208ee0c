"""Tables of the runs on real clips and images, from their records."""

import argparse
import json
from collections.abc import Mapping
from math import isnan
from pathlib import Path

from vared_mm.reporting.adaptivity import Adaptivity, Features, adaptivity, read_features
from vared_mm.reporting.clip_runs import ClipRun, Key, find_clip_runs
from vared_mm.reporting.clip_table import clip_table, difference, method_row, say_interval
from vared_mm.reporting.page import fill
from vared_mm.reporting.table import render_table

from .configs import ROOT
from .real_plan import BACKBONES, DYNAMIC, SETS, config_name

PAGE = ROOT / 'docs' / 'findings.md'
#: Rows by the configs that they are of, less the backbone.
TITLES = {
    'static': 'static',
    'static-longer': 'static, trained as long',
    'mix-t2c2-longer': 'constant mix',
    'vared-t2c2': 'VA-RED², before the loss',
    'vared-t2c2-finetuned': 'VA-RED²',
    'vared-t2-finetuned': 'VA-RED², time only',
    'vared-c2-finetuned': 'VA-RED², channels only',
    'vared-t3c3-finetuned': 'VA-RED², three candidates',
    'vared-t2c2-k1-finetuned': 'VA-RED², cheap operations of kernel 1',
    'vared-t2c2-mean': "VA-RED², budget on the batch's mean",
    'vared-t2c2-margin': 'VA-RED², by the margin',
    'vared-block-t2c2': 'block-wise, before the loss',
    'vared-block-t2c2-finetuned': 'block-wise',
    'fixed-t2c2': 'best fixed choice',
    'random-t2c2': 'random choice',
    'shuffled-t2c2': "another's choice, not trained",
    'narrow-longer': 'narrow static',
    'slim': 'channel pruning',
    'pruning': 'weight pruning',
    'cgnet': 'CGNet',
    **{
        f'{prefix}-{budget}': f'{title}, weight {weight}'
        for budget, weight in (('low', 0.2), ('high', 3.2))
        for prefix, title in {
            'vared-t2c2': 'VA-RED²',
            'fixed-t2c2': 'best fixed choice',
            'random-t2c2': 'random choice',
            'shuffled-t2c2': "another's choice, not trained",
            'narrow-longer': 'narrow static',
            'slim': 'channel pruning',
        }.items()
    },
    'arnet': 'AR-Net',
    'frameexit': 'FrameExit',
}
TRIVIAL = {'colours-ridge': 'colours, no network', 'movement-ridge': 'movement, no network'}
#: What the dynamic model is compared with, clip by clip.
CONTROLS = ('fixed-t2c2', 'random-t2c2', 'shuffled-t2c2', 'slim', 'narrow-longer', 'static-longer')
WITHOUT_BUDGET = 'static-longer'

Runs = Mapping[str, Mapping[Key, ClipRun]]


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """Where records are, and whether the page is written."""
    parser.add_argument('--results', type=Path, default=ROOT / 'results' / 'real')
    parser.add_argument('--publish', action='store_true', help='put the tables into findings.md')
    parser.set_defaults(run=make_tables)


def load(folder: Path) -> Runs:
    """All runs on one set."""
    found = find_clip_runs(folder)
    return {
        name: {key: ClipRun.load(path) for key, path in of.items()} for name, of in found.items()
    }


def titles(backbone: str) -> dict[str, str]:
    """Titles by a backbone's configs; of rows that are one config there, the first."""
    found: dict[str, str] = {}
    for prefix, title in TITLES.items():
        found.setdefault(config_name(prefix, backbone), title)
    return found


def read_speeds(folder: Path, backbone: str) -> dict[str, float]:
    """Clips a second that ``real_clips.py speed`` has measured, by a row's title."""
    path = folder / 'speed' / f'{backbone}.json'
    if not path.is_file():
        return {}
    found = json.loads(path.read_text())['speeds']
    titled = ((title, found.get(config)) for config, title in titles(backbone).items())
    return {title: speed['clips_per_second'] for title, speed in titled if speed}


def set_tables(name: str, runs: Runs, backbone: str, speeds: Mapping[str, float]) -> str:
    """The tables of one set and backbone; empty where static has not run."""
    static = runs.get(config_name('static', backbone), {})
    if not static:
        return ''
    full = method_row('static', static, static).macs or 1.0
    parts = sorted({s.decode() for run in static.values() for s in set(run.subset)})
    tables = []
    for part in [None, *(parts if len(parts) > 1 else [])]:
        rows = [
            method_row(title, each, static, part)
            for title, each in [
                *((title, runs.get(config, {})) for config, title in titles(backbone).items()),
                *((TRIVIAL[trivial], runs.get(trivial, {})) for trivial in TRIVIAL),
            ]
            if each
        ]
        where = f'{name}, {backbone}' + (f': {part}' if part else '')
        table = clip_table(rows, full, 'static', None if part else speeds)
        tables.append(f'**{where}**\n\n{table}')
    return '\n\n'.join(tables)


def choice_table(all_runs: Mapping[str, Runs], backbone: str) -> str:
    """What choosing per clip is worth: the dynamic model less each control, by set and budget."""
    lines = []
    for name, runs in all_runs.items():
        for ending, prefix in DYNAMIC.items():
            dynamic = runs.get(config_name(prefix, backbone), {})
            if dynamic:
                controls = [c if c == WITHOUT_BUDGET else c + ending for c in CONTROLS]
                cells = [
                    say_interval(difference(dynamic, runs.get(config_name(c, backbone), {})))
                    for c in controls
                ]
                lines.append([f'{name}, {backbone}, {TITLES[prefix]}', *cells])
    columns = ['less', *(TITLES[control] for control in CONTROLS)]
    return render_table(columns, lines, markdown=True) if lines else ''


def adaptivity_table(all_runs: Mapping[str, Runs], features: Mapping[str, Features]) -> str:
    """How the choices of dynamic models differ from clip to clip."""
    lines = []
    for name, runs in all_runs.items():
        for backbone in BACKBONES:
            for config, title in titles(backbone).items():
                if config.startswith('vared') and (of := runs.get(config)):
                    parts = _cells(adaptivity(of, features))
                    lines.append([f'{name}, {backbone}, {title}', *parts])
    columns = [
        'model',
        'clips or images',
        'distinct choices',
        'MMACs, 5 to 95 %',
        'layer explains',
        'of the rest: set or sequence',
        'class',
        'right or wrong',
        'motion',
        'sharpness',
        'right clips cost more, MMACs',
        'cost with motion',
        'cost with sharpness',
    ]
    return render_table(columns, lines, markdown=True) if lines else ''


def _cells(found: Adaptivity) -> list[str]:
    return [
        f'{found.clips:.0f}',
        f'{found.distinct:.0f}',
        f'{found.least / 1e6:.1f} to {found.most / 1e6:.1f}',
        f'{100 * found.layer:.0f} %',
        *(_percent(part) for part in (found.subset, found.label, found.correctness)),
        *(_percent(part) for part in (found.flow, found.blur)),
        *(
            '–' if isnan(value) else f'{value:+.2f}'
            for value in (found.right / 1e6, found.motion, found.sharpness)
        ),
    ]


def _percent(share: float) -> str:
    return '–' if isnan(share) else f'{100 * share:.0f} %'


def page_blocks(results: Path) -> dict[str, str]:
    """The page's tables, by the names of their blocks.

    Args:
        results: folder of the records.

    Raises:
        ValueError, OSError: if a record, or its table of clips, can't be read.
    """
    folders = [results / name for name in SETS]
    folders += sorted(f for f in results.glob('*') if f.is_dir() and f.name not in SETS)
    folders = [folder for folder in folders if folder.is_dir()]
    all_runs = {folder.name: load(folder) for folder in folders}
    known = results / 'clip_features.csv'
    features = read_features(known) if known.is_file() else {}
    choices = [choice_table(all_runs, backbone) for backbone in BACKBONES]
    methods = [
        set_tables(folder.name, all_runs[folder.name], b, read_speeds(folder, b))
        for folder in folders
        for b in BACKBONES
    ]
    texts = {
        'choice': '\n\n'.join(filter(None, choices)),
        'adaptivity': adaptivity_table(all_runs, features),
        'methods': '\n\n'.join(filter(None, methods)),
    }
    return {name: text or 'No runs yet.' for name, text in texts.items()}


def findings_page(results: Path) -> str:
    """The page with its tables as the records have them."""
    page = PAGE.read_text()
    for name, text in page_blocks(results).items():
        page = fill(page, name, text, str(PAGE))
    return page


def make_tables(args: argparse.Namespace) -> None:
    """Print the tables, or put them into the page.

    Raises:
        ValueError, OSError: if a record, or its table of clips, can't be read.
    """
    if args.publish:
        PAGE.write_text(findings_page(args.results))
        return
    for name, text in page_blocks(args.results).items():
        print(f'{name}\n\n{text}\n')
