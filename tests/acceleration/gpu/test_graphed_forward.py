"""One graph for each size of a model's input, and records as ever."""

import gc
from collections.abc import Iterator
from weakref import WeakSet

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.gpu.models import check_results, make
from tests.acceleration.test_accelerate import check_same
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.gpu import graphed_forward
from vared_mm.acceleration.gpu.backend import TritonBackend
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import (
    dynamic_layers,
    executed_cost,
    fixed_choice,
    recorded_cost,
    set_threshold,
)

pytestmark = [
    pytest.mark.usefixtures('gpu_path'),
    pytest.mark.filterwarnings('error:accelerate'),
]


@pytest.fixture
def pair(device) -> Iterator[tuple[nn.Module, nn.Module, Tensor]]:
    """A model, its quick copy, and clips."""
    model, x = make(device, 3)
    quick = accelerate(model, x[:1], compiled=False)
    with torch.no_grad():
        yield model, quick, x


def test_batches_of_any_size_come_out_the_same(pair):
    model, quick, x = pair
    layers = dynamic_layers(quick).values()
    assert all(isinstance(layer.backend, TritonBackend) for layer in layers) and len(layers) == 2
    for clips in (x[:1], x.flip(0), x):
        check_same(model, quick, clips)
    assert len(set(quick.first.record.decision.patterns())) > 1


def test_few_graphs_are_kept(pair, monkeypatch):
    model, quick, x = pair
    graphs = WeakSet()

    class Watched(graphed_forward._Graph):
        def __init__(self, *args) -> None:
            super().__init__(*args)
            graphs.add(self)

    monkeypatch.setattr(graphed_forward, '_Graph', Watched)
    monkeypatch.setattr(graphed_forward, 'GRAPHS', 2)
    for clips in (x[:1], x[:2], x, x[:1], x):
        check_same(model, quick, clips)
        gc.collect()
        assert 1 <= len(graphs) <= 2


def test_fixed_choices_come_out_the_same(pair):
    model, quick, x = pair
    check_results(quick, model, x)
    for choice in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        with fixed_choice(model, *choice), fixed_choice(quick, *choice):
            check_results(quick, model, x)
        cost = executed_cost(quick)
        assert (cost.time_index == choice[0]).all() and (cost.channel_index == choice[1]).all()
    check_results(quick, model, x)


def test_each_call_has_a_choice_drawn_anew(pair):
    model, quick, x = pair
    chosen = []
    with drawn_choice(model, 0.5), drawn_choice(quick, 0.5):
        for clips in (x, x, x[:2], x):
            check_results(quick, model, clips)
            chosen.append(executed_cost(quick).time_index[:2].tolist())
    assert len({str(choice) for choice in chosen}) > 1
    assert (executed_cost(quick).gate > 0).all()


def test_threshold_that_is_set_after_a_capture_counts(pair):
    model, quick, x = pair
    check_results(quick, model, x)
    before = executed_cost(quick)
    for threshold in (0.6, 0.0):
        for either in (model, quick):
            set_threshold(either, threshold)
        check_results(quick, model, x)
        same = [
            np.array_equal(getattr(before, part), getattr(executed_cost(quick), part))
            for part in ('cheap', 'conv')
        ]
        assert all(same) == (threshold == 0)


def test_each_call_is_noted_once(pair):
    _, quick, x = pair
    notes = []
    quick.second.listeners.append(notes.append)
    with recorded_cost(quick) as recorder:
        for calls, clips in enumerate((x, x, x[:1], x), 1):
            quick(clips)
            assert len(notes) == calls
        assert len(recorder.take().conv) == 3 + 3 + 1 + 3
        with fixed_choice(quick, 1, 1):
            quick(x)
        assert len(recorder.take().conv) == 3
    assert len(notes) == 5


def test_results_and_records_of_a_call_outlive_the_next(pair):
    _, quick, x = pair
    result, record = quick(x), quick.second.record
    kept, decided = result.clone(), record.decision.temporal.clone()
    executed = record.execution().time_index
    other = quick(x.flip(0))
    assert torch.equal(result, kept) and not torch.equal(result, other)
    assert torch.equal(record.decision.temporal, decided)
    assert not torch.equal(quick.second.record.decision.temporal, decided)
    np.testing.assert_array_equal(record.execution().time_index, executed)


def test_input_is_left_as_it_is(pair):
    _, quick, x = pair
    before = x.clone()
    quick(x)
    quick(x.flip(0))
    assert torch.equal(x, before)


def test_fixed_and_drawn_choices_take_turns(pair):
    model, quick, x = pair
    for context in (fixed_choice, drawn_choice, fixed_choice):
        with context(model, 1), context(quick, 1):
            check_results(quick, model, x)
