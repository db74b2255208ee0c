"""Timing in turn."""

import time

import pytest
import torch

from vared_mm.apis import compare_speed


def test_models_take_turns_and_the_slower_one_is_slower():
    calls = []

    def model(name: str, seconds: float):
        def run(batch: torch.Tensor) -> None:
            calls.append((name, len(batch)))
            time.sleep(seconds)

        return run

    models = {'quick': model('quick', 0.001), 'slow': model('slow', 0.004)}
    speeds = compare_speed(models, torch.zeros(6, 1), batch_size=4, rounds=3)
    one_turn = [('quick', 4), ('quick', 2), ('slow', 4), ('slow', 2)]
    assert calls == one_turn * 4  # three timed rounds after one that is not
    assert speeds['quick'] > speeds['slow']
    assert speeds['slow'] == pytest.approx(6 / 0.008, rel=0.5)


@pytest.mark.parametrize('wrong', [{'batch_size': 0}, {'rounds': 0}])
def test_too_few(wrong):
    with pytest.raises(ValueError, match='too few'):
        compare_speed({}, torch.zeros(2), **{'batch_size': 1, **wrong})
