"""Memory of this process and of its GPU: kept for the next layer, and measured."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

STATUS, RESET = Path('/proc/self/status'), Path('/proc/self/clear_refs')

# Parameters of glibc's mallopt, and values above any tensor's size.
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> bool:
    """Let the C library keep freed memory for the next layer, for the rest of this process.

    glibc gives a large tensor's memory back to the system as soon as it is freed; the next layer
    waits for fresh pages, which takes longer than to compute some layers. Tools call it first;
    a program that uses the package as a library may. Peak memory stays about the same.

    Returns:
        Whether it was done: only glibc has the switch.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    done = mallopt is not None and mallopt(MMAP_THRESHOLD, 2**30)
    return bool(done and mallopt(TRIM_THRESHOLD, 2**31 - 1))


def peak_memory(call: Callable[[], Any]) -> int | None:
    """Bytes of resident memory that a call takes beyond what was held before it; None if untold.

    Told by Linux, for the whole process; what was freed before is given back first, so that
    it is not used again unseen.
    """
    if not RESET.exists():
        return None
    ctypes.CDLL(None).malloc_trim(0)
    RESET.write_text('5')  # forget the earlier peak
    before = _kibibytes('VmRSS')
    call()
    return 1024 * (_kibibytes('VmHWM') - before)


def gpu_memory(first_call: Callable[[], Any]) -> int:
    """Bytes of a GPU's memory that a call takes, the first of its kind; it is called twice.

    What it keeps for the next ones, as a captured graph does, and the most beyond it of one more.
    """
    torch.cuda.empty_cache()
    before = torch.cuda.memory_reserved()
    first_call()
    torch.cuda.empty_cache()
    kept = torch.cuda.memory_reserved() - before
    torch.cuda.reset_peak_memory_stats()
    allocated = torch.cuda.memory_allocated()
    first_call()
    return kept + torch.cuda.max_memory_allocated() - allocated


def _kibibytes(key: str) -> int:
    lines = STATUS.read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f'{key}:')))
