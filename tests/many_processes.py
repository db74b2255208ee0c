"""Run a function in several processes that talk through gloo, on this machine."""

import multiprocessing
import os
import socket
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from mmengine.dist import init_dist

from vared_mm.cli import leave_processes


def free_port() -> int:
    """A port that no one listens on."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def run_processes(count: int, job: Callable[..., Any], *args: Any, seconds: float = 300) -> list:
    """What ``job(*args)`` gives in each of ``count`` processes, by rank.

    They are forked, so that none has to import everything again; one alone forms no group.
    """
    context, port = multiprocessing.get_context('fork'), free_port()
    processes = []
    for rank in range(count):
        receiver, sender = context.Pipe(duplex=False)
        words = (sender, rank, count, port, job, args)
        processes.append((context.Process(target=_run, args=words, daemon=True), receiver))
    for process, _ in processes:
        process.start()
    try:
        results = []
        for process, receiver in processes:
            assert receiver.poll(seconds), f'no answer after {seconds} s'
            result, error = receiver.recv()
            assert error is None, error
            process.join(seconds)
            assert process.exitcode == 0
            results.append(result)
        return results
    finally:
        for process, _ in processes:
            process.kill()
            process.join()


def _run(
    sender: Connection, rank: int, count: int, port: int, job: Callable[..., Any], args: tuple
) -> None:
    place = dict(RANK=rank, LOCAL_RANK=rank, WORLD_SIZE=count, MASTER_PORT=port)
    os.environ.update({'MASTER_ADDR': '127.0.0.1', **{k: str(v) for k, v in place.items()}})
    result = error = None
    try:
        if count > 1:
            init_dist('pytorch', backend='gloo')
        result = job(*args)
        leave_processes()
    except Exception:
        error = traceback.format_exc()
    sender.send((result, error))
    sender.close()
