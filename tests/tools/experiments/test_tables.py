"""Recipes of tables, several at a time: what starts from another waits for it."""

import argparse
import threading

import pytest

from tools.experiments import Experiment, tables

STATIC = 'static_r2plus1d-tiny-{}f_moving-shapes-brief'
DYNAMIC = 'vared-t2c2-finetuned_r2plus1d-tiny-{}f_moving-shapes-brief'


def options(folder, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    tables.add_table_options(parser)
    return parser.parse_args(['4.1', '--profile', 'demo', '--work-dir', str(folder), *words])


@pytest.fixture
def ran(monkeypatch):
    """Names of the recipes that ran, in order; nothing is trained."""
    names: list[str] = []
    monkeypatch.setattr(tables, 'make_clips', lambda tables: None)
    monkeypatch.setattr(tables, 'look_at_clips', lambda experiment: None)
    monkeypatch.setattr(Experiment, 'is_done', lambda experiment: experiment.config.stem in names)
    monkeypatch.setattr(Experiment, 'run', lambda experiment: names.append(experiment.config.stem))
    return names


@pytest.mark.parametrize('jobs', [1, 4])
def test_each_runs_once_after_what_it_starts_from(ran, tmp_path, capsys, jobs):
    tables.run_tables(options(tmp_path, '--jobs', str(jobs)))
    assert len(ran) == len(set(ran)) == 7
    for frames in (4, 8, 16):
        assert ran.index(STATIC.format(frames)) < ran.index(DYNAMIC.format(frames))
    assert '7 of 7 done' in capsys.readouterr().out
    tables.run_tables(options(tmp_path, '--jobs', str(jobs)))
    assert len(ran) == 7
    assert capsys.readouterr().out.count('done, skipped') == 7


def test_two_at_a_time(ran, tmp_path, monkeypatch):
    both = threading.Barrier(2)
    together = (STATIC.format(4), STATIC.format(8))

    def run(experiment):
        if experiment.config.stem in together:
            both.wait(timeout=20)  # breaks unless the other one runs now
        elif experiment.start:
            assert experiment.start.config.stem in ran
        ran.append(experiment.config.stem)

    monkeypatch.setattr(Experiment, 'run', run)
    tables.run_tables(options(tmp_path, '--jobs', '3'))
    assert set(together) < set(ran)


def test_a_failure_stops_what_starts_from_it_and_nothing_else(ran, tmp_path, monkeypatch, capsys):
    def run(experiment):
        if experiment.config.stem == STATIC.format(4):
            raise ValueError('train ended with 1')
        ran.append(experiment.config.stem)

    monkeypatch.setattr(Experiment, 'run', run)
    with pytest.raises(ValueError, match=r'^3 failed: train ended with 1; .*has no weights'):
        tables.run_tables(options(tmp_path, '--jobs', '2'))
    assert len(ran) == 4 and DYNAMIC.format(8) in ran
    assert '4 of 7 done' in capsys.readouterr().out


@pytest.mark.parametrize('jobs', ['0', '-1', 'x'])
def test_a_senseless_number_of_jobs(tmp_path, capsys, jobs):
    with pytest.raises(SystemExit):
        options(tmp_path, '--jobs', jobs)
    assert f'--jobs: {jobs!r} must be a whole number, 1 or more' in capsys.readouterr().err
