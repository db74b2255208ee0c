"""A compiled library is used if it is whole; else it is built, wherever there is room for it."""

import os
import stat
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from vared_mm.acceleration.cpu import library
from vared_mm.acceleration.cpu.kept_library import load_kept

CONTENT = bytes(range(256)) * 64


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Where libraries are kept; other temporary files are in a folder beside it."""
    monkeypatch.setenv('TORCH_EXTENSIONS_DIR', str(tmp_path / 'cache'))
    (tmp_path / 'tmp').mkdir()
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path / 'tmp'))
    return tmp_path / 'cache' / 'vared_mm'


@pytest.fixture
def loaded(monkeypatch) -> list[bytes]:
    """What was loaded."""
    contents: list[bytes] = []
    monkeypatch.setattr(torch.ops, 'load_library', lambda p: contents.append(Path(p).read_bytes()))
    return contents


@pytest.fixture
def build() -> Callable[[], bytes]:
    """A compiler that counts what it builds."""

    def compile_it() -> bytes:
        compile_it.builds += 1
        return CONTENT

    compile_it.builds = 0
    return compile_it


def test_a_library_is_built_once(cache, loaded, build):
    for _ in range(3):
        load_kept('a.so', build)
    load_kept('b.so', build)
    assert build.builds == 2
    assert all(content.startswith(CONTENT) for content in loaded)
    assert sorted(path.name for path in cache.iterdir()) == ['a.so', 'b.so']
    assert not list(Path(tempfile.gettempdir()).iterdir())


DAMAGES = {
    'empty': lambda kept: b'',
    'cut off': lambda kept: kept[: len(kept) // 2],
    'a byte short': lambda kept: kept[:-1],
    'zeros at the end': lambda kept: kept[: len(kept) // 2] + bytes(len(kept) - len(kept) // 2),
    'one bit': lambda kept: kept[:100] + bytes([kept[100] ^ 1]) + kept[101:],
    'of something else': lambda kept: b'\x7fELF' + bytes(5000),
    'without a digest': lambda kept: CONTENT,
}


@pytest.mark.parametrize('damage', DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_library_is_built_anew(cache, loaded, build, damage):
    load_kept('a.so', build)
    kept = (cache / 'a.so').read_bytes()
    (cache / 'a.so').write_bytes(damage(kept))
    load_kept('a.so', build)
    assert build.builds == 2
    assert (cache / 'a.so').read_bytes() == kept == loaded[-1]


def test_a_pipe_is_not_waited_for_and_a_folder_is_gone_around(cache, loaded, build):
    cache.mkdir(parents=True)
    os.mkfifo(cache / 'a.so')
    (cache / 'b.so' / 'full').mkdir(parents=True)
    load_kept('a.so', build)
    load_kept('b.so', build)
    assert len(loaded) == 2


def test_where_the_cache_does_not_serve_temporary_files_do(cache, loaded, build, monkeypatch):
    cache.parent.write_text('not a folder')
    load_kept('a.so', build)
    load_kept('a.so', build)
    assert build.builds == 1
    (folder,) = Path(tempfile.gettempdir()).iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) & 0o022 == 0
    # Others may not put theirs there.
    folder.chmod(0o777)
    with pytest.raises(RuntimeError, match='not of this user alone'):
        load_kept('a.so', build)
    folder.chmod(0o755)
    monkeypatch.setattr(os, 'fsync', _no_space)
    with pytest.raises(RuntimeError, match='No space left'):
        load_kept('b.so', build)
    assert [path.name for path in folder.iterdir()] == ['a.so']


def test_a_disk_that_nothing_runs_from_costs_no_second_build(cache, build, monkeypatch):
    loaded = []

    def load(path: str) -> None:
        if path.startswith(str(cache)):
            raise OSError(f'{path}: failed to map segment from shared object')
        loaded.append(path)

    monkeypatch.setattr(torch.ops, 'load_library', load)
    for _ in range(2):
        load_kept('a.so', build)
    assert build.builds == 1
    assert len(loaded) == 2


def test_without_a_home_or_temporary_files_it_says_so(loaded, build, monkeypatch):
    def nobody(_path: Path) -> Path:
        raise RuntimeError('Could not determine home directory.')

    monkeypatch.delenv('TORCH_EXTENSIONS_DIR', raising=False)
    monkeypatch.setattr(Path, 'expanduser', nobody)
    monkeypatch.setattr(tempfile, 'gettempdir', _no_space)
    with pytest.raises(RuntimeError, match='no folder to load the compiled library from'):
        load_kept('a.so', build)


def test_several_may_build_at_once(cache, loaded, build):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: load_kept('a.so', build), range(8)))
    assert len(set(loaded)) == 1
    assert [path.name for path in cache.iterdir()] == ['a.so']


@pytest.mark.parametrize(
    ('script', 'message'),
    [
        ('echo "a.cpp:1: error: no such type" >&2; exit 1', 'compiled: a.cpp:1: error: no such'),
        ('printf "\\xff error \\xfe" >&2; exit 1', 'could not be compiled'),
        ('kill -9 $$', 'cxx failed'),
        ('exit 0', 'No such file'),
        ('exec sleep 60', 'not ended in 0.2 seconds'),
        (None, 'Exec format error|Permission denied'),
    ],
)
def test_a_compiler_that_fails_is_named(tmp_path, monkeypatch, script, message):
    compiler = tmp_path / 'cxx'
    compiler.write_bytes(b'\0\0' if script is None else f'#!/bin/sh\n{script}\n'.encode())
    compiler.chmod(0o755)
    monkeypatch.setattr(library, 'PATIENCE', 0.2 if script and 'sleep' in script else 60)
    with pytest.raises(RuntimeError, match=message):
        library._compile(str(compiler))


def test_a_compiler_that_makes_something_else_is_named(cache, loaded, monkeypatch):
    monkeypatch.setattr(library, '_compile', lambda _compiler: CONTENT)
    monkeypatch.setattr(torch.ops, 'vared_mm_native', object())
    with pytest.raises(RuntimeError, match='another library than was asked for'):
        library.load_native.__wrapped__()


def _no_space(*_args: object) -> None:
    raise OSError(28, 'No space left on device')
