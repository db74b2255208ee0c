"""Checkpoints whose tuples are nested so deep that comparing them fills the stack."""

import pickle
import pickletools
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

#: Tuples in tuples that are let in. Python follows a tuple that is a key by recursion in C, without
#: a limit: some hundred thousand end the process.
DEEPEST = 10_000
_INTO = ('APPEND', 'APPENDS', 'SETITEM', 'SETITEMS', 'ADDITEMS', 'BUILD')


def check_depth(filename: str) -> None:
    """Look at the steps of a local checkpoint before it is loaded; any other is left alone.

    Raises:
        UnpicklingError: if something in it is nested deeper than :data:`DEEPEST`.
    """
    if '://' in filename or not Path(filename).is_file():
        return
    with suppress(OSError, ValueError, EOFError, zipfile.BadZipFile, IndexError, KeyError):
        # What is broken is named by the one that loads it.
        for file in _pickles(filename):
            _follow(file)


def _pickles(filename: str) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(filename):
        with zipfile.ZipFile(filename) as parts:
            for name in parts.namelist():
                if name.endswith('data.pkl'):
                    with parts.open(name) as file:
                        yield file
        return
    with open(filename, 'rb') as file:
        for _ in range(5):  # torch's older format: number, version, machine, content, keys
            yield file


def _follow(file: IO[bytes]) -> None:
    """Keep the depth of each value, where a machine would keep the value."""
    stack: list[int | None] = []  # None is a mark
    memo: dict[int, int] = {}
    for step, argument, _ in pickletools.genops(file):
        name = step.name
        if 'PUT' in name or name == 'MEMOIZE':
            memo[len(memo) if argument is None else argument] = stack[-1] or 0
        elif name == 'MARK':
            stack.append(None)
        elif 'GET' in name:
            stack.append(memo[argument])
        else:
            taken = _take(stack, step)
            if step.stack_after:
                into = name in _INTO  # a long list is not a deep one
                inside = 1 + max(taken[into:], default=0)
                stack.append(max(taken[0], inside) if into else inside)
        if stack and (stack[-1] or 0) > DEEPEST:
            raise pickle.UnpicklingError(f'what is nested {DEEPEST} times is not allowed in it')


def _take(stack: list[int | None], step: pickletools.OpcodeInfo) -> list[int]:
    if pickletools.markobject in step.stack_before:
        place = len(stack) - 1
        while stack[place] is not None:
            place -= 1
        place -= step.stack_before.index(pickletools.markobject)
    else:
        place = len(stack) - len(step.stack_before)
    taken = stack[place:]
    del stack[place:]
    return [one for one in taken if one is not None]
