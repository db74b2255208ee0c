"""The thesis' numbers as data."""

import json

from vared_mm.reporting.thesis import THESIS, thesis_rows

MODEL = 'vared-t2c2-finetuned_r2plus1d-18_96xb12-16x2x1-40e_mini-kinetics200-rgb'


def test_a_config_finds_its_rows():
    rows = thesis_rows(MODEL)
    assert [row['table'] for row in rows] == ['4.1', '4.2', '4.12']
    assert {row['gflops'] for row in rows} == {40.4}
    assert {row['video1'] for row in rows} == {70.0}


def test_a_config_that_the_thesis_lacks_has_no_rows():
    assert thesis_rows('static_demo') == []


def test_all_rows_are_there():
    tables = json.loads(THESIS.read_text())['tables']
    assert sum(len(table['rows']) for table in tables.values()) == 71
    assert len(tables) == 14
