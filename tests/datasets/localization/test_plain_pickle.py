"""Pickles from strangers."""

import os
import pickle

import numpy as np
import pytest

from tests.crafted import Call
from vared_mm.datasets.localization import load_plain_pickle, read_ground_truth


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
    values = {**GOOD, 'gttubes': {'a/v': {0: [tube, tube[1:] + [0, 9, 9, 9, 9]]}}}
    path.write_bytes(pickle.dumps(values))
    first, second = read_ground_truth(path, 'train').frames
    assert (first.frame, first.tubes.tolist()) == (1, [0])
    assert (second.frame, second.tubes.tolist(), second.labels.tolist()) == (2, [0, 1], [0, 0])
    assert second.boxes.tolist() == [[0, 0, 6, 6], [9, 9, 15, 15]]


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        ({'gttubes': {}}, "video 'a/v': KeyError"),
        ({'gttubes': {'a/v': {0: [np.zeros((2, 3))]}}}, "video 'a/v': ValueError"),
        ({'gttubes': {'a/v': {'run': [np.zeros((1, 5))]}}}, "video 'a/v': ValueError"),
        ({'gttubes': {'a/v': [1]}}, "video 'a/v': AttributeError"),
        ({'resolution': {'a/v': 3}}, "video 'a/v': TypeError"),
        ({'nframes': None}, "video 'a/v': TypeError"),
    ],
)
def test_bad_ground_truth(tmp_path, change, said):
    path = tmp_path / 'GT.pkl'
    path.write_bytes(pickle.dumps({**GOOD, **change}))
    with pytest.raises(ValueError, match=f'GT.pkl: {said}'):
        read_ground_truth(path, 'train')


@pytest.mark.parametrize('values', [{}, [1], {k: v for k, v in GOOD.items() if k != 'labels'}])
def test_a_key_is_missing(tmp_path, values):
    path = tmp_path / 'GT.pkl'
    path.write_bytes(pickle.dumps(values))
    with pytest.raises(ValueError, match="GT.pkl: no key 'labels'"):
        read_ground_truth(path, 'train')
