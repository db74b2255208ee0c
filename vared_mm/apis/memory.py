"""Memory of this process: kept for the next layer, and measured."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def _kibibytes(key: str) -> int:
    lines = STATUS.read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f'{key}:')))
