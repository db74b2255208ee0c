"""Check that a tool can write its outputs, before anything long runs.

The first two are the ``type`` of an option: ``parser.add_argument('--json', type=output_file)``.
"""

import argparse
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any


def output_file(text: str) -> str:
    """A file that can be written: it is one already, or its folder can take it.

    Raises:
        argparse.ArgumentTypeError: if it is a folder or device, or can't be written.
    """
    try:
        found = _look(text)
        if found is not None and not stat.S_ISREG(found.st_mode):
            kind = 'folder' if stat.S_ISDIR(found.st_mode) else 'device or pipe'
            raise argparse.ArgumentTypeError(f'{text}: is a {kind}, not a file')
        if found is not None:
            with open(text, 'r+b'):
                pass
        _try_folder(Path(text).absolute().parent)
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f'{text}: cannot be written: {_reason(error)}') from None
    return text


def output_folder(text: str) -> str:
    """A folder that files can be written into: it is one already, or can be made.

    Raises:
        argparse.ArgumentTypeError: if it is something else, or nothing can be written there.
    """
    try:
        found = _look(text)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            raise argparse.ArgumentTypeError(f'{text}: is not a folder')
        _try_folder(Path(text).absolute())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f'{text}: cannot be written: {_reason(error)}') from None
    return text


def write_json(path: str, value: Any, indent: int | None = 2) -> None:
    """Write a value as JSON; folders are made."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(value, indent=indent, ensure_ascii=False) + '\n', 'utf-8')


def _look(text: str) -> os.stat_result | None:
    """What is there; None if nothing is."""
    if not text:
        raise ValueError('the name is empty')
    try:
        return os.stat(text)
    except FileNotFoundError:
        if os.path.islink(text):
            raise
        return None


def _try_folder(folder: Path) -> None:
    """Write into a folder, or into the nearest one above that is there."""
    while not folder.exists():
        folder = folder.parent
    with tempfile.TemporaryFile(dir=folder):
        pass


def _reason(error: Exception) -> str:
    return getattr(error, 'strerror', None) or str(error)
