"""Trials are made once, in their order, and what they say is chosen by a rule."""

import json
from pathlib import Path

import pytest

from tools.experiments import real_trials

ROOT = Path(__file__).parents[2]


def _row(value: str, accuracy: float, share: float) -> dict:
    return {'value': value, 'accuracy': str(accuracy), 'share': str(share)}


@pytest.mark.parametrize(
    ('enough', 'chosen'), [(1.0, 'a'), (0.8, 'b'), (0.3, 'c')], ids=['all', 'cheap', 'none']
)
def test_the_most_accurate_that_costs_little_enough(enough, chosen) -> None:
    rows = [_row('a', 60, 0.9), _row('b', 55, 0.7), _row('c', 50, 0.6), _row('d', float('nan'), 1)]
    assert real_trials.best(rows, enough)['value'] == chosen
    with pytest.raises(ValueError, match='every trial failed'):
        real_trials.best(rows[3:])


def test_a_trial_is_made_once_and_one_that_fails_is_listed(tmp_path, monkeypatch) -> None:
    seen = []

    def train(words: list[str], log: Path, folder: Path) -> int:
        seen.append(words)
        at = log.parent / 'now/vis_data'
        at.mkdir(parents=True)
        line = {'acc/video-1': 61.5, 'cost/share': 0.75, 'step': 12}
        (at / 'scalars.json').write_text(json.dumps(line))
        return int('rate-9' in str(log))

    monkeypatch.setattr(real_trials, 'call_forked', train)
    trials = real_trials.Trials('r2plus1d-small', tmp_path, tmp_path / 'out/trials.csv')
    for rate in (0.1, 0.1, 9):
        row = trials.run('rate', rate, 'static', 'w.pth', REAL_RATE=rate)
    assert len(seen) == 2 and 'load_from=w.pth' in seen[0]
    first, failed = trials.rows()
    assert (first['value'], first['accuracy'], first['share']) == ('0.1', '61.5', '0.75')
    assert failed['accuracy'] == 'nan' and row['value'] == '9'
