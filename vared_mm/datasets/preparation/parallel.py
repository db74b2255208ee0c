"""Running of one job on many items."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from mmengine.utils import ProgressBar

Item = TypeVar('Item')
Result = TypeVar('Result')

#: So many jobs are handed out at once: a set of 800,000 videos must not fill the memory.
_BATCH = 4096


def run_parallel(
    job: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result]:
    """Yield each item's result in order, with a progress bar on standard error.

    Args:
        job: reads and decodes videos, which Python's threads do side by side.
        items: what it takes, one a call.
        workers: threads.
    """
    if not items:
        return
    bar = ProgressBar(len(items), file=sys.stderr)
    step = max(1, len(items) // 200)
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(items), _BATCH):
            for done, result in enumerate(pool.map(job, items[start : start + _BATCH]), start + 1):
                if done % step == 0 or done == len(items):
                    bar.update(done - bar.completed)
                yield result
    sys.stderr.write('\n')
