"""CUDA graphs."""

from collections.abc import Callable
from typing import Any

import torch


def capture(run: Callable[[], Any]) -> tuple[Any, Callable[[], None]]:
    """Capture a CUDA graph.

    Args:
        run: reads and writes fixed memory; called a few times before it is captured.

    Returns:
        Its result, in fixed memory too, and a function that computes the result again.
    """
    side, graph = torch.cuda.Stream(), torch.cuda.CUDAGraph()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(2):  # compilers and tuners have their turn; scratch memory is there
            run()
        torch.cuda.synchronize()
        graph.capture_begin()
        try:
            result = run()
        finally:
            graph.capture_end()
    torch.cuda.current_stream().wait_stream(side)
    return result, graph.replay
