"""Native layers that share work with their neighbours give what the plain model gives."""

from collections import Counter
from contextlib import ExitStack
from itertools import pairwise

import pytest
import torch
from torch import Tensor, fx, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.cpu.library import has_wide_vectors
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import (
    SoftModulationGate,
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
    fixed_choice,
)

pytestmark = pytest.mark.skipif(not has_wide_vectors(), reason='needs AVX-512')


class Bottleneck(nn.Module):
    """As in X3D: expand, depthwise, maybe squeeze and excite, project, with a shortcut."""

    def __init__(self, channels: int, squeeze: bool) -> None:
        super().__init__()
        inner = 2 * channels + 5
        self.expand, self.norm1 = nn.Conv3d(channels, inner, 1), nn.BatchNorm3d(inner)
        self.depthwise = nn.Conv3d(inner, inner, 3, 1, 1, groups=inner)
        self.norm2 = nn.BatchNorm3d(inner)
        self.excite = nn.Conv3d(inner, inner, 1) if squeeze else None
        self.project, self.norm3 = nn.Conv3d(inner, channels, 1), nn.BatchNorm3d(channels)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm2(self.depthwise(self.relu(self.norm1(self.expand(x)))))
        if self.excite is not None:
            scale = self.excite(nn.functional.adaptive_avg_pool3d(y, 1)).sigmoid()
            y = nn.functional.silu(y * scale)
        return self.relu(x + self.norm3(self.project(y)))


class Inception(nn.Module):
    """Two branches that look at the same clips, and a pooled one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.one, self.other = nn.Conv3d(channels, 9, 1), nn.Conv3d(channels, 20, (1, 3, 3), 1, 1)
        self.pool, self.pooled = nn.MaxPool3d(3, 1, 1), nn.Conv3d(channels, 11, 1)

    def forward(self, x: Tensor) -> Tensor:
        other = self.other(x)[:, :, 1:-1]
        return torch.cat([self.one(x), other, self.pooled(self.pool(x))], dim=1).relu()


class Network(nn.Module):
    """A static stem, bottlenecks, then Inceptions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(8, 16, (1, 3, 3), padding=(0, 1, 1))
        self.blocks = nn.Sequential(Bottleneck(16, True), Bottleneck(16, False))
        self.mixed = nn.Sequential(Inception(16), Inception(40))

    def forward(self, x: Tensor) -> Tensor:
        return self.mixed(self.blocks(self.stem(x).relu()))


@pytest.fixture
def clips() -> Tensor:
    torch.manual_seed(0)
    return torch.randn(3, 8, 4, 9, 7) + 2 * torch.randn(3, 8, 4, 1, 1)


@pytest.fixture
def model(clips) -> nn.Module:
    torch.manual_seed(0)
    network = convert_to_dynamic(
        Network(), clips.shape[1:], 2, 2, include='^(blocks|mixed)', exclude='excite'
    )
    vary(network, gate_std=1)
    with torch.no_grad():
        for layer in dynamic_layers(network).values():
            layer.gate.beta.normal_()
        network(clips)
        network(clips * 2)
    return network.eval()


def calls(graph: fx.Graph, name: str) -> list[fx.Node]:
    nodes = [node for node in graph.nodes if node.op == 'call_function']
    return [node for node in nodes if node.target.__name__.startswith(name)]


def test_averages_are_taken_by_the_layers_that_write(model, clips, graphs):
    quick = accelerate(model, clips)
    with torch.no_grad():
        quick(clips)
    (graph,) = graphs
    layers = calls(graph, 'native_convolution')
    assert len(layers) == len(dynamic_layers(model)) == 12
    # All know their input's averages, but those behind the poolings.
    assert len([node for node in layers if node.args[2] is None]) == 2
    taken = Counter((node.args[3] is not None, node.args[4]) for node in layers)
    # Shortcuts with their ReLU; ReLUs, which several layers share; what nothing follows.
    assert taken == {(True, True): 2, (False, True): 6, (False, False): 4}
    assert len(calls(graph, 'native_convolution_averaged')) == 6
    assert len(calls(graph, 'convolve_averaged')) == 1  # the stem
    assert len(calls(graph, 'swish_averaged')) == 1  # of the excited bottleneck
    assert len(calls(graph, 'average_frames')) == 1  # of what the first Inception joins
    assert [node.args[0].target.__name__ for node in calls(graph, 'mean')] == ['getitem']
    assert len(calls(graph, 'relu')) == 2  # of what is sliced first


