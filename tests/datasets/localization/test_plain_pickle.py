"""Pickles from strangers."""

import os
import pickle
import struct

import numpy as np
import pytest

from tests.crafted import Call
from vared_mm.datasets.localization import (
    ground_truth_pickle,
    load_plain_pickle,
    plain_pickle,
    read_ground_truth,
)


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_and_plain_containers_come_in(tmp_path, protocol):
    values = {
        'labels': ['a', 'b'],
        'tubes': {'v': {0: [np.arange(10, dtype=np.float32).reshape(2, 5)]}},
        'counts': {'v': np.int64(3), 'w': 4},
        'sizes': {'v': (240, 320), 'w': None},
        'share': 0.5,
    }
    path = tmp_path / 'x.pkl'
    path.write_bytes(pickle.dumps(values, protocol))
    found = load_plain_pickle(path)
    np.testing.assert_array_equal(found['tubes']['v'][0][0], values['tubes']['v'][0][0])
    found['tubes'] = values['tubes']
    assert found == values


def test_as_python_2_wrote_it(tmp_path):
    """Its text is bytes, and NumPy's place an old one."""
    path = tmp_path / 'x.pkl'
    text = b"(dp0\nS'labels'\np1\n(lp2\nS'run'\np3\nas."
    path.write_bytes(text)
    assert load_plain_pickle(path) == {'labels': ['run']}


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_anything_else_is_refused_before_it_runs(tmp_path, protocol):
    path, folder = tmp_path / 'x.pkl', tmp_path / 'made'
    path.write_bytes(pickle.dumps({'labels': [Call(os.mkdir, str(folder))]}, protocol))
    with pytest.raises(ValueError, match=r'x.pkl: not a plain pickle \(\w+.mkdir is not allowed'):
        load_plain_pickle(path)
    assert not folder.exists()


@pytest.mark.parametrize('data', [b'', b'no pickle', pickle.dumps({'a': 1})[:-3]])
def test_no_pickle(tmp_path, data):
    path = tmp_path / 'x.pkl'
    path.write_bytes(data)
    with pytest.raises(ValueError, match='x.pkl: not a plain pickle'):
        load_plain_pickle(path)


GOOD = {
    'labels': ['a'],
    'gttubes': {'a/v': {0: [np.array([[1, 0, 0, 5, 5]])]}},
    'nframes': {'a/v': 1},
    'train_videos': [['a/v']],
    'test_videos': [[]],
    'resolution': {'a/v': (240, 320)},
}


def test_ground_truth_of_two_tubes(tmp_path):
    path = tmp_path / 'GT.pkl'
    tube = np.array([[1, 0, 0, 5, 5], [2, 0, 0, 6, 6]])
    tubes = [tube, tube[1:] + [0, 9, 9, 9, 9]]
    values = {**GOOD, 'gttubes': {'a/v': {0: tubes}}, 'nframes': {'a/v': 2}}
    path.write_bytes(pickle.dumps(values))
    first, second = read_ground_truth(path, 'train').frames
    assert (first.frame, first.tubes.tolist()) == (1, [0])
    assert (second.frame, second.tubes.tolist(), second.labels.tolist()) == (2, [0, 1], [0, 0])
    assert second.boxes.tolist() == [[0, 0, 6, 6], [9, 9, 15, 15]]


def tube(*row: float, dtype: type = np.float32) -> dict:
    """Tubes of a video of one row."""
    return {'gttubes': {'a/v': {0: [np.array([row], dtype)]}}}


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'gttubes': {}}, "video 'a/v': not in key 'gttubes'"),
        ({'gttubes': [1]}, "key 'gttubes' is no dict by video"),
        ({'gttubes': {'a/v': [1]}}, "video 'a/v': key 'gttubes' holds no dict by label"),
        ({'gttubes': {'a/v': {'run': [np.zeros((1, 5))]}}}, "video 'a/v': label 'run' has no name"),
        ({'gttubes': {'a/v': {1: []}}}, "video 'a/v': label '1' has no name"),
        ({'gttubes': {'a/v': {0: np.zeros((1, 5))}}}, "video 'a/v': label 0: no list of tubes"),
        ({'gttubes': {'a/v': {0: [[1, 0, 0, 5, 5]]}}}, r'label 0: tube 0 is no array \(M, 5\)'),
        ({'gttubes': {'a/v': {0: [np.zeros((5, 2))]}}}, r'label 0: tube 0 is no array \(M, 5\)'),
        ({'gttubes': {'a/v': {0: [np.ones((2, 5))]}}}, 'label 0: tube 0 has a frame twice'),
        (tube(1, 0, 0, 5, 5, dtype=complex), 'label 0: tube 0 holds no real numbers'),
        (tube(1, 0, np.nan, 5, 5), 'label 0: tube 0 holds numbers that are not finite'),
        (tube(1, 0, 0, 5, np.inf), 'label 0: tube 0 holds numbers that are not finite'),
        (tube(1, 0, 0, 5, 1e30), 'label 0: tube 0 holds numbers that are not finite, or huge'),
        (tube(0, 0, 0, 5, 5), 'label 0: tube 0 has frames beyond 1 to 1'),
        (tube(2, 0, 0, 5, 5), 'label 0: tube 0 has frames beyond 1 to 1'),
        (tube(0.5, 0, 0, 5, 5), 'label 0: tube 0 has frames beyond 1 to 1'),
        ({'resolution': {'a/v': 3}}, "video 'a/v': no whole numbers as sizes"),
        ({'resolution': {'a/v': (3, 'x')}}, "video 'a/v': no whole numbers as sizes"),
        ({'resolution': {'a/v': (3, 4, 5)}}, "video 'a/v': no whole numbers as sizes"),
        ({'nframes': {'a/v': -1}}, "video 'a/v': no whole numbers as sizes"),
        ({'nframes': None}, "key 'nframes' is no dict by video"),
        ({'labels': 'abc'}, "key 'labels' is no list of names"),
        ({'labels': [1]}, "key 'labels' is no list of names"),
        ({'train_videos': 5}, "key 'train_videos' has no split 1"),
        ({'train_videos': ['a/v']}, "key 'train_videos': split 1 is no list of names"),
        ({'train_videos': [['../v']]}, "video '../v': is no folder below that of the images"),
        ({'train_videos': [['/a']]}, "video '/a': is no folder below that of the images"),
    ],
)
def test_bad_ground_truth(tmp_path, change, message):
    path = tmp_path / 'GT.pkl'
    path.write_bytes(pickle.dumps({**GOOD, **change}))
    with pytest.raises(ValueError, match=f'GT.pkl: .*{message}') as error:
        read_ground_truth(path, 'train')
    assert '\n' not in str(error.value)


