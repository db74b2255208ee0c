"""Timing in turn, and whether the machine was busy."""

import time

import pytest
import torch

from vared_mm.benchmarking import Timing, time_in_turn


def test_calls_take_turns_and_the_slower_one_is_slower():
    calls, rounds = [], []

    def sleep(name: str, seconds: float):
        def call() -> None:
            calls.append(name)
            time.sleep(seconds)

        return call

    both = {'quick': sleep('quick', 0.001), 'slow': sleep('slow', 0.008)}
    found = time_in_turn(both, 3, after_round=lambda: rounds.append(len(calls)))
    assert calls == ['quick', 'slow'] * 4  # three timed rounds after one that is not
    assert rounds == [4, 6, 8]
    assert len(found['slow'].seconds) == 3
    assert found['quick'].median < found['slow'].median
    assert 0.008 <= found['slow'].least <= found['slow'].median


def test_a_call_that_waits_for_the_processor_is_told_from_one_that_computes(monkeypatch):
    """As with another process that has the processor meanwhile, here by a clock."""
    now = {'wall': 0.0, 'used': 0.0}
    monkeypatch.setattr('vared_mm.benchmarking.timer.perf_counter', lambda: now['wall'])
    monkeypatch.setattr('vared_mm.benchmarking.timer.process_time', lambda: now['used'])

    def spend(wall: float, used: float):
        def call() -> None:
            now['wall'] += wall
            now['used'] += used

        return call

    calls = {'alone': spend(2, 2), 'disturbed': spend(10, 2)}
    found = time_in_turn(calls, 5)
    assert found['alone'].cpu_share == 1 and not found['alone'].busy
    assert found['disturbed'].cpu_share == 0.2 and found['disturbed'].busy
    assert found['disturbed'].median == 10 and found['disturbed'].processor_median == 2
    monkeypatch.setattr(torch, 'get_num_threads', lambda: 2)
    several = time_in_turn(calls, 5)['disturbed']
    assert several.cpu_share is None  # threads that wait may sleep
    assert several.processor_median == several.median == 10


def test_one_disturbed_round_of_three_changes_nothing():
    timing = Timing((1.0, 9.0, 1.2), (1.0, 0.1, 0.98))
    assert timing.median == 1.2 and timing.cpu_share == 0.98 and not timing.busy
    assert Timing((1.0,)).quartiles == (1.0, 1.0)


def test_too_few():
    with pytest.raises(ValueError, match='0 rounds'):
        time_in_turn({}, 0)
