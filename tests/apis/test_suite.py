"""Recipes of a suite, several at a time: what starts from another waits for it."""

import argparse
import threading

import pytest

from vared_mm.apis import Stage, suite

STATIC = 'static_r2plus1d-tiny-{}f_moving-shapes-brief'
DYNAMIC = 'vared-t2c2-finetuned_r2plus1d-tiny-{}f_moving-shapes-brief'


def options(folder, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    suite.add_suite_options(parser)
    return parser.parse_args(['4.1', '--profile', 'demo', '--work-dir', str(folder), *words])


@pytest.fixture
def ran(monkeypatch):
    """Names of the recipes that ran, in order; nothing is trained."""
    names: list[str] = []
    monkeypatch.setattr(suite, 'make_clips', lambda tables: None)
    monkeypatch.setattr(suite, 'look_at_clips', lambda stage: None)
    monkeypatch.setattr(Stage, 'is_done', lambda stage: stage.config.stem in names)
    monkeypatch.setattr(Stage, 'run', lambda stage: names.append(stage.config.stem))
    return names


@pytest.mark.parametrize('jobs', [1, 4])
def test_each_runs_once_after_what_it_starts_from(ran, tmp_path, capsys, jobs):
    suite.run_suite(options(tmp_path, '--jobs', str(jobs)))
    assert len(ran) == len(set(ran)) == 7
    for frames in (4, 8, 16):
        assert ran.index(STATIC.format(frames)) < ran.index(DYNAMIC.format(frames))
    assert '7 of 7 done' in capsys.readouterr().out
    suite.run_suite(options(tmp_path, '--jobs', str(jobs)))
    assert len(ran) == 7
    assert capsys.readouterr().out.count('done, skipped') == 7


def test_two_at_a_time(ran, tmp_path, monkeypatch):
    both = threading.Barrier(2)
    together = (STATIC.format(4), STATIC.format(8))

    def run(stage):
        if stage.config.stem in together:
            both.wait(timeout=20)  # breaks unless the other one runs now
        elif stage.start:
            assert stage.start.config.stem in ran
        ran.append(stage.config.stem)

    monkeypatch.setattr(Stage, 'run', run)
    suite.run_suite(options(tmp_path, '--jobs', '3'))
    assert set(together) < set(ran)


def test_a_failure_stops_what_starts_from_it_and_nothing_else(ran, tmp_path, monkeypatch, capsys):
    def run(stage):
        if stage.config.stem == STATIC.format(4):
            raise ValueError('train ended with 1')
        ran.append(stage.config.stem)

    monkeypatch.setattr(Stage, 'run', run)
    with pytest.raises(ValueError, match=r'^3 failed: train ended with 1; .*has no weights'):
        suite.run_suite(options(tmp_path, '--jobs', '2'))
    assert len(ran) == 4 and DYNAMIC.format(8) in ran
    assert '4 of 7 done' in capsys.readouterr().out


@pytest.mark.parametrize('jobs', ['0', '-1', 'x'])
def test_a_senseless_number_of_jobs(tmp_path, capsys, jobs):
    with pytest.raises(SystemExit):
        options(tmp_path, '--jobs', jobs)
    assert f'--jobs: {jobs!r} must be a whole number, 1 or more' in capsys.readouterr().err
