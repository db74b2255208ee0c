#!/usr/bin/env python3
"""Stands in for Slurm's ``srun`` on one machine: starts the tasks, and ends all when one fails."""

import os
import subprocess
import sys
import time
from itertools import takewhile


def main() -> int:
    """Run ``srun --ntasks=N ... COMMAND`` as Slurm would, with what it tells a task."""
    options = list(takewhile(lambda word: word.startswith('--'), sys.argv[1:]))
    command = sys.argv[1 + len(options) :]
    tasks = next(int(word.partition('=')[2]) for word in options if word.startswith('--ntasks='))
    told = {'SLURM_NTASKS': str(tasks), 'SLURM_NODELIST': 'node[7-8]'}
    running = []
    for number in range(tasks):
        own = {'SLURM_PROCID': str(number), 'SLURM_LOCALID': str(number)}
        running.append(subprocess.Popen(command, env={**os.environ, **told, **own}))
    while any(task.poll() is None for task in running):
        if any(task.poll() for task in running) and '--kill-on-bad-exit=1' in options:
            for task in running:
                task.kill()
        time.sleep(0.2)
    return max(abs(task.wait()) for task in running)


if __name__ == '__main__':
    sys.exit(main())
