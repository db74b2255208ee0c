"""The rule by which scores become weights is the same in Python, C++ and Triton."""

from math import atanh, nan

import pytest
import torch
from torch import Tensor

from vared_mm.acceleration.cpu.gate import NativeGate
from vared_mm.acceleration.cpu.library import load_native
from vared_mm.acceleration.gpu.gate import GpuGate, read_decision
from vared_mm.cost import SearchSpace
from vared_mm.dynamic import Decision, SoftModulationGate


def in_python(gate: SoftModulationGate, x: Tensor) -> Decision:
    return gate(x)


def in_cpp(gate: SoftModulationGate, x: Tensor) -> Decision:
    load_native()
    return NativeGate(gate)(x)


def in_triton(gate: SoftModulationGate, x: Tensor) -> Decision:
    if torch.cuda.is_available():
        gate, x = gate.cuda(), x.cuda()
    output = GpuGate(gate)(x.permute(0, 2, 3, 4, 1).contiguous())
    return read_decision(output, output != 0, gate.search, gate.macs(x[0].numel()))


CASES = {  # threshold, scores of an axis, its weights, whether it falls back
    'scores are weights': (0, (0.5, 0.2, 0.1), (0.5, 0.2, 0.1), False),
    'below zero is zero': (0, (-0.5, 0.3, -0.1), (0, 0.3, 0), False),
    'none above zero': (0, (-0.2, -0.1, 0), (0, 0, 1 / 3), True),
    'the rest has the sum': (0.25, (0.5, 0.2, 0.1), (0.8, 0, 0), False),
    'the rest shares the sum': (0.25, (0.5, 0.3, 0.2), (0.625, 0.375, 0), False),
    'none above the threshold': (0.6, (0.5, 0.3, 0.1), (0, 0, 0.9), True),
    'none above either': (0.6, (-0.5, -0.4, -0.3), (0, 0, 1 / 3), True),
    'NaN is a weight': (0, (nan, 0.3, -0.1), (nan, 0.3, 0), False),
}


@pytest.mark.parametrize('decide', [in_python, in_cpp, in_triton])
@pytest.mark.parametrize('case', CASES)
@pytest.mark.parametrize('search', [(3, 1), (1, 3), (3, 3)])
def test_scores_become_weights(decide, case, search):
    threshold, scores, weights, alone = CASES[case]
    gate = SoftModulationGate(2, 2, SearchSpace(*search), hidden=3).eval().requires_grad_(False)
    gate.threshold = threshold
    gate.excite.zero_()  # the scores are those that `beta` alone gives
    gate.beta.copy_(torch.tensor([atanh(s) for s in scores] * (sum(search) // 3)))
    found = decide(gate, torch.randn(2, 2, 2, 3, 3))
    axes = zip(search, (found.temporal, found.channel), found.fallback.unbind(1), strict=True)
    for size, axis, fallback in axes:
        expected = torch.tensor([weights if size > 1 else (1.0,)] * 2, device=axis.device)
        torch.testing.assert_close(axis, expected, rtol=1e-5, atol=1e-6, equal_nan=True)
        assert fallback.tolist() == [alone and size > 1] * 2
    assert found.gate_macs == gate.macs(2 * 2 * 3 * 3)
