"""Compiled libraries that are kept in files, and looked at before they are loaded."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import torch


def load_kept(name: str, build: Callable[[], bytes]) -> None:
    """Load a library of operations from the first folder that serves; build it if need be.

    A file is used only if it ends with the digest of all before, so neither one that was cut off
    is, nor one that was put there by something else.

    Args:
        name: of its file, which says all that the library depends on.
        build: gives what is in it.

    Raises:
        RuntimeError: if there is no folder to load it from.
    """
    content, problem = b'', 'there is none'
    for folder in _folders():
        library = folder / name
        try:
            _prepare(folder)
            if kept := _read_whole(library):
                content = kept
            else:
                content = content or build()
                _write(library, content)
            torch.ops.load_library(str(library))
            return
        except OSError as error:  # such as a full disk, or one that nothing can be run from
            problem = f'{library}: {error.strerror or error}'
    raise RuntimeError(f'no folder to load the compiled library from: {problem}')


def _folders() -> Iterator[Path]:
    """Where torch keeps its extensions, and one of the user's own among temporary files."""
    wanted = os.environ.get('TORCH_EXTENSIONS_DIR')
    with suppress(RuntimeError):  # nobody's home
        root = Path(wanted or '~/.cache/torch_extensions').expanduser()
        if wanted or root.is_absolute():
            yield root / 'vared_mm'
    with suppress(OSError):  # no temporary files
        yield Path(tempfile.gettempdir()) / f'vared_mm-{os.getuid()}'


def _prepare(folder: Path) -> None:
    """Make a folder if there is none.

    Raises:
        OSError: if it can't be made, or if others may put a library of theirs into it.
    """
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.parent == Path(tempfile.gettempdir()):
        state = folder.lstat()
        if state.st_uid != os.getuid() or state.st_mode & 0o022 or folder.is_symlink():
            raise PermissionError(f'{folder} is not of this user alone')


def _read_whole(library: Path) -> bytes:
    """What is in a library before its digest; nothing if it is damaged or not there."""
    content = library.read_bytes() if library.is_file() else b''
    size = max(len(content) - hashlib.sha256().digest_size, 0)
    return content[:size] if _digest(content[:size]) == content[size:] else b''


def _write(library: Path, content: bytes) -> None:
    """Put a library with its digest in its place, at once, when all of it is on the disk."""
    with tempfile.TemporaryDirectory(dir=library.parent, prefix=library.stem) as folder:
        beside = Path(folder, library.name)
        with beside.open('wb') as file:
            file.write(content + _digest(content))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(library)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
