"""How kernels are launched: by as many programs as a device runs at once, in tiles it likes."""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from math import gcd
from typing import Any

import numpy as np
import torch
import triton
import triton.language as tl
from triton import knobs


def jit_for_all_sizes(kernel: Callable[..., None]) -> triton.JITFunction:
    """``triton.jit`` for a kernel that is compiled once whatever the sizes of clips and layers.

    Sizes are its parameters without annotation, but for pointers. Nor does it matter where the
    weights of the first of some clips lie.
    """
    parameters = inspect.signature(kernel).parameters.values()
    names = [p.name for p in parameters if p.annotation is p.empty]
    return triton.jit(
        do_not_specialize=[name for name in names if not name.endswith('_ptr')],
        do_not_specialize_on_alignment=[n for n in names if n in ('temporal_ptr', 'channel_ptr')],
    )(kernel)


@cache
def programs(device: torch.device) -> int:
    """Programs that keep a device busy; a few where Triton's interpreter stands for one."""
    if device.type == 'cpu':
        return 3
    return 2 * torch.cuda.get_device_properties(device).multi_processor_count


def time_quickly(call: Callable[[], Any], quantiles: Sequence[float] = (0.5,)) -> list[float]:
    """A measure for Triton's autotuner, ms: a layer has several kernels with several tiles each."""
    if knobs.runtime.interpret:
        return [0.0] * len(quantiles)
    times = triton.testing.do_bench(call, warmup=1, rep=6, return_mode='all')
    return np.quantile(times, quantiles).tolist()


def unit_of(*sizes: int) -> int:
    """Channels that sizes are all multiples of, up to 16: how wide memory can be read at once."""
    return gcd(16, *sizes)


@triton.jit
def whole_units(size, UNIT: tl.constexpr):
    """A size that is a multiple of its unit, said so that a compiler sees it."""
    return size // UNIT * UNIT
