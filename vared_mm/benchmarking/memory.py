"""Memory that a call takes, of this process and of its GPU."""

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

STATUS, RESET = Path('/proc/self/status'), Path('/proc/self/clear_refs')


def measure_peaks(calls: Mapping[str, Callable[[], Any]], device: str) -> dict[str, int | None]:
    """Bytes that each call takes beyond what was held before; every call runs two times or more.

    Args:
        calls: by name.
        device: whose memory is measured.
    """
    if torch.device(device).type == 'cuda':
        return {name: gpu_memory(call) for name, call in calls.items()}
    for call in calls.values():
        call()
    return {name: peak_memory(call) for name, call in calls.items()}


def peak_memory(call: Callable[[], Any]) -> int | None:
    """Bytes of resident memory that a call takes beyond what was held before it; None if unknown.

    Linux counts it for the whole process. What was freed before is given back first, so that
    reuse of it is counted too.
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
