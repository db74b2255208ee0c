"""Trainings in processes of their own, some killed with SIGKILL at a chosen moment."""

import errno
import json
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from mmengine.runner import Runner

import vared_mm.apis
import vared_mm.models  # noqa: F401
from vared_mm.engine import read_checkpoint
from vared_mm.engine.hooks import DurableCheckpointHook  # noqa: F401
from vared_mm.engine.loops import EpochLoop  # noqa: F401

ROOT = Path(__file__).parents[3]
#: What says how long something took, or when it was.
TIMES = ('time', 'data_time', 'eta')

# A clean process that has imported everything; each training is a fork of it.
_context = multiprocessing.get_context('forkserver')
_context.set_forkserver_preload(['tests.engine.loops.killing'])


def train(
    words: Sequence[str | Path], log: Path, moment: int | None = None, full: bool = False
) -> int:
    """Run ``tools/train.py``; give its exit status, -9 if it was killed.

    Args:
        words: config and options.
        log: what it prints, added to it, with a line ``moment NAME`` for each.
        moment: kill it there, counted from 1.
        full: let the disk be full there instead.
    """
    args = [str(word) for word in words], str(log), moment, full
    process = _context.Process(target=_train, args=args)
    process.start()
    process.join(500)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f'training hangs: {words}')
    return process.exitcode


def _train(words: list[str], log: str, moment: int | None, full: bool) -> None:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    torch.set_num_threads(1)
    os.chdir(ROOT)
    seen, parent = 0, os.getpid()

    def pass_moment(name: str) -> None:
        nonlocal seen
        if os.getpid() != parent:  # a worker of a data loader
            return
        seen += 1
        os.write(1, f'moment {name}\n'.encode())
        if seen == moment and full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if seen == moment:
            os.kill(parent, signal.SIGKILL)

    def at_calls_of(owner: Any, name: str) -> Any:
        inner = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            pass_moment(args[1] if name == 'call_hook' else name)
            return inner(*args, **kwargs)

        return mock.patch.object(owner, name, call)

    patches = [at_calls_of(Runner, 'call_hook'), at_calls_of(os, 'fsync')]
    patches += [at_calls_of(Path, name) for name in ('replace', 'unlink')]
    tool = str(ROOT / 'tools' / 'train.py')
    for patch in patches:
        patch.start()
    with mock.patch.object(sys, 'argv', [tool, *words]):
        runpy.run_path(tool, run_name='__main__')


def moments(log: Path) -> list[str]:
    """Names of the moments that a training passed."""
    lines = log.read_text().splitlines()
    return [line.removeprefix('moment ') for line in lines if line.startswith('moment ')]


def final_state(folder: Path) -> dict[str, Any]:
    """All that a training left, but for times and places: weights, optimizer, history, log."""
    last = read_checkpoint((folder / 'last_checkpoint').read_text())
    history = {
        key: [array.tolist() for array in buffer.data]
        for key, buffer in last['message_hub']['log_scalars'].items()
        if key.startswith('train/') and not key.endswith(TIMES)
    }
    kept = {key: last[key] for key in ('state_dict', 'optimizer', 'param_schedulers')}
    place = {key: last['meta'][key] for key in ('epoch', 'iter')}
    return {**kept, 'place': place, 'history': history, 'log': log_by_step(folder)}


def log_by_step(folder: Path) -> dict[tuple[int, bool], dict[str, float]]:
    """What was logged at each step; where several runs logged one, they must agree."""
    found: dict[tuple[int, bool], dict[str, float]] = {}
    for path in sorted(folder.glob('*/vis_data/scalars.json')):
        for line in path.read_text().splitlines():
            if not line.endswith('}'):  # cut off by the kill
                continue
            values = {k: v for k, v in json.loads(line).items() if k not in TIMES}
            key = (values['step'], 'loss' in values)
            assert found.setdefault(key, values) == values, f'{path}: step {key}'
    return found


def differences(one: Any, other: Any, name: str = '') -> Iterator[str]:
    """Where two states differ, to the bit."""
    if isinstance(one, dict):
        for key in one.keys() | other.keys():
            if key not in one or key not in other:
                yield f'{name}.{key}: only in one'
            else:
                yield from differences(one[key], other[key], f'{name}.{key}')
    elif isinstance(one, list | tuple):
        if len(one) != len(other):
            yield f'{name}: {len(one)} and {len(other)}'
        for i, pair in enumerate(zip(one, other, strict=False)):
            yield from differences(*pair, f'{name}[{i}]')
    elif isinstance(one, torch.Tensor):
        if not torch.equal(one, other):
            yield f'{name}: up to {(one.double() - other.double()).abs().max():.3g}'
    elif one != other and not (one != one and other != other):
        yield f'{name}: {one} and {other}'
