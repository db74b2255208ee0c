"""Whole models as on a GPU: one graph for each size of their input, and records as ever."""

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.networks import Frames
from tests.acceleration.test_accelerate import SharedFrames, check_same, settle
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.gpu.gpu_convolution import GpuConvolution
from vared_mm.dynamic import (
    convert_to_dynamic,
    drawn_choice,
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
CLIP = (3, 2, 3, 4)


class TwoLayers(nn.Module):
    """Two convolutions, with norm and ReLU behind the first."""

    def __init__(self, groups: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv3d(3, 6, (1, 3, 3), padding=(0, 1, 1))
        self.bn = nn.BatchNorm3d(6)
        self.relu = nn.ReLU(inplace=True)
        self.second = nn.Conv3d(6, 6, (3, 1, 1), padding=(1, 0, 0), groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.relu(self.bn(self.first(x))))


def make(device: str, batch: int, groups: int = 6, **options) -> tuple[nn.Module, Tensor]:
    """A dynamic model whose clips choose differently, and its clips."""
    torch.manual_seed(0)
    means = 2 * torch.randn(batch, 3, 1, 1, 1)
    x = means + torch.randn(batch, *CLIP)
    model = settle(convert_to_dynamic(TwoLayers(groups), CLIP, **options), x)
    return model.to(device), x.to(device)


@pytest.fixture
def pair(device) -> Iterator[tuple[nn.Module, nn.Module, Tensor]]:
    """A model, its quick copy, and clips."""
    model, x = make(device, 3)
    quick = accelerate(model, x[:1], compiled=False)
    with torch.no_grad():
        yield model, quick, x


def check_costs(quick: nn.Module, model: nn.Module) -> None:
    found, expected = executed_cost(quick), executed_cost(model)
    assert found.layers == expected.layers
    for part in ('conv', 'cheap', 'gate', 'temporal', 'channel'):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))


def same_results(quick: nn.Module, model: nn.Module, x: Tensor) -> None:
    torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
    check_costs(quick, model)


def test_batches_of_any_size_come_out_the_same(pair):
    model, quick, x = pair
    layers = dynamic_layers(quick).values()
    assert all(isinstance(layer, GpuConvolution) for layer in layers) and len(layers) == 2
    for clips in (x[:1], x.flip(0), x):
        check_same(model, quick, clips)
    assert len(set(quick.first.record.decision.patterns())) > 1


def test_fixed_choices_come_out_the_same(pair):
    model, quick, x = pair
    same_results(quick, model, x)
    for choice in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        with fixed_choice(model, *choice), fixed_choice(quick, *choice):
            same_results(quick, model, x)
        cost = executed_cost(quick)
        assert (cost.temporal == choice[0]).all() and (cost.channel == choice[1]).all()
    same_results(quick, model, x)


def test_each_call_has_a_choice_drawn_anew(pair):
    model, quick, x = pair
    chosen = []
    with drawn_choice(model, 0.5), drawn_choice(quick, 0.5):
        for clips in (x, x, x[:2], x):
            same_results(quick, model, clips)
            chosen.append(executed_cost(quick).temporal[:2].tolist())
    assert len({str(choice) for choice in chosen}) > 1
    assert (executed_cost(quick).gate > 0).all()


def test_threshold_that_is_set_after_a_capture_counts(pair):
    model, quick, x = pair
    same_results(quick, model, x)
    before = executed_cost(quick)
    for threshold in (0.6, 0.0):
        for either in (model, quick):
            set_threshold(either, threshold)
        same_results(quick, model, x)
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
    executed = record.execution().temporal
    other = quick(x.flip(0))
    assert torch.equal(result, kept) and not torch.equal(result, other)
    assert torch.equal(record.decision.temporal, decided)
    assert not torch.equal(quick.second.record.decision.temporal, decided)
    np.testing.assert_array_equal(record.execution().temporal, executed)


def test_input_is_left_as_it_is(pair):
    _, quick, x = pair
    before = x.clone()
    quick(x)
    quick(x.flip(0))
    assert torch.equal(x, before)


