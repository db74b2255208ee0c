"""The thesis' tables with runs beside them, from records made by hand."""

import csv
import io
import json

import pytest

from tests.reporting.records import record
from vared_mm.reporting import Leaderboard
from vared_mm.reporting.board_table import Cell

STATIC = 'static_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb'
DEMO = 'static_demo'
REAL = {'dataset': 'mini_kinetics200/val.txt', 'generated_data': False}


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / 'tables.json'
    path.write_text(json.dumps({'tables': {'4.2': [DEMO, None, None, None, None, None]}}))
    return path


def cells(board: Leaderboard, table: str, row: int = 0) -> dict[str, str]:
    """A row of a table by its headings."""
    (found,) = (t for t in [*board.tables, *board.demos] if t.name == table)
    heads = [column.heading for column in found.columns]
    return dict(zip(heads, map(str, found.rows[row]), strict=True))


def test_all_tables_are_there_and_nothing_is_measured(tmp_path, profile):
    board = Leaderboard.read([tmp_path / 'none'], profile)
    assert len(board.tables) == 14
    row = cells(board, '4.1')
    assert row['clip-1, % (thesis)'] == '56.4' and row['clip-1, % (ours)'] == '–'
    ours = [c for t in board.tables for r in t.rows for c in r if c.runs]
    assert ours == []
    assert 'demo profile' not in board.markdown()  # a table without a run says nothing


def test_what_needs_no_training_is_computed(tmp_path, profile):
    board = Leaderboard.read([tmp_path / 'none'], profile)
    static, dynamic = cells(board, '4.1'), cells(board, '4.1', 1)
    for which in ('', ' max', ' min'):
        assert static[f'GFLOPs{which}, 1e9 MACs (ours)'] == '27.61'
        assert dynamic[f'GFLOPs{which}, 1e9 MACs (ours)'] == '–'
    reachable = 'reachable, 1e9 MACs (ours)'
    assert (static[reachable], dynamic[reachable]) == ('27.61', '12.93 to 27.61')
    assert (static['params, 1e6 (ours)'], static['clip-1, % (ours)']) == ('33.28', '–')
    assert reachable not in cells(board, 'B.1')
    lines = csv.DictReader(io.StringIO(board.csv()))
    found = [x for x in lines if (x['table'], x['row'], x['metric']) == ('4.1', '1', 'parameters')]
    assert [(x['thesis'], x['ours'], x['runs']) for x in found] == [('', '33.28', '0')]


def test_a_run_stands_beside_its_row(tmp_path, profile):
    for seed, accuracy in ((0, 55.0), (1, 57.0)):
        record(tmp_path / 'w', STATIC, seed=seed, metrics={'acc/clip-1': accuracy}, **REAL)
    row = cells(Leaderboard.read([tmp_path / 'w'], profile), '4.1')
    assert row['clip-1, % (ours)'] == '56.0 ± 1.4'
    assert row['GFLOPs, 1e9 MACs (ours)'] == '0.45 ± 0.00'
    assert row['config'] == STATIC


def test_localization_says_which_protocol(tmp_path, profile):
    """YOWO's stands in a column of its own, in the table of localization only."""
    config = 'static_yowo-x3d-m_1xb12-16x1x1-50k_jhmdb21-rgb'
    values = {'localization/frame_map': 48.0, 'localization/yowo_frame_map': 46.5}
    real = {'dataset': 'jhmdb/testlist.txt', 'generated_data': False}
    record(tmp_path / 'w', config, metrics=values, **real)
    board = Leaderboard.read([tmp_path / 'w'], profile)
    row, theirs = cells(board, '4.9', 2), "frame-mAP@0.5 by YOWO's protocol, % (ours)"
    assert row['frame-mAP@0.5, % (thesis)'] == '47.9' and row['frame-mAP@0.5, % (ours)'] == '48.0'
    assert row[theirs] == '46.5' and row['config'] == config
    assert theirs not in cells(board, '4.1')
    explained = [t.name for t in board.tables if 'YOWO' in ''.join(t.notes)]
    assert explained == ['4.9']


@pytest.mark.parametrize(
    'change',
    [
        {'generated_data': True},
        {'dataset': 'moving_shapes/test.txt'},
        {'dataset': 'kinetics400/val.txt'},
        {'config': 'another'},
    ],
)
def test_no_other_run_stands_in_a_thesis_column(tmp_path, profile, change):
    record(tmp_path / 'w', STATIC, **{**REAL, **change})
    board = Leaderboard.read([tmp_path / 'w'], profile)
    assert len(board.runs) == 1
    assert not any(cell.runs for table in board.tables for row in table.rows for cell in row)


def test_demo_profile_takes_generated_clips_only(tmp_path, profile):
    record(tmp_path / 'w', DEMO, seed=0)
    record(tmp_path / 'w', DEMO, seed=1, generated_data=False, dataset='real/val.txt')
    board = Leaderboard.read([tmp_path / 'w'], profile)
    row = cells(board, '4.2-demo')
    assert row['video-1, % (ours)'] == '85.0' and row['GFLOPs, 1e9 MACs (ours)'] == '0.4500'
    assert row['of static, all that runs, % (ours)'] == '50.0'
    text = board.markdown()
    assert '## Table 4.2, demo profile on generated clips' in text
    assert 'not to be compared with the thesis' in text


def test_a_profile_must_fit_the_tables(tmp_path, profile):
    profile.write_text(json.dumps({'tables': {'4.2': [None]}}))
    with pytest.raises(ValueError, match=r'table 4\.2 has 6 rows'):
        Leaderboard.read([tmp_path], profile)


def test_csv_has_every_number_once(tmp_path, profile):
    record(tmp_path / 'w', STATIC, **REAL)
    lines = list(csv.DictReader(io.StringIO(Leaderboard.read([tmp_path / 'w'], profile).csv())))
    (found,) = (
        x for x in lines if (x['table'], x['row'], x['metric']) == ('4.1', '1', 'acc/video-1')
    )
    assert (found['thesis'], found['ours'], found['runs']) == ('66.8', '85.0', '1')
    assert found['model'] == 'model=r2plus1d_18, frames=8, dynamic=no'
    assert len({(x['table'], x['row'], x['metric']) for x in lines}) == len(lines)


def test_cells():
    assert str(Cell()) == '–' and Cell().value is None
    assert str(Cell(values=[1, 2], digits=2)) == '1.50 ± 0.71'
    assert str(Cell('x', values=[1])) == 'x'
