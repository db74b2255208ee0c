"""Files that are either whole or not there, and removed only when something newer is."""

import os
import shutil
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

#: What a file is called while it is written.
PARTIAL = '.partial'


class WriteError(OSError):
    """A file could not be written; what was there before still is."""


@register_backend('vared_mm.durable')
class DurableBackend(LocalBackend):
    """mmengine's local files, written beside, flushed to the disk and renamed.

    A process that is killed, or a disk that is full, leaves the file of that name as it was.
    ``remove`` and ``rmtree`` only note what is to go; ``remove_noted`` does it.
    """

    def __init__(self) -> None:
        self._noted: dict[Path, int] = {}

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write a file.

        Raises:
            WriteError: naming the file.
        """
        path = Path(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + PARTIAL)
        try:
            with beside.open('wb') as file:
                file.write(obj)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise WriteError(f'{path}: could not be written ({reason})') from error
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def put_text(self, obj: str, filepath: str | Path, encoding: str = 'utf-8') -> None:
        """Write a text, as ``put`` does."""
        self.put(obj.encode(encoding), filepath)

    def remove(self, filepath: str | Path) -> None:
        """Note a file that is to go."""
        self._noted[Path(filepath)] = os.stat(filepath).st_ino

    def rmtree(self, dir_path: str | Path) -> None:
        """Note a folder that is to go."""
        self.remove(dir_path)

    def remove_noted(self) -> None:
        """Remove what was noted, but not what has been written anew since."""
        for path, node in self._noted.items():
            if not path.exists() or path.stat().st_ino != node:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self._noted.clear()
