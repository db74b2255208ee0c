"""How kernels are launched and tuned."""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from math import gcd
from typing import Any

import numpy as np
import torch
import triton
import triton.language as tl
from triton import knobs

from .capture import capture

CALLS, REPLAYS = 5, 3  # of what is timed: calls in a graph, and how often it is timed


def jit_for_all_sizes(kernel: Callable[..., None]) -> triton.JITFunction:
    """``triton.jit`` for a kernel that is compiled once whatever the sizes of clips and layers.

    Sizes are its parameters without annotation, but for pointers. Nor does it matter where the
    weights of the first of some clips lie.
    """
    parameters = inspect.signature(kernel).parameters.values()
    names = [p.name for p in parameters if p.annotation is p.empty and '_desc' not in p.name]
    return triton.jit(
        do_not_specialize=[name for name in names if not name.endswith('_ptr')],
        do_not_specialize_on_alignment=[n for n in names if n in ('temporal_ptr', 'channel_ptr')],
    )(kernel)


@cache
def programs(device: torch.device) -> int:
    """How many programs keep a device busy; a few under Triton's interpreter."""
    if device.type == 'cpu':
        return 3
    return 2 * torch.cuda.get_device_properties(device).multi_processor_count


@cache
def has_tma(device: torch.device) -> bool:
    """Whether a device has a tensor memory accelerator, as GPUs since Hopper have."""
    return device.type == 'cpu' or torch.cuda.get_device_capability(device) >= (9, 0)


def time_quickly(call: Callable[[], Any], quantiles: Sequence[float] = (0.5,)) -> list[float]:
    """Time a call for Triton's autotuner, in ms, with few calls: there are many kernels and tiles.

    From within a graph: most kernels take less time than their launch from the host.
    """
    if knobs.runtime.interpret:
        return [0.0] * len(quantiles)

    def several() -> None:
        for _ in range(CALLS):
            call()

    _, replay = capture(several)
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(REPLAYS + 1)]
    for mark in marks:  # the first replay warms up
        replay()
        mark.record()
    torch.cuda.synchronize()
    times = [first.elapsed_time(then) / CALLS for first, then in pairwise(marks)]
    return np.quantile(times, quantiles).tolist()


def unit_of(*sizes: int) -> int:
    """The greatest common divisor of sizes and 16: how wide memory can be read at once."""
    return gcd(16, *sizes)


@triton.jit
def whole_units(size, UNIT: tl.constexpr):
    """A size that is a multiple of its unit, written so that a compiler sees that."""
    return size // UNIT * UNIT
