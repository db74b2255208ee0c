"""Checkpoints read with care: whole, or named as damaged; weights, or named as code."""

import re
import zipfile
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from mmengine.runner.checkpoint import CheckpointLoader

#: What training can go on from; the best ones hold no optimizer.
_NUMBERED = re.compile(r'(?!best_).*_(\d+)\.pth')


def read_checkpoint(path: str | Path) -> Any:
    """What a checkpoint holds, on the CPU.

    torch does not compare the checksums in the file with its content; here they are.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no checkpoint, is damaged, or would run code; the file is named.
    """
    path = str(path)
    is_local = '://' not in path
    if is_local and not Path(path).is_file():
        raise FileNotFoundError(f'{path}: no such checkpoint')
    try:
        if is_local and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                if part := parts.testzip():
                    raise ValueError(f'damaged: wrong checksum of {part}')
        return CheckpointLoader.load_checkpoint(path, 'cpu', logger='silent')
    except UnpicklingError as error:
        raise ValueError(str(error)) from None
    except Exception as error:  # a damaged file can fail in any way
        reason = str(error).strip().partition('\n')[0] or 'empty or cut off'
        raise ValueError(f'{path}: not a checkpoint ({reason})') from None


def find_whole_checkpoint(folder: str | Path) -> tuple[str | None, list[str]]:
    """The newest checkpoint of a training that is whole, and a line for each newer one that isn't.

    Args:
        folder: of the training; that of the last checkpoint may be another.
    """
    damaged = []
    for path in _newest_first(Path(folder)):
        try:
            content = read_checkpoint(path)
        except ValueError as error:
            damaged.append(str(error))
            continue
        if isinstance(content, dict) and {'meta', 'optimizer'} <= content.keys():
            return str(path), damaged
        damaged.append(f'{path}: nothing to resume from (no meta, no optimizer)')
    return None, damaged


def _newest_first(folder: Path) -> list[Path]:
    note = folder / 'last_checkpoint'
    named = Path(note.read_text().strip()) if note.is_file() else folder
    places = {folder, named.parent} if named.suffix else {folder}
    found = [path for place in places for path in place.glob('*.pth')]
    numbers = {path: int(m[1]) for path in found if (m := _NUMBERED.fullmatch(path.name))}
    return sorted(numbers, key=numbers.__getitem__, reverse=True)
