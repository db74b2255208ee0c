"""The library of native operations: compiled at first use, and kept."""

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache, partial
from pathlib import Path

import torch
from torch import nn

from ..common.static_convolution import is_depthwise, is_padded_with_zeros
from .kept_library import load_kept

#: Floats of the input that a row of the kernel covers; with fewer, oneDNN is quicker.
FEWEST_FLOATS = 8

ROOT = Path(__file__).parent / 'csrc'
SOURCES, HEADERS = (sorted(ROOT.rglob(kind)) for kind in ('*.cpp', '*.h'))
FLAGS = ('-O3', '-march=native', '-fopenmp', '-std=c++20', '-shared', '-fPIC')

#: Seconds after which a compiler counts as hung; it needs one to six minutes.
PATIENCE = 1800


@cache
def load_native() -> None:
    """Compile the C++ files for this processor; ``torch.ops.vared_mm_native`` has it then.

    The first build takes some minutes. It is kept, by all that it depends on, where torch keeps
    its extensions (``TORCH_EXTENSIONS_DIR``, else ``~/.cache/torch_extensions``), or, where that
    does not serve, in a folder of the user's among temporary files. What lies there is used only if
    it is whole; several processes may build at once.

    Raises:
        RuntimeError: if there is no compiler that can build it (``CXX`` names another one), or no
            folder that it can be loaded from.
    """
    compiler = _compiler()
    load_kept(f'native-{_fingerprint(compiler)}.so', partial(_compile, compiler))
    if not hasattr(torch.ops.vared_mm_native, 'has_wide_vectors'):
        raise RuntimeError(f'{compiler} made another library than was asked for')


def native_convolves(conv: nn.Conv2d | nn.Conv3d, dtype: torch.dtype | None = None) -> bool:
    """Whether a convolution is one that the native code computes, and on this processor quickly.

    Args:
        conv: the convolution.
        dtype: to compute in; None: that of its weight.
    """
    plain = is_padded_with_zeros(conv) and set(conv.dilation) == {1}
    dtype = dtype or conv.weight.dtype
    if not plain or dtype != torch.float32 or not has_wide_vectors():
        return False
    if conv.groups == 1:
        return conv.in_channels * conv.kernel_size[-1] >= FEWEST_FLOATS
    pixels = conv.kernel_size[-1]  # along a line; see `Depthwise::is_known`
    known = pixels in (1, 3, 5, 7) and conv.stride[-1] <= 2 and conv.padding[-1] <= pixels // 2
    return known and is_depthwise(conv)


@cache
def has_wide_vectors() -> bool:
    """Whether this processor has the vectors that the native layers are made for."""
    load_native()
    return torch.ops.vared_mm_native.has_wide_vectors()


def _compiler() -> str:
    """The path of the C++ compiler, ``CXX`` or a common one.

    Raises:
        RuntimeError: if there is none.
    """
    wanted = os.environ.get('CXX')
    for name in [wanted] if wanted else ['c++', 'g++', 'clang++']:
        if found := shutil.which(name):
            return found
    raise RuntimeError(f'no C++ compiler {wanted}' if wanted else 'no C++ compiler')


def _fingerprint(compiler: str) -> str:
    """Of all that a build depends on, the processor too: a home folder may serve several."""
    info = Path('/proc/cpuinfo')
    lines = info.read_text().splitlines() if info.is_file() else []
    features = [line for line in lines if line.startswith(('flags', 'Features'))]
    files = (*SOURCES, *HEADERS)
    text = [(path.relative_to(ROOT).as_posix(), path.read_text()) for path in files]
    made_of = (text, FLAGS, compiler, torch.__version__, platform.machine())
    return hashlib.sha256(repr((made_of, features[:1])).encode()).hexdigest()[:16]


def _compile(compiler: str) -> bytes:
    """The compiled library.

    Raises:
        RuntimeError: if the compiler fails.
    """
    home = Path(torch.__file__).parent
    headers = [ROOT, home / 'include', home / 'include' / 'torch' / 'csrc' / 'api' / 'include']
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, 'native.so')
        command = [compiler, *FLAGS, *(f'-I{path}' for path in headers), *map(str, SOURCES)]
        command += [f'-D_GLIBCXX_USE_CXX11_ABI={int(torch.compiled_with_cxx11_abi())}']
        command += ['-o', str(made), f'-L{home / "lib"}', '-lc10', '-ltorch_cpu', '-ltorch']
        output = ''
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors='replace', timeout=PATIENCE
            )
            output = done.stderr
            if done.returncode == 0:
                return made.read_bytes()
        except subprocess.TimeoutExpired:
            output = f'error: {compiler} has not ended in {PATIENCE} seconds'
        except OSError as error:  # it can't be run, or made nothing
            output = f'error: {compiler}: {error.strerror}'
    reason = next((line for line in output.splitlines() if 'error' in line), f'{compiler} failed')
    raise RuntimeError(f'the C++ files could not be compiled: {reason}')
