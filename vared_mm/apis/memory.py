"""Peak memory of a call."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

STATUS, RESET = Path('/proc/self/status'), Path('/proc/self/clear_refs')


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
