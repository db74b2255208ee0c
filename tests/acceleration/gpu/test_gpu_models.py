"""Models of all kinds come out the same as on a GPU, with their costs."""

from contextlib import ExitStack

import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.gpu.models import CLIP, TwoLayers, check_results, make
from tests.acceleration.networks import Frames
from tests.acceleration.test_accelerate import SharedFrames, check_same, settle
from vared_mm.acceleration import accelerate
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import convert_to_dynamic, fixed_choice

pytestmark = [
    pytest.mark.usefixtures('gpu_path'),
    pytest.mark.filterwarnings('error:accelerate'),
]


def test_model_with_a_layer_that_no_kernel_knows_just_runs(device):
    model, x = make(device, 3, groups=2)
    quick = accelerate(model, x, compiled=False)
    waits = [layer.backend.waits(layer) for layer in (quick.first, quick.second)]
    assert waits == [False, True]
    check_same(model, quick, x)
    check_same(model, quick, x[:1] * 2)
    with torch.no_grad(), drawn_choice(model, 0.5), drawn_choice(quick, 0.5):
        check_results(quick, model, x)
        check_results(quick, model, x)


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
            check_results(quick, model, clips)


class Waiting(TwoLayers):
    """Reads a value on the host."""

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        return y if y.is_meta or y.mean().item() > 0 else -y


def test_model_that_waits_for_the_device_itself_runs_without_a_graph(device):
    torch.manual_seed(1)
    x = torch.randn(3, *CLIP)
    model = settle(convert_to_dynamic(Waiting(6), CLIP), x).to(device)
    x = x.to(device)
    quick = accelerate(model, x[:1], compiled=False)
    with torch.no_grad(), pytest.warns(UserWarning, match='without a CUDA graph') as warned:
        for clips in (x, -x):
            check_results(quick, model, clips)
        assert len(warned) == 1
        with drawn_choice(model, 0.5), drawn_choice(quick, 0.5):
            for _ in range(2):
                check_results(quick, model, x)


class ReversedLayers(nn.Module):
    """Made in another order than it is called in."""

    def __init__(self) -> None:
        super().__init__()
        self.second = nn.Conv3d(6, 6, (3, 1, 1), padding=(1, 0, 0), groups=6)
        self.first = nn.Conv3d(3, 6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x))


def test_layers_are_noted_in_the_order_of_their_calls(device):
    torch.manual_seed(1)
    x = torch.randn(2, *CLIP)
    model = settle(convert_to_dynamic(ReversedLayers(), CLIP), x).to(device)
    x = x.to(device)
    check_same(model, accelerate(model, x, compiled=False), x)


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
            check_results(quick, model, x)


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
