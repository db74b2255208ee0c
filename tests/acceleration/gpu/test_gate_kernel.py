"""The gate's kernel decides what the gate decides."""

import pytest
import torch
from torch import Tensor, nn

from vared_mm.acceleration.gpu.gate import GpuGate, read_decision
from vared_mm.cost import SearchSpace
from vared_mm.dynamic import Decision, SoftModulationGate


def make_gate(
    device: str,
    channels: int = 5,
    frames: int = 4,
    search: tuple[int, int] = (2, 2),
    bins: int | None = None,
) -> SoftModulationGate:
    """A gate whose clips get weights of all kinds."""
    gate = SoftModulationGate(channels, frames, SearchSpace(*search), 6, bins)
    nn.init.normal_(gate.excite)
    nn.init.normal_(gate.norm.weight)
    for values in (gate.norm.bias, gate.norm.running_mean, gate.beta):
        nn.init.normal_(values, std=0.3)
    nn.init.uniform_(gate.norm.running_var, 0.2, 0.5)
    return gate.to(device).eval().requires_grad_(False)


def make_clips(device: str, *size: int) -> Tensor:
    return (torch.randn(size) + torch.randn(*size[:3], 1, 1) * 2).to(device)


def decide(quick: GpuGate, x: Tensor) -> Decision:
    output = quick(x.permute(0, 2, 3, 4, 1).contiguous())
    return read_decision(output, output != 0, quick.gate.search, quick.gate.macs(x[0].numel()))


def check_same(found: Decision, expected: Decision) -> None:
    for part in ('temporal', 'channel'):
        torch.testing.assert_close(
            getattr(found, part), getattr(expected, part), rtol=1e-4, atol=1e-5, equal_nan=True
        )
    assert torch.equal(found.fallback, expected.fallback)
    assert found.patterns() == expected.patterns()
    assert found.gate_macs == expected.gate_macs


@pytest.mark.parametrize('search', [(2, 2), (3, 3), (2, 1), (1, 2), (4, 1)])
@pytest.mark.parametrize('threshold', [0.0, 0.4, 0.99])
def test_clips_get_the_weights_of_the_gate(device, search, threshold):
    torch.manual_seed(0)
    gate = make_gate(device, search=search)
    gate.threshold = threshold
    x = make_clips(device, 12, 5, 4, 3, 5)
    expected = gate(x)
    check_same(decide(GpuGate(gate), x), expected)
    assert expected.fallback.any() and not expected.fallback.all()
    assert len(set(expected.patterns())) > 1 or threshold == 0.99


@pytest.mark.parametrize('channels', [1, 3, 21, 70])
@pytest.mark.parametrize('size', [(1, 1), (7, 9), (13, 5)])
def test_channels_and_pixels_of_all_numbers_are_averaged(device, channels, size):
    torch.manual_seed(1)
    gate = make_gate(device, channels, 3)
    x = make_clips(device, 2, channels, 3, *size)
    check_same(decide(GpuGate(gate), x), gate(x))


@pytest.mark.parametrize('frames', [2, 5, 8])
def test_frames_of_any_number_are_averaged_into_bins(device, frames):
    torch.manual_seed(2)
    gate = make_gate(device, bins=3)
    x = make_clips(device, 4, 5, frames, 3, 3)
    check_same(decide(GpuGate(gate), x), gate(x))


def test_each_call_decides_anew_for_batches_of_any_size(device):
    torch.manual_seed(3)
    gate = make_gate(device)
    quick = GpuGate(gate)
    x = make_clips(device, 6, 5, 4, 7, 7)
    first = decide(quick, x)
    check_same(decide(quick, x), first)
    for clips in (x[:2], x.flip(0), x * 2):
        check_same(decide(quick, clips), gate(clips))
    check_same(first, gate(x))


def test_threshold_that_is_set_later_counts(device):
    torch.manual_seed(4)
    gate = make_gate(device)
    quick = GpuGate(gate)
    x = make_clips(device, 8, 5, 4, 3, 3)
    before = decide(quick, x)
    gate.threshold = 0.5
    after = decide(quick, x)
    check_same(after, gate(x))
    assert after.patterns() != before.patterns()


@pytest.mark.parametrize('threshold', [0.0, 0.4])
def test_nan_is_a_weight(device, threshold):
    torch.manual_seed(5)
    gate = make_gate(device)
    gate.threshold = threshold
    x = make_clips(device, 3, 5, 4, 3, 3)
    x[1, 2, 0, 1, 1] = float('nan')
    found = decide(GpuGate(gate), x)
    check_same(found, gate(x))
    assert found.patterns()[1] == ((0, 1), (0, 1))
    assert not found.temporal[[0, 2]].isnan().any()


@pytest.mark.parametrize('size', [(4, 4), (5, 3)])
def test_clips_of_another_size_are_refused_as_by_the_gate(device, size):
    gate = make_gate(device)
    x = make_clips(device, 2, *size, 3, 3)
    with pytest.raises(ValueError, match='made for clips') as plain:
        gate(x)
    with pytest.raises(ValueError) as quick:
        decide(GpuGate(gate), x)
    assert str(quick.value) == str(plain.value)
