"""Tables of the runs on real clips, from their records: ``real_tables.py [--publish]``."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from vared_mm.cli import command, one_line_errors
from vared_mm.reporting import fill_block
from vared_mm.reporting.adaptivity import Adaptivity, adaptivity
from vared_mm.reporting.clip_runs import ClipRun, Key, find_clip_runs
from vared_mm.reporting.clip_table import clip_table, difference, method_row, say_interval
from vared_mm.reporting.table import render_table

from .configs import ROOT
from .real_plan import BACKBONES, SETS, config_name

PAGE = ROOT / 'docs' / 'findings.md'
#: Rows by the configs that they are of, less the backbone.
TITLES = {
    'static': 'static',
    'static-longer': 'static, trained as long',
    'mix-t2c2-longer': 'constant mix',
    'vared-t2c2': 'VA-RED², before the loss',
    'vared-t2c2-finetuned': 'VA-RED²',
    'vared-t2c2-low': 'VA-RED², weight 0.2',
    'vared-t2c2-high': 'VA-RED², weight 3.2',
    'vared-t2-finetuned': 'VA-RED², time only',
    'vared-c2-finetuned': 'VA-RED², channels only',
    'vared-t3c3-finetuned': 'VA-RED², three candidates',
    'vared-t2c2-k1-finetuned': 'VA-RED², cheap operations of kernel 1',
    'vared-t2c2-mean': "VA-RED², budget on the batch's mean",
    'vared-t2c2-margin': 'VA-RED², by the margin',
    'fixed-t2c2': 'best fixed choice',
    'random-t2c2': 'random choice',
    'shuffled-t2c2': "another clip's choice, not trained",
    'narrow-longer': 'narrow static',
    'slim': 'channel pruning',
    'pruning': 'weight pruning',
    'cgnet': 'CGNet',
    'arnet': 'AR-Net',
    'frameexit': 'FrameExit',
}
TRIVIAL = {'colours-ridge': 'colours, no network', 'movement-ridge': 'movement, no network'}
#: What the dynamic model is compared with, clip by clip.
CONTROLS = ('fixed-t2c2', 'random-t2c2', 'shuffled-t2c2', 'slim', 'narrow-longer', 'static-longer')
DYNAMIC = 'vared-t2c2-finetuned'

Runs = Mapping[str, Mapping[Key, ClipRun]]


def parse_args() -> argparse.Namespace:
    """Where records are, and whether the page is written."""
    parser = argparse.ArgumentParser(description='Tables of the runs on real clips')
    parser.add_argument('--results', type=Path, default=ROOT / 'results' / 'real')
    parser.add_argument('--publish', action='store_true', help='put the tables into findings.md')
    return parser.parse_args()


def load(folder: Path) -> Runs:
    """All runs on one set."""
    found = find_clip_runs(folder)
    return {
        name: {key: ClipRun.load(path) for key, path in of.items()} for name, of in found.items()
    }


def set_tables(name: str, runs: Runs, backbone: str) -> str:
    """The tables of one set and backbone; empty where static has not run."""
    of = {prefix: runs.get(config_name(prefix, backbone), {}) for prefix in TITLES}
    static = of['static']
    if not static:
        return ''
    full = next(iter(static.values())).result.static_macs or 1
    parts = sorted({s.decode() for run in static.values() for s in set(run.subset)})
    said = []
    for part in [None, *(parts if len(parts) > 1 else [])]:
        rows = [
            method_row(title, each, static, part)
            for title, each in [
                *((TITLES[prefix], of[prefix]) for prefix in TITLES),
                *((TRIVIAL[trivial], runs.get(trivial, {})) for trivial in TRIVIAL),
            ]
            if each
        ]
        where = f'{name}, {backbone}' + (f': {part}' if part else '')
        said.append(f'**{where}**\n\n{clip_table(rows, full, "static")}')
    return '\n\n'.join(said)


def choice_table(all_runs: Mapping[str, Runs], backbone: str) -> str:
    """What choosing per clip is worth: the dynamic model less each control, by set."""
    lines = []
    for name, runs in all_runs.items():
        dynamic = runs.get(config_name(DYNAMIC, backbone), {})
        if dynamic:
            cells = [
                say_interval(difference(dynamic, runs.get(config_name(c, backbone), {})))
                for c in CONTROLS
            ]
            lines.append([f'{name}, {backbone}', *cells])
    columns = ['VA-RED² less', *(TITLES[control] for control in CONTROLS)]
    return render_table(columns, lines, markdown=True) if lines else ''


def adaptivity_table(all_runs: Mapping[str, Runs]) -> str:
    """How the choices of dynamic models differ from clip to clip."""
    lines = []
    for name, runs in all_runs.items():
        for backbone in BACKBONES:
            for prefix in (p for p in TITLES if p.startswith('vared')):
                if of := runs.get(config_name(prefix, backbone)):
                    lines.append([f'{name}, {backbone}, {TITLES[prefix]}', *_cells(adaptivity(of))])
    columns = [
        'model',
        'clips',
        'distinct choices',
        'MMACs, 5 to 95 %',
        'layer explains',
        'set explains of the rest',
        'right clips cost more, MMACs',
    ]
    return render_table(columns, lines, markdown=True) if lines else ''


def _cells(found: Adaptivity) -> list[str]:
    return [
        f'{found.clips:.0f}',
        f'{found.distinct:.0f}',
        f'{found.least / 1e6:.1f} to {found.most / 1e6:.1f}',
        f'{100 * found.layer:.0f} %',
        f'{100 * found.subset:.0f} %',
        f'{found.right / 1e6:+.2f}',
    ]


@command
def main() -> None:
    """Print the tables, or put them into the page."""
    args = parse_args()
    with one_line_errors(ValueError, OSError):
        folders = [args.results / name for name in SETS]
        folders += sorted(f for f in args.results.glob('*') if f.is_dir() and f.name not in SETS)
        all_runs = {folder.name: load(folder) for folder in folders if folder.is_dir()}
        texts = {
            'choice': '\n\n'.join(filter(None, (choice_table(all_runs, b) for b in BACKBONES))),
            'adaptivity': adaptivity_table(all_runs),
            'methods': '\n\n'.join(
                filter(
                    None,
                    (set_tables(n, runs, b) for n, runs in all_runs.items() for b in BACKBONES),
                )
            ),
        }
        for name, text in texts.items():
            if args.publish:
                fill_block(PAGE, name, text or 'No runs yet.')
            else:
                print(f'{name}\n\n{text or "No runs yet."}\n')


if __name__ == '__main__':
    main()
