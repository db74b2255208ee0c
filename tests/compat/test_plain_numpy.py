"""Every constructor that a pickle or a checkpoint reaches, called with what it was not made for."""

import itertools
import pickle
import struct
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner.checkpoint import CheckpointLoader

from vared_mm.compat.plain_checkpoint import ALLOWED, settle
from vared_mm.compat.plain_numpy import PlainArray, PlainDtype, encode, reconstruct
from vared_mm.datasets.localization import load_plain_pickle

PLAIN = 'biufcSU'
WILD = struct.pack('<Q', 0x4141414141414141)
FLOAT, TEXT = PlainDtype('f8'), PlainDtype('U1')
ODD = [
    *(None, True, 0, 1, -1, 2**40, 10**30, 0.5, float('nan')),
    *(
        'O8',
        'O',
        'V8',
        'M8[ns]',
        'f8',
        'U2',
        'U0',
        'S9999999',
        '2f8',
        'f8,O',
        'b1',
        '',
        'C',
        'latin1',
    ),
    *(b'b', b'', WILD, bytearray(WILD), b'\xff' * 4),
    *((), (0,), (1,), (-1,), (-1, -1), (2**40, 0), (2**62, 4), (True,), (1.0,), (1,) * 40),
    *([], {}, {'names': ['a'], 'formats': ['O']}, np.zeros(1), np.dtype('O'), np.ndarray),
    *(FLOAT, TEXT, PlainArray, PlainDtype),
]
#: Of dtypes and of arrays; each part is also left as it should be.
DTYPE_STATES = itertools.product(
    (3, 4), ('<', '|', 'x', None), (None, (np.dtype('O'), (2,))), (None, ('a',)),
    (None, {'a': (np.dtype('O'), 0)}), (-1, 8, 1, 2**40), (-1, 1), (0, 8, 1, 2, 63, -1, None),
)  # fmt: skip
ARRAY_STATES = itertools.product(
    (1, 0, None), ((1,), (2,), (-1,), (0, 2**40), 'x'), (FLOAT, TEXT, np.dtype('O'), 'O', None),
    (False, 1, 2, 'C'), (WILD, WILD * 2, b'', [object()], WILD.decode('latin1'), 8),
)  # fmt: skip


def is_plain(value: Any) -> bool:
    """Whether it is data, and its own."""
    if isinstance(value, PlainDtype):
        return value.build().kind in PLAIN and not value.build().hasobject
    if isinstance(value, PlainArray):
        return value._array is None or is_plain(value.build())
    if isinstance(value, np.ndarray):
        fresh = np.dtype(value.dtype.str)
        return fresh.kind in PLAIN and value.dtype.flags == fresh.flags and value.nbytes < 1000
    return type(value) in (bytes, str) or (
        isinstance(value, np.generic) and value.dtype.kind in PLAIN
    )


def load_checkpoint(path: Any) -> Any:
    return CheckpointLoader.load_checkpoint(str(path), 'cpu', 'silent')


def attempt(call: Any, *args: Any) -> Any:
    """What it gives; b'' where it refuses."""
    try:
        return call(*args)
    except (pickle.UnpicklingError, TypeError, ValueError):
        return b''


@pytest.mark.parametrize('name', [*ALLOWED, '_codecs.encode'])
def test_no_constructor_makes_more_than_data(name):
    call = ALLOWED.get(name, encode)
    made = [attempt(call, *args) for n in (0, 1, 2, 3) for args in itertools.product(ODD, repeat=n)]
    if name.endswith('_frombuffer'):
        some = ODD[::3], (FLOAT, TEXT, 'f8', None), ODD, ('C', 'F', None)
        made += [attempt(call, *args) for args in itertools.product(*some)]
    if 'History' not in name:
        assert all(map(is_plain, made))


def test_no_state_makes_more_than_data():
    for state in DTYPE_STATES:
        for code in ('f8', 'U2'):
            made = PlainDtype(code)
            attempt(made.__setstate__, state)
            assert is_plain(made), state
    for state in ARRAY_STATES:
        array = reconstruct(PlainArray, (0,), b'b')
        attempt(array.__setstate__, state)
        assert is_plain(array), state
    assert np.dtype('f8').flags == 0 and not np.dtype('f8').hasobject  # one for the whole process


class Rebuilt:
    """Pickles to a call and a state."""

    def __init__(self, call: Any, args: tuple, state: Any = None) -> None:
        self.call, self.args, self.state = call, args, state

    def __reduce__(self) -> tuple:
        return (self.call, self.args, self.state) if self.state else (self.call, self.args)


BEGIN, SCALAR = np.zeros(1).__reduce__()[0], np.float64(0).__reduce__()[0]
OBJECTS = Rebuilt(np.dtype, ('O8', False, True), (3, '|', None, None, None, 8, 8, 0))
INSIDE = Rebuilt(
    np.dtype, ('f8', False, True), (3, '<', None, ('a',), {'a': (OBJECTS, 0)}, 8, 8, 0)
)
NESTED = Rebuilt(np.dtype, ('f8', False, True), (3, '<', (OBJECTS, (1,)), None, None, 8, 8, 0))
FLAGGED = Rebuilt(np.dtype, ('f8', False, False), (3, '<', None, None, None, -1, -1, 63))
DOUBLE = Rebuilt(np.dtype, ('f8', False, True))


