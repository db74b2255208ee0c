"""What is nested too deep is refused before it ends the process."""

import pickle
import zipfile

import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader

from vared_mm.compat.pickle_depth import DEEPEST, check_depth

KEY = b'\x80\x02}(' + b')' + b'\x85' * 10**6 + b'K\x01u.'
#: The same, with notes and lists between.
SLOW = b'\x80\x02}(' + b')' + b'\x85q\x01h\x01\x86' * 10**4 + b'K\x01u.'


def write(path, data: bytes, zipped: bool) -> str:
    """A checkpoint of these steps."""
    torch.save({'a': 1}, path, _use_new_zipfile_serialization=zipped)
    if zipped:
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        with zipfile.ZipFile(path, 'w') as new:
            for name, part in parts.items():
                new.writestr(name, data if name.endswith('data.pkl') else part)
    else:
        path.write_bytes(path.read_bytes().replace(pickle.dumps({'a': 1}, 2), data))
    return str(path)


@pytest.mark.parametrize('zipped', [True, False])
@pytest.mark.parametrize('data', [KEY, SLOW])
def test_deep_tuples_are_refused(tmp_path, data, zipped):
    path = write(tmp_path / 'x.pth', data, zipped)
    with pytest.raises(pickle.UnpicklingError, match=f'x.pth: refused: .*nested {DEEPEST} times'):
        CheckpointLoader.load_checkpoint(path, 'cpu', 'silent')


@pytest.mark.parametrize('zipped', [True, False])
def test_what_is_only_long_is_not_deep(tmp_path, zipped):
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.ones(2))])
    long = {'state_dict': {}, 'numbers': list(range(20_000)), 'o': optimizer.state_dict()}
    long['by number'] = {number: (number, [number]) for number in range(20_000)}
    torch.save(long, tmp_path / 'x.pth', _use_new_zipfile_serialization=zipped)
    loaded = CheckpointLoader.load_checkpoint(str(tmp_path / 'x.pth'), 'cpu', 'silent')
    assert loaded['numbers'] == long['numbers'] and loaded['by number'] == long['by number']


def test_what_is_broken_is_left_to_the_loader(tmp_path):
    for name, data in {'a.pth': b'', 'b.pth': b'PK\x03\x04', 'c.pth': KEY[:50]}.items():
        (tmp_path / name).write_bytes(data)
        check_depth(str(tmp_path / name))
    check_depth(str(tmp_path / 'none.pth'))
    check_depth('https://example.org/a.pth')