def test_model_with_a_layer_that_no_kernel_knows_just_runs(device):
    model, x = make(device, 3, groups=2)
    quick = accelerate(model, x, compiled=False)
    assert quick.second.waits and not quick.first.waits
    check_same(model, quick, x)
    check_same(model, quick, x[:1] * 2)
    with torch.no_grad(), drawn_choice(model, 0.5), drawn_choice(quick, 0.5):
        same_results(quick, model, x)
        same_results(quick, model, x)


@pytest.mark.parametrize('halved', [None, 0.5])
def test_equal_mix_without_gates_comes_out_the_same(device, halved):
    torch.manual_seed(1)
    x = torch.randn(3, *CLIP, device=device)
    model = convert_to_dynamic(TwoLayers(6), CLIP, gate='constant').to(device).eval()
    quick = accelerate(model, x[:1], compiled=False)
    contexts = [] if halved is None else [drawn_choice(either, halved) for either in (model, quick)]
    with ExitStack() as stack, torch.no_grad():
        for context in contexts:
            stack.enter_context(context)
        for clips in (x, x[:2], x):
            same_results(quick, model, clips)


def test_fixed_and_drawn_choices_take_turns(pair):
    model, quick, x = pair
    for context in (fixed_choice, drawn_choice, fixed_choice):
        with context(model, 1), context(quick, 1):
            same_results(quick, model, x)


class Waiting(TwoLayers):
    """Reads a value on the host."""

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        return y if y.mean().item() > 0 else -y


def test_model_that_waits_for_the_device_itself_runs_without_a_graph(device):
    torch.manual_seed(1)
    x = torch.randn(3, *CLIP)
    model = settle(convert_to_dynamic(Waiting(6), CLIP), x).to(device)
    x = x.to(device)
    quick = accelerate(model, x[:1], compiled=False)
    with torch.no_grad(), pytest.warns(UserWarning, match='without a CUDA graph'):
        quick(x)
    check_same(model, quick, x)
    check_same(model, quick, -x)


@pytest.mark.parametrize('options', [{'frames': 2}, {'temporal': 1, 'kernel_size': 1}])
def test_folded_frames_and_images_come_out_the_same(device, options):
    torch.manual_seed(1)
    x = torch.randn(4, 3, 5, 5)
    model = settle(convert_to_dynamic(SharedFrames(), (3, 5, 5), **options), x).to(device)
    x = x.to(device)
    quick = accelerate(model, x, compiled=False)
    check_same(model, quick, x)
    check_same(model, quick, x[:2])


class PlainFrames(Frames):
    """With small kernels, and padding that a kernel of a GPU knows."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 10, 1, padding=1)
        self.second = nn.Conv2d(10, 7, 3, 2)


@pytest.mark.parametrize('context', [fixed_choice, drawn_choice])
@pytest.mark.parametrize('frames', [2, None])
def test_choices_for_folded_frames_are_one_for_each_clip(device, frames, context):
    torch.manual_seed(2)
    x = torch.randn(4, 3, 2, 3)
    temporal = 1 if frames is None else 2
    model = convert_to_dynamic(PlainFrames(), (3, 2, 3), temporal, frames=frames)
    model, x = settle(model, x).to(device), x.to(device)
    quick = accelerate(model, x, compiled=False)
    with torch.no_grad(), context(model, 1), context(quick, 1):
        for _ in range(2):
            same_results(quick, model, x)


def test_static_model_comes_out_the_same(device):
    torch.manual_seed(3)
    x = torch.randn(3, *CLIP, device=device)
    model = TwoLayers(6).to(device).eval()
    nn.init.normal_(model.bn.running_mean)
    quick = accelerate(model, x, compiled=False)
    with torch.no_grad():
        for clips in (x, x * 2, x[:1]):
            torch.testing.assert_close(quick(clips), model(clips), rtol=1e-4, atol=1e-4)


def test_half_precision_stays_close_and_decides_in_float32(device):
    model, x = make(device, 3)
    quick = accelerate(model, x, dtype=torch.float16, compiled=False)
    assert quick.first.gate.squeeze.dtype == torch.float32
    with torch.no_grad(), fixed_choice(model, 1, 1), fixed_choice(quick, 1, 1):
        expected, found = model(x), quick(x)
    assert found.dtype == torch.float32
    assert (found - expected).norm() < 0.003 * expected.norm()