def array(dtype: Any, shape: tuple = (1,), data: Any = WILD) -> Rebuilt:
    return Rebuilt(BEGIN, (np.ndarray, (0,), b'b'), (1, shape, dtype, False, data))


CRAFTED = {
    'objects': array(OBJECTS),
    'objects in a field': array(INSIDE),
    'objects in a subtype': array(NESTED),
    'objects by a flag': array(FLAGGED),
    'a scalar': Rebuilt(SCALAR, (OBJECTS, WILD)),
    'a large shape': array(DOUBLE, (2**40,)),
    'a large empty one': array(DOUBLE, (2**40, 0), b''),
    'a negative shape': array(DOUBLE, (-1, -1)),
    'too few bytes': array(DOUBLE, (2,)),
    'not filled': Rebuilt(np.ndarray, ((2**20,), 'f8')),
    'text of no characters': array(Rebuilt(np.dtype, ('U2', False, True))),
    'a list': array(DOUBLE, (1,), [object]),
}


@pytest.mark.parametrize('kind', CRAFTED)
def test_a_crafted_file_is_refused_by_both_readers(tmp_path, kind):
    path = tmp_path / 'x.pkl'
    path.write_bytes(pickle.dumps({'labels': [CRAFTED[kind]]}, 2))
    with pytest.raises(ValueError, match='x.pkl: not a plain pickle') as message:
        load_plain_pickle(path)
    assert '\n' not in str(message.value)
    torch.save({'state_dict': {}, 'meta': CRAFTED[kind]}, tmp_path / 'x.pth')
    with pytest.raises((pickle.UnpicklingError, TypeError), match='not allowed|refused|argument'):
        load_checkpoint(tmp_path / 'x.pth')
    assert np.dtype('f8').flags == 0


@pytest.mark.parametrize(
    'code', ['?', 'i1', '>i4', 'u8', 'f2', '<f4', '>f8', 'c8', 'S3', '<U2', '>U2']
)
@pytest.mark.parametrize('protocol', [2, 5])
def test_what_is_plain_comes_in_as_it_was(tmp_path, code, protocol):
    plain = np.array([[0, 1, 0], [1, 1, 0]]).astype(code)
    values = {'c': plain, 'f': np.asfortranarray(plain), 'empty': plain[:0], 'one': plain[0, 1]}
    path = tmp_path / 'x.pkl'
    path.write_bytes(pickle.dumps(values, protocol))
    torch.save(values, tmp_path / 'x.pth')
    for found in (
        load_plain_pickle(path),
        load_checkpoint(tmp_path / 'x.pth'),
    ):
        for key, value in values.items():
            assert type(found[key]) is type(value) and found[key].dtype == value.dtype
            assert found[key].shape == value.shape and np.all(found[key] == value)
        assert found['f'].flags.f_contiguous and found['c'].flags.writeable


def test_a_history_can_not_change_what_others_compute(tmp_path):
    """mmengine's own takes its statistics for those of the class."""
    buffer = HistoryBuffer([1.0, 3.0], [1, 1])
    state = {**buffer.__getstate__(), 'statistics_methods': {'mean': HistoryBuffer.min}}
    crafted = Rebuilt(HistoryBuffer, (), state)
    torch.save({'state_dict': {}, 'x': (crafted, [crafted])}, tmp_path / 'x.pth')
    first, (second,) = load_checkpoint(tmp_path / 'x.pth')['x']
    assert type(first) is HistoryBuffer and first is second
    assert HistoryBuffer([1.0, 3.0], [1, 1]).statistics('mean') == 2 == first.statistics('mean')


@pytest.mark.parametrize('log', [np.zeros((2, 2)), np.array(['a', 'b']), np.zeros(3), None])
def test_a_history_of_no_numbers_is_refused(tmp_path, log):
    state = {**HistoryBuffer([1.0, 3.0], [1, 1]).__getstate__(), '_log_history': log}
    torch.save({'state_dict': {}, 'x': Rebuilt(HistoryBuffer, (), state)}, tmp_path / 'x.pth')
    with pytest.raises(pickle.UnpicklingError, match='such a history of logs'):
        load_checkpoint(tmp_path / 'x.pth')


def test_settling_keeps_what_is_shared_and_goes_round_in_circles():
    made = reconstruct(PlainArray, (0,), b'b')
    made.__setstate__((1, (1,), FLOAT, False, WILD))
    circle: list = [made]
    circle.append(circle)
    found = settle({'a': circle, 'b': (made, (made,)), 'c': (1, 2)})
    assert found['a'][0] is found['b'][0] is found['b'][1][0] and found['a'][1] is found['a']
    assert type(found['a'][0]) is np.ndarray and found['c'] == (1, 2)
