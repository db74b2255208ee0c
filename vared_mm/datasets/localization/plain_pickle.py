"""Pickles from strangers: arrays and plain containers, nothing else."""

import codecs
import io
import pickle
import pickletools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vared_mm.compat.plain_numpy import STAND_INS, PlainArray, PlainDtype, encode, refuse

#: Bytes of the largest file that is read; J-HMDB's has some 9 MB.
LARGEST = 2**30
#: Bytes that arrays may hold beyond those of the file.
_SPARE = 2**20
_NAMES = {
    **STAND_INS,
    ('_codecs', 'encode'): encode,
    ('__builtin__', 'bytes'): STAND_INS['builtins', 'bytes'],
}
_CALLS = {name: call for name, call in _NAMES.items() if call is not PlainArray}
_FRESH: dict[str, Callable[[], Any]] = {
    'NONE': lambda: None,
    'NEWTRUE': lambda: True,
    'NEWFALSE': lambda: False,
    'EMPTY_TUPLE': tuple,
    'EMPTY_LIST': list,
    'EMPTY_DICT': dict,
}
_LITERAL = {
    *('INT', 'BININT', 'BININT1', 'BININT2', 'LONG', 'LONG1', 'LONG4', 'FLOAT', 'BINFLOAT'),
    *('STRING', 'BINSTRING', 'SHORT_BINSTRING', 'BINBYTES', 'SHORT_BINBYTES', 'BINBYTES8'),
    *('UNICODE', 'BINUNICODE', 'SHORT_BINUNICODE', 'BINUNICODE8', 'BYTEARRAY8'),
}
_KEYS = (str, bytes, int, float, type(None), np.generic)


class _PlainReader:
    """A machine for pickles that can only make data.

    Python's own hands what a file names to whatever the file wants done with it, and follows it
    until the memory or the stack is full.
    """

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.room = len(data) + _SPARE

    def load(self) -> Any:
        """Run it to its end.

        Raises:
            UnpicklingError: if it wants anything but data.
            ValueError, EOFError, IndexError, KeyError: if it is broken.
        """
        while (step := pickletools.code2op.get(self.file.read(1).decode('latin1'))) is not None:
            if step.name == 'STOP':
                return self.stack.pop()
            self._do(step.name, self._argument(step))
        raise EOFError('cut off, or no pickle')

    def _argument(self, step: pickletools.OpcodeInfo) -> Any:
        if step.name == 'STRING':  # Python 2 writes bytes in it, too
            text = pickletools.read_stringnl(self.file, decode=False)
            return codecs.escape_decode(text)[0].decode('latin1')
        return step.arg.reader(self.file) if step.arg is not None else None

    def _do(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in _LITERAL:
            stack.append(argument)
        elif name in _FRESH:
            stack.append(_FRESH[name]())
        elif name == 'MARK':
            self.marks.append(len(stack))
        elif name in ('PUT', 'BINPUT', 'LONG_BINPUT', 'MEMOIZE'):
            self.memo[len(self.memo) if argument is None else argument] = stack[-1]
        elif name in ('GET', 'BINGET', 'LONG_BINGET'):
            known = self.memo[argument]
            stack.append(known.build() if isinstance(known, PlainArray) else known)
        elif name in ('TUPLE', 'TUPLE1', 'TUPLE2', 'TUPLE3'):
            stack.append(tuple(self._take(int(name[5:]) if name[5:] else None)))
        elif name == 'LIST':
            stack.append(self._take())
        elif name in ('APPEND', 'APPENDS'):
            items = self._take(1 if name == 'APPEND' else None)
            self._top(list).extend(items)
        elif name in ('DICT', 'SETITEM', 'SETITEMS'):
            items = self._take(2 if name == 'SETITEM' else None)
            if name == 'DICT':
                stack.append({})
            self._set(self._top(dict), items)
        elif name in ('GLOBAL', 'STACK_GLOBAL'):
            words = self._take(2) if argument is None else argument.split(' ', 1)
            if not all(type(word) is str for word in words):
                raise refuse('such a name')
            stack.append(self._name(*words))
        elif name == 'REDUCE':
            call, arguments = self._take(2)
            if type(arguments) is not tuple or not any(call is one for one in _CALLS.values()):
                raise refuse('such a call')
            stack.append(self._measured(call(*arguments)))
        elif name == 'BUILD':
            made, state = self._take(2)
            if type(made) not in (PlainArray, PlainDtype):
                raise refuse('such a state')
            made.__setstate__(state)
            stack.append(self._measured(made.build()) if isinstance(made, PlainArray) else made)
        elif name not in ('PROTO', 'FRAME'):
            raise refuse(f'the step {name}')

    def _measured(self, value: Any) -> Any:
        """A value made of bytes, which a file may name again and again."""
        self.room -= len(value) if type(value) is bytes else getattr(value, 'nbytes', 0)
        if self.room < 0:
            raise pickle.UnpicklingError('its arrays hold more than the file does')
        return value

    def _take(self, count: int | None = None) -> list[Any]:
        """The last values; all since the last mark if no number is given."""
        first = self.marks.pop() if count is None else len(self.stack) - count
        if first < (self.marks[-1] if self.marks else 0) or first > len(self.stack):
            raise pickle.UnpicklingError('values are missing')
        items = self.stack[first:]
        del self.stack[first:]
        return items

    def _top(self, kind: type) -> Any:
        if type(self.stack[-1]) is not kind:
            raise refuse(f'a change of what is no {kind.__name__}')
        return self.stack[-1]

    @staticmethod
    def _name(module: str, name: str) -> Any:
        try:
            return _NAMES[module, name]
        except KeyError:
            raise refuse(
                f'{module}.{name}' if type(module) is type(name) is str else 'it'
            ) from None

    @staticmethod
    def _set(into: dict, items: list[Any]) -> None:
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, _KEYS):  # a tuple in tuples could fill the stack
                raise refuse(f'a key of type {type(key).__name__}')
            into[key] = value


def load_plain_pickle(path: str | Path) -> Any:
    """Read a pickle that holds numbers, text, built-in containers and NumPy arrays of such.

    Anything else could run code when it is read, or choose what memory is read, and is refused
    before it does. Arrays and numbers of NumPy are made anew from their code, shape and bytes.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no pickle, is larger than 1 GiB or holds anything else; the file is
            named.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path}: no such file')
    if path.stat().st_size > LARGEST:
        raise ValueError(f'{path}: not a plain pickle (larger than {LARGEST >> 30} GiB)')
    try:
        return _PlainReader(path.read_bytes()).load()
    except Exception as error:  # a broken pickle can fail in any way
        reason = str(error).partition('\n')[0][:200] or type(error).__name__
        raise ValueError(f'{path}: not a plain pickle ({reason})') from None
