"""One malformed record is left out with a line; the site is made of all the others."""

import copy
import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.reporting.records import PROFILE, record
from vared_mm.reporting import Leaderboard, RunResult, build_site, find_runs, write_index
from vared_mm.reporting.run_result import digest_of

ROOT = Path(__file__).parents[2]
CONFUSION = {'classes': ['a', 'b'], 'counts': [[0, 0, 3], [0, 1, 1], [1, 1, 4]]}
CLIP = {'video': 'v', 'share': 0.5, 'animation': 'a.webp', 'still': 'a.webp'}
CLIPS = {'classes': [{'class': 'c', 'most': [CLIP], 'least': [CLIP]}]}
#: In place of any value of a record.
ODD = [
    None, True, 0, -1, 1, 2**63, -(2**63) - 1, 10**400, 1e308, -1e308, 1e-320, 0.1, 1e99,
    float('inf'), float('-inf'), float('nan'), '', 'text', '\ud800', '\x00\n', '<b>', 'x' * 5000,
    [], [[]], [0], [1.5, 'x'], [[1, 2, 3]], {}, {'': None}, {'a': {'b': []}}, [None] * 50,
]  # fmt: skip


def build(folder: Path) -> list[str]:
    """Everything that is made of the records below `folder/runs`; the lines of what is left out."""
    board = Leaderboard.read([folder / 'runs'], None)
    refused = build_site(board, folder / 'site')
    write_index(board.runs, folder / 'index.sqlite')
    assert board.markdown() and board.csv()
    assert len(list((folder / 'site' / 'runs').glob('*.html'))) == len(board.runs)
    return refused


def rewrite(path: Path, values: dict[str, Any]) -> None:
    """Write a record with a digest that fits, whatever is in it."""
    values.pop('digest', None)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**values, 'digest': digest_of(values)}))


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The path of every value within a value of JSON."""
    if not isinstance(value, dict | list):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def mutated(values: Any, rng: random.Random) -> Any:
    """A copy with one value replaced, taken out or doubled."""
    values = copy.deepcopy(values)
    *way, last = rng.choice(places(values)[1:])
    parent = values
    for key in way:
        parent = parent[key]
    kind = rng.random()
    if kind < 0.8:
        parent[last] = rng.choice(ODD)
    elif kind < 0.9:
        del parent[last]
    elif isinstance(parent, list):
        parent.append(parent[last])
    else:
        parent[f'{last}\x00\n'] = parent[last]
    return values


def test_mutated_records_do_not_stop_the_site(tmp_path):
    rng, runs = random.Random(0), tmp_path / 'runs'
    good = record(runs, 'good', confusion=CONFUSION)
    whole = json.loads(good.read_text())
    for number in range(300):
        changed = mutated(whole, rng)
        if changed.get('config_sha256') == 'good':
            changed['config_sha256'] = str(number)
        rewrite(runs / f'bad{number:03}' / 'result.json', changed)
    for number in range(40):
        path = record(runs, f'clips{number:03}')
        (path.parent / 'analysis').mkdir()
        (path.parent / 'analysis' / 'a.webp').touch()
        text = json.dumps(mutated(CLIPS, rng))
        (path.parent / 'analysis' / 'extreme_clips.json').write_text(text)
    refused = build(tmp_path)
    assert 150 < len(refused) < 320
    for line in refused:
        assert len(line.splitlines()) == 1 and line.startswith(f'left out: {runs}/')
        assert 'key "' in line or 'clips0' in line, line
        assert len(line) <= 400
    assert 'good' in (tmp_path / 'site' / 'index.html').read_text()


@pytest.mark.parametrize(
    ('changes', 'key'),
    [
        ({'metrics': {'acc/video-1': float('inf')}}, 'metrics.acc/video-1'),
        ({'metrics': {'cost/share': 10**400}}, 'metrics.cost/share'),
        ({'curves': {'loss': [[1, float('nan')], [2, 3.0]]}}, r'curves.loss[0][1]'),
        ({'parameters': 2**63}, 'parameters'),
        ({'profile': {**PROFILE, 'layers': []}}, 'profile.classes[0].time'),
        ({'profile': {**PROFILE, 'histogram': {'full': 'abc'}}}, 'profile.histogram.full'),
        ({'confusion': {**CONFUSION, 'counts': [[0, 2, 1]]}}, 'confusion.counts[0][1]'),
        ({'machine': {'processor': {'a': []}}}, 'machine.processor'),
    ],
)
def test_the_key_is_named(tmp_path, changes, key):
    path = record(tmp_path / 'runs', 'bad', **changes)
    record(tmp_path / 'runs', 'good')
    (line,) = build(tmp_path)
    assert line.startswith(f'left out: {path}: key "{key}" must be ')


def test_odd_values_that_can_be_shown_are(tmp_path):
    odd = {'curves': {'loss': [[1, 2.0], [1, 2.0]]}, 'config': '\ud800'}
    record(tmp_path / 'runs', 'odd', metrics={'cost/gflops/average': -1.0}, **odd)
    assert build(tmp_path) == []


def test_files_that_are_no_records(tmp_path):
    """None of them is waited for, followed for ever, or read into memory as a whole."""
    runs = tmp_path / 'runs' / 'results'
    record(runs, 'good')
    (runs / 'loop').symlink_to(runs, target_is_directory=True)
    (runs / 'self.json').symlink_to('self.json')
    (runs / 'dangling.json').symlink_to('nowhere')
    (runs / 'folder.json').mkdir()
    os.mkfifo(runs / 'pipe.json')
    (runs / 'latin.json').write_bytes(b'{"a": "\xe9"}')
    (runs / 'deep.json').write_text('[' * 100_000)
    with (runs / 'large.json').open('wb') as file:
        file.truncate(1 << 40)
    for number in range(1000):
        (runs / f'{number}.txt').touch()
    refused = build(tmp_path)
    names = ('self', 'dangling', 'folder', 'pipe', 'latin', 'deep', 'large')
    assert len(refused) == len(names)
    for name in names:
        assert sum(f'{name}.json' in line for line in refused) == 1, name


def test_a_folder_that_can_not_be_read_is_named(tmp_path, monkeypatch):
    record(tmp_path / 'runs', 'good')
    record(tmp_path / 'runs', 'closed')
    scan = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith('closed'):
            raise PermissionError(13, 'Permission denied', str(path))
        return scan(path)

    monkeypatch.setattr(os, 'scandir', refuse)
    runs, refused = find_runs([tmp_path / 'runs'])
    assert [run.result.config for run in runs] == ['good']
    assert refused == [f'left out: {tmp_path}/runs/closed: Permission denied']


def test_the_committed_records_are_read(tmp_path):
    shutil.copytree(ROOT / 'results', tmp_path / 'results')
    runs, refused = find_runs([tmp_path / 'results'])
    assert refused == [] and len(runs) > 30


def test_a_record_of_before_the_confusion_is_read(tmp_path):
    path = record(tmp_path, 'old')
    values = json.loads(path.read_text())
    del values['confusion']
    rewrite(path, values)
    assert RunResult.load(path).confusion is None
