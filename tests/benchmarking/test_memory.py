"""Memory that a call takes, on a CPU and on a GPU."""

import pytest
import torch

from vared_mm.benchmarking.memory import gpu_memory, peak_memory

SIZE = 2**26


def test_peak_of_a_call_on_a_cpu():
    taken = peak_memory(lambda: torch.ones(SIZE, dtype=torch.uint8))
    assert taken is None or 0.9 * SIZE < taken < 1.5 * SIZE


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('kept', [False, True])
def test_peak_of_a_call_on_a_gpu(kept):
    held = []

    def call() -> None:
        out = torch.ones(SIZE, dtype=torch.uint8, device='cuda')
        if kept and not held:
            held.append(out.clone())

    assert SIZE <= gpu_memory(call) < (3 if kept else 2) * SIZE
