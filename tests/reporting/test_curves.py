"""Training curves out of mmengine's log."""

import json
from pathlib import Path

from vared_mm.reporting.curves import POINTS, read_curves


def log(folder: Path, name: str, entries: list) -> None:
    path = folder / name / 'vis_data' / 'scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text('\n'.join(e if isinstance(e, str) else json.dumps(e) for e in entries))


def test_the_later_log_counts_where_a_run_was_resumed(tmp_path):
    log(
        tmp_path, '1', [{'loss': 3.0, 'lr': 0.1, 'step': 1}, {'loss': 2.0, 'step': 2}, '{"loss": 1']
    )
    log(tmp_path, '2', [{'loss': 1.5, 'step': 2}, {'acc/clip-1': 50.0, 'step': 1}])
    assert read_curves(tmp_path) == {'acc/clip-1': [[1, 50.0]], 'loss': [[1, 3.0], [2, 1.5]]}


def test_values_that_are_no_numbers_are_left_out(tmp_path):
    log(tmp_path, '1', [{'loss': float('nan'), 'step': 1}, {'loss': 'x', 'step': 2}, [1]])
    assert read_curves(tmp_path) == {}


def test_long_curves_are_thinned_and_keep_their_end(tmp_path):
    log(tmp_path, '1', [{'loss': i / 10, 'step': i} for i in range(1, 1001)])
    points = read_curves(tmp_path)['loss']
    assert len(points) <= POINTS and points[-1] == [1000, 100.0]
    assert len({b[0] - a[0] for a, b in zip(points, points[1:], strict=False)}) == 1


def test_a_folder_without_a_log(tmp_path):
    assert read_curves(tmp_path) == {}
