"""Pickles from strangers: arrays and plain containers, nothing else."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np

# By use, as numpy moved them between 1.x and 2.x; files hold either place.
_REBUILD = np.zeros(1).__reduce__()[0]
_SCALAR = np.float64(0).__reduce__()[0]
_FROM_BUFFER = np.zeros(1).__reduce_ex__(5)[0]
_ALLOWED = {
    ('numpy', 'ndarray'): np.ndarray,
    ('numpy', 'dtype'): np.dtype,
    ('numpy.core.multiarray', '_reconstruct'): _REBUILD,
    ('numpy._core.multiarray', '_reconstruct'): _REBUILD,
    ('numpy.core.multiarray', 'scalar'): _SCALAR,
    ('numpy._core.multiarray', 'scalar'): _SCALAR,
    ('numpy.core.numeric', '_frombuffer'): _FROM_BUFFER,
    ('numpy._core.numeric', '_frombuffer'): _FROM_BUFFER,
    ('_codecs', 'encode'): str.encode,  # bytes, in a file that Python 3 wrote for Python 2
}


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f'{module}.{name} is not allowed in it') from None


def load_plain_pickle(path: str | Path) -> Any:
    """Read a pickle that holds numbers, text, built-in containers and NumPy arrays of numbers.

    Anything else could run code when it is read, and is refused before it does.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no pickle, or holds anything else; the file is named.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: no such file')
    try:
        with open(path, 'rb') as file:
            return _PlainUnpickler(file, encoding='latin1').load()
    except Exception as error:  # a broken pickle can fail in any way
        raise ValueError(f'{path}: not a plain pickle ({error or type(error).__name__})') from None
