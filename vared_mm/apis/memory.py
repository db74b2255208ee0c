"""Memory that the C library keeps for the next layer."""

import ctypes

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