class Excited(nn.Module):
    """Swish, written in one of several ways, of a product."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.conv = kind, nn.Conv3d(8, 24, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        scale = y.mean((2, 3, 4), keepdim=True)
        if self.kind == 'per frame':
            scale = y.mean((3, 4), keepdim=True)
        y = y * scale
        if self.kind == 'silu':
            return nn.functional.silu(y)
        gate = y.sigmoid()
        if self.kind == 'gate kept':
            return torch.cat([y * gate, gate])
        if self.kind == 'of another':
            return self.conv(x) * gate
        return torch.cat([y * gate, y]) if self.kind == 'product kept' else y * gate


@pytest.mark.parametrize(
    ('kind', 'joined'),
    [
        ('silu', (1, True)),
        ('sigmoid', (1, True)),
        ('product kept', (1, False)),
        ('per frame', (1, False)),
        ('gate kept', (0, False)),
        ('of another', (0, False)),
    ],
)
def test_swish_is_one_operation_with_its_scale_where_it_can_be(kind, joined, clips, graphs):
    torch.manual_seed(0)
    model = Excited(kind).eval()
    with torch.no_grad():
        torch.testing.assert_close(accelerate(model, clips)(clips), model(clips))
    nodes = calls(graphs[0], 'swish')
    assert (len(nodes), any(node.args[1] is not None for node in nodes)) == joined


@pytest.mark.parametrize('threads', [1, 4])
def test_results_and_decisions_stay_the_same(model, clips, threads):
    quick, before = accelerate(model, clips), torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        with torch.no_grad():
            torch.testing.assert_close(quick(clips), model(clips), rtol=1e-4, atol=1e-4)
    finally:
        torch.set_num_threads(before)
    patterns = set()
    for layer, fast in zip(*(dynamic_layers(m).values() for m in (model, quick)), strict=True):
        for axis in ('temporal', 'channel'):
            found, expected = (getattr(m.record.decision, axis) for m in (fast, layer))
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
        patterns.update(layer.record.decision.patterns())
    assert len(patterns) > 4  # clips and layers do differ
    cost, expected = executed_cost(quick), executed_cost(model)
    for part in ('conv', 'cheap', 'gate'):
        assert getattr(cost, part).tolist() == getattr(expected, part).tolist()


@pytest.mark.parametrize('choice', [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_choices_that_are_not_the_gates_own_are_followed(model, clips, choice):
    quick = accelerate(model, clips)
    with torch.no_grad(), fixed_choice(model, *choice), fixed_choice(quick, *choice):
        torch.testing.assert_close(quick(clips), model(clips), rtol=1e-4, atol=1e-4)
    with torch.no_grad(), drawn_choice(model, 0.4), drawn_choice(quick, 0.4):
        torch.testing.assert_close(quick(clips), model(clips), rtol=1e-4, atol=1e-4)


def test_clips_of_one_call_do_not_decide_for_the_next(model, clips):
    quick = accelerate(model, clips)
    with torch.no_grad():
        results = [quick(clips), quick(clips * 3), quick(clips)]
        torch.testing.assert_close(results[1], model(clips * 3), rtol=1e-4, atol=1e-4)
    assert torch.equal(results[0], results[2])
    assert all(not torch.equal(*pair) for pair in pairwise(results))


class Basic(nn.Module):
    """A residual block of images."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.one, self.norm1 = nn.Conv2d(channels, 20, 3, 1, 1), nn.BatchNorm2d(20)
        self.other, self.norm2 = nn.Conv2d(20, channels, 1), nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.norm2(self.other(self.relu(self.norm1(self.one(x))))) + x)


@pytest.mark.parametrize(('frames', 'batch'), [(1, 3), (4, 12)])
def test_layers_of_images_and_of_folded_frames_share_too(frames, batch, graphs):
    torch.manual_seed(0)
    x = torch.randn(batch, 16, 9, 7) + 2 * torch.randn(batch, 16, 1, 1)
    blocks = nn.Sequential(Basic(16), Basic(16), Basic(16))
    model = convert_to_dynamic(blocks, x.shape[1:], min(frames, 2), 2, frames=frames)
    vary(model, gate_std=1)
    with torch.no_grad():
        model(x)
    model.eval()
    quick = accelerate(model, x)
    for choice in (None, (0, 0), (0, 1), (min(frames, 2) - 1, 0)):
        with torch.no_grad(), ExitStack() as chosen:
            for one in (model, quick) if choice else ():
                chosen.enter_context(fixed_choice(one, *choice))
            torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
        assert executed_cost(quick).executed.tolist() == executed_cost(model).executed.tolist()
    layers = calls(graphs[0], 'native_convolution')
    taken = Counter((n.args[2] is not None, n.args[3] is not None, n.args[4]) for n in layers)
    # Averages known, shortcuts, ReLUs; the first layer's input is nobody's.
    assert taken == {(False, False, True): 1, (True, False, True): 2, (True, True, True): 3}


def test_other_gates_take_no_averages(clips, graphs):
    class Other(SoftModulationGate):
        pass

    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv3d(8, 16, 1), nn.Conv3d(16, 16, 1))
    model = convert_to_dynamic(model, clips.shape[1:], 2, 2).eval()
    for layer in dynamic_layers(model).values():
        layer.gate.__class__ = Other
    quick = accelerate(model, clips)
    with torch.no_grad():
        torch.testing.assert_close(quick(clips), model(clips), rtol=1e-4, atol=1e-4)
    assert all(node.args[2] is None for node in calls(graphs[0], 'native_convolution'))
    assert len(calls(graphs[0], 'native_convolution')) == 2
