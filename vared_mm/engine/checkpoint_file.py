"""Checkpoints read with care: whole, or named as damaged; weights, or named as code."""

import os
import re
import zipfile
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from mmengine.runner.checkpoint import CheckpointLoader

from vared_mm.engine.durable_backend import DurableBackend

#: mmengine's note of the newest one, in the folder of a training.
LAST = 'last_checkpoint'
#: What it says until a training that began anew has saved its first.
NONE_YET = Path('none')
#: Checkpoints that training can resume from; the best ones hold no optimizer.
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
    if is_local and not Path(path).is_file():  # nor a link to one; a pipe would be waited for
        there = Path(path).exists()
        raise FileNotFoundError(f'{path}: {"no file" if there else "no such checkpoint"}')
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
    """The newest checkpoint of a training that is whole, and a line for each that is passed over.

    The newest is the one that ``last_checkpoint`` names: later ones in the folder are of a training
    that used it before, as are all of them where that note is :data:`NONE_YET`. Without a note the
    number in the name counts.

    Args:
        folder: of the training; that of the last checkpoint may be another.
    """
    found, later = _newest_first(Path(folder))
    passed = [f'{path}: later than the one that last_checkpoint names' for path in later]
    for path in found:
        try:
            content = read_checkpoint(path)
        except (ValueError, OSError) as error:
            passed.append(str(error))
            continue
        if isinstance(content, dict) and {'meta', 'optimizer'} <= content.keys():
            return str(path), passed
        passed.append(f'{path}: nothing to resume from (no meta, no optimizer)')
    return None, passed


def begin_anew(folder: Path) -> None:
    """Note that a training starts in a folder from which the checkpoints of none are its own."""
    note = folder / LAST
    if note.exists() or any(_NUMBERED.fullmatch(path.name) for path in folder.glob('*.pth')):
        DurableBackend().put_text(str(NONE_YET), note)


def _newest_first(folder: Path) -> tuple[list[Path], list[Path]]:
    """Checkpoints by number, and those beyond the last one."""
    named = _last_named(folder)
    if named == NONE_YET:
        return [], sorted(path for path in folder.glob('*.pth') if _NUMBERED.fullmatch(path.name))
    if named and os.path.lexists(folder / named.name):  # the folder may have been moved
        named = folder / named.name
    places = {place.absolute(): place for place in (named.parent if named else folder, folder)}
    found = [path for place in places.values() for path in place.glob('*.pth')]
    numbers = {path: int(m[1]) for path in found if (m := _NUMBERED.fullmatch(path.name))}
    ordered = sorted(numbers, key=numbers.__getitem__, reverse=True)
    last = _NUMBERED.fullmatch(named.name) if named else None
    if named is None or last is None:
        return ordered, []
    before = [path for path in ordered if numbers[path] < int(last[1])]
    return [named, *before], [path for path in ordered if numbers[path] > int(last[1])]


def _last_named(folder: Path) -> Path | None:
    """What ``last_checkpoint`` names; None without it, or where it was cut off."""
    try:
        name = (folder / LAST).read_text().strip()
        known = name.endswith('.pth') or name == str(NONE_YET)
        return Path(name) if known and name.isprintable() else None
    except (OSError, ValueError):
        return None