def test_one_array_named_again_and_again(tmp_path, monkeypatch):
    """A small file that would fill the memory."""
    monkeypatch.setattr(ground_truth_pickle, 'MOST_BOXES', 5)
    values = {**GOOD, 'gttubes': {'a/v': {0: [np.array([[1, 0, 0, 5, 5]])] * 6}}}
    path = tmp_path / 'GT.pkl'
    path.write_bytes(pickle.dumps(values))
    with pytest.raises(ValueError, match="video 'a/v': more than 5 boxes"):
        read_ground_truth(path, 'train')


@pytest.mark.parametrize('values', [{}, [1], {k: v for k, v in GOOD.items() if k != 'labels'}])
def test_a_key_is_missing(tmp_path, values):
    path = tmp_path / 'GT.pkl'
    path.write_bytes(pickle.dumps(values))
    with pytest.raises(ValueError, match="GT.pkl: no key 'labels'"):
        read_ground_truth(path, 'train')


@pytest.mark.parametrize(
    ('steps', 'message'),
    [
        (b'}(' + b')' + b'\x85' * 10**6 + b'K\x01u', 'a key of type tuple'),  # ends in the stack
        (b'r\xff\xff\xff\xff', 'list index'),  # a memo of 4 billion
        (b'K\x01r\xff\xff\xff\xff0', 'the step POP'),
        (b'\x8f', 'the step EMPTY_SET'),
        (b']K\x01K\x02s', 'a change of what is no dict'),
        (b'}(K\x01u', 'zip'),
        (b'cnumpy\nndarray\n)R', 'such a call'),
        (b'cnumpy\ndtype\n)\x81', 'the step NEWOBJ'),
        (b'cnumpy.core.multiarray\nscalar\n}b', 'such a state'),  # would set the function's
        (b'cnumpy\nndarray\n}b', 'such a state'),
        (b'K\x01K\x02R', 'such a call'),
        (b'K\x01(K\x02R', 'values are missing'),
        (b'cos\nsystem\x1b[31m\n', r'os.system\?\[31m is not allowed'),
        (b'\x82\x01', 'the step EXT1'),
        (b'8' * 5 + b'\x8e' + b'\xff' * 7 + b'\x7f', ''),  # a text of 2**63 bytes
    ],
)
def test_steps_of_no_file(tmp_path, steps, message):
    path = tmp_path / 'x.pkl'
    path.write_bytes(b'\x80\x02' + steps + b'.')
    with pytest.raises(ValueError, match=f'x.pkl: not a plain pickle .*{message}') as error:
        load_plain_pickle(path)
    assert len(str(error.value)) < 500 and str(error.value).isprintable()


def test_bytes_named_again_and_again(tmp_path):
    """Each array would have a copy of its own."""
    dtype = b'cnumpy\ndtype\nX\x02\x00\x00\x00u1\x89\x88\x87Rq\x01'
    data = b'B' + (2**20).to_bytes(4, 'little') + bytes(2**20) + b'q\x02'
    begin = b'cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R'
    one = begin + b'(K\x01J\x00\x00\x10\x00\x85h\x01\x89h\x02tb'
    path = tmp_path / 'x.pkl'
    for times in (1, 4):
        path.write_bytes(b'\x80\x03(' + dtype + data + one * times + b'l.')
        if times == 1:
            assert load_plain_pickle(path)[2].shape == (2**20,)
    with pytest.raises(ValueError, match='its arrays hold more than the file does'):
        load_plain_pickle(path)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    path = tmp_path / 'x.pkl'
    path.write_bytes(pickle.dumps([1]))
    monkeypatch.setattr(plain_pickle, 'LARGEST', 3)
    with pytest.raises(ValueError, match='x.pkl: not a plain pickle .larger than'):
        load_plain_pickle(path)


def test_an_array_as_python_2_wrote_it_in_the_oldest_protocol(tmp_path):
    path = tmp_path / 'x.pkl'
    data = struct.pack('<2d', 1.5, -2.0).decode('latin1')
    escaped = ''.join(f'\\x{ord(mark):02x}' for mark in data)
    path.write_text(
        "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I2\nt"
        "cnumpy\ndtype\n(S'f8'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\n"
        f"S'{escaped}'\ntb."
    )
    assert load_plain_pickle(path).tolist() == [1.5, -2.0]
