"""NumPy's arrays and numbers in a stranger's pickle, made from parts that are checked.

NumPy itself rebuilds a dtype from any state that a file names. One of objects whose flags are
cleared is filled from the file's bytes, so that the file chooses pointers. These stand-ins take the
places of NumPy's own constructors and make arrays and numbers of plain kinds only: bool, integers,
floats, complex numbers and text.
"""

import math
import pickle
import re
from typing import Any

import numpy as np

_CODE = re.compile(r'b1|[iu][1248]|f(2|4|8|12|16)|c(8|16|24|32)|[SU][1-9]\d{0,5}')
#: Largest shape of an array that holds nothing, all sides that are not 0 multiplied.
_EMPTY = 2**20
_LARGEST_CODE_POINT = 0x10FFFF


def refuse(what: str) -> pickle.UnpicklingError:
    """The error to raise, in one line whatever the file calls itself."""
    shown = ''.join(mark if mark.isprintable() else '?' for mark in what[:100])
    return pickle.UnpicklingError(f'{shown} is not allowed in it')


class PlainDtype:
    """Stands for ``numpy.dtype``: a code of a plain kind, and an order of bytes.

    Raises:
        UnpicklingError: if it is of another kind.
    """

    __slots__ = ('_dtype',)

    def __init__(self, code: str, align: Any = False, copy: Any = False) -> None:
        if type(code) is not str or not _CODE.fullmatch(code):
            raise refuse(f'a dtype of code {code if type(code) is str else type(code).__name__}')
        try:
            self._dtype = np.dtype(code)
        except TypeError:  # a size that this machine lacks
            raise refuse(f'a dtype of code {code}') from None

    def __setstate__(self, state: tuple) -> None:
        """Take the order; sizes, which the code has said, and flags must be those of such a kind.

        ``state`` is version, order, subtype, names, fields, size, alignment, flags.
        """
        match state:
            case (3, '<' | '>' | '|' | '=' as order, None, None, None, int(size), int(), 0 | 8):
                if size in (-1, self._dtype.itemsize):
                    self._dtype = self._dtype.newbyteorder(order)
                    return
        raise refuse('a dtype with such a state')

    def build(self) -> np.dtype:
        """NumPy's own."""
        return self._dtype


class PlainArray:
    """Stands for ``numpy.ndarray``: empty, then with the state that follows it in the file."""

    __slots__ = ('_array',)

    def __init__(self) -> None:
        self._array: np.ndarray | None = None

    def __setstate__(self, state: tuple) -> None:
        """Take version, shape, dtype, whether in Fortran's order, and the bytes."""
        match state:
            case (1, shape, dtype, bool() | 0 | 1 as fortran, data) if self._array is None:
                self._array = _filled(data, dtype, shape, 'F' if fortran else 'C')
            case _:
                raise refuse('an array with such a state')

    def build(self) -> np.ndarray:
        """NumPy's own."""
        if self._array is None:
            raise refuse('an array without content')
        return self._array


def reconstruct(kind: Any, shape: Any, code: Any) -> PlainArray:
    """Stands for ``_reconstruct``, which begins every array."""
    if kind is not PlainArray or shape != (0,) or code not in (b'b', 'b'):
        raise refuse('an array that begins so')
    return PlainArray()


def scalar(dtype: Any, data: Any) -> Any:
    """Stands for ``scalar``: a number or a text of NumPy's."""
    return _filled(data, dtype, (), 'C')[()]


def from_buffer(data: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray:
    """Stands for ``_frombuffer``, which makes arrays in protocol 5."""
    if order not in ('C', 'F'):
        raise refuse('an array of such an order')
    return _filled(data, dtype, shape, order)


def encode(text: Any, encoding: Any) -> bytes:
    """Stands for ``_codecs.encode``: bytes, in a file that Python 3 wrote for Python 2."""
    if type(text) is not str or encoding not in ('latin1', 'latin-1'):
        raise refuse('a text of another encoding than latin1')
    return text.encode('latin1')


def no_bytes() -> bytes:
    """Stands for ``bytes``, by which Python 3 writes empty ones for Python 2."""
    return b''


#: What each name stands for; NumPy's moved between 1.x and 2.x, and files hold either place.
STAND_INS: dict[tuple[str, str], Any] = {
    ('numpy', 'ndarray'): PlainArray,
    ('numpy', 'dtype'): PlainDtype,
    ('builtins', 'bytes'): no_bytes,
    **{
        (f'numpy.{core}.{place}', name): call
        for core in ('core', '_core')
        for place, name, call in (
            ('multiarray', '_reconstruct', reconstruct),
            ('multiarray', 'scalar', scalar),
            ('numeric', '_frombuffer', from_buffer),
        )
    },
}


def _filled(data: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray:
    """An array of its own, of bytes that are exactly its own."""
    if type(data) is str:  # as Python 2 wrote it
        data = data.encode('latin1')
    if type(dtype) is not PlainDtype or type(data) not in (bytes, bytearray):
        raise refuse('an array of anything but bytes of a plain kind')
    if type(shape) is not tuple or len(shape) > 32 or any(type(side) is not int for side in shape):
        raise refuse('an array of such a shape')
    kind = dtype.build()
    fits = math.prod(shape) * kind.itemsize == len(data)
    empty = not data and math.prod(side for side in shape if side) <= _EMPTY
    if min(shape, default=0) < 0 or not fits or not (data or empty):
        raise refuse(f'an array of shape {shape} and {len(data)} bytes')
    array = np.frombuffer(bytes(data), kind) if data else np.empty(0, kind)
    if kind.kind == 'b' and (array.view(np.uint8) > 1).any():
        raise refuse('a bool that is neither')
    points = np.dtype(np.uint32).newbyteorder(kind.byteorder)
    if kind.kind == 'U' and (array.view(points) > _LARGEST_CODE_POINT).any():
        raise refuse('a text of no known characters')
    return array.reshape(shape, order=order).copy(order=order)
