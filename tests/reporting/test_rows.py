"""The thesis' rows beside what their configs can reach."""

from dataclasses import replace

import pytest

from vared_mm.reporting import RowRange, rows_table, thesis_tables

ROW = RowRange('4.1', 2, 'r2plus1d_18', 'some', 20.0, 18.0, 22.1, 27.6, 12.9)


def test_every_row_is_there():
    rows = thesis_tables()
    assert len(rows) == 71
    assert [row.row for row in rows if row.table == '4.2'] == [1, 2, 3, 4, 5, 6]
    without = {(row.table, row.row) for row in rows if row.config is None}
    assert without == {('B.1', row) for row in range(1, 9)}


@pytest.mark.parametrize(
    ('change', 'reachable'),
    [
        ({}, True),
        ({'thesis_gflops': 12.8}, False),
        ({'least_gflops': 18.2}, False),
        ({'static_gflops': 22.0}, True),  # 22.1 by the thesis' rounding
        ({'static_gflops': 21.9}, False),
        ({'static_gflops': None}, None),
        ({'thesis_gflops': None, 'thesis_gflops_min': None, 'thesis_gflops_max': None}, None),
    ],
)
def test_reachable(change: dict, reachable: bool | None):
    row = replace(ROW, **change)
    if change.get('thesis_gflops'):
        row = replace(row, thesis_gflops_min=None, thesis_gflops_max=None)
    assert row.reachable is reachable


def test_table():
    text = rows_table([ROW, replace(ROW, least_gflops=19.0), replace(ROW, static_gflops=None)])
    lines = [line.split() for line in text.splitlines()]
    assert lines[1] == ['4.1', '2', 'r2plus1d_18', '20.00', '27.60', '12.90', 'yes', 'some']
    assert lines[2][6] == 'NO'
    assert lines[3][4] == lines[3][6] == '–'
