"""Weights as safetensors, written and read wherever a checkpoint is."""

import pytest
import torch
from mmengine.runner import load_checkpoint
from safetensors.torch import load_file
from torch import nn

from vared_mm.engine import read_checkpoint, save_safetensors


def test_round_trip_to_the_bit(tmp_path):
    kinds = (torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool)
    weights = {str(kind): torch.randn(3, 4).to(kind) for kind in kinds}
    weights |= {'turned': weights['torch.float32'].t(), 'none': torch.empty(0, 3)}
    weights['shared'] = weights['torch.float32']
    save_safetensors(weights, tmp_path / 'new' / 'a.safetensors')
    for found in (
        load_file(tmp_path / 'new' / 'a.safetensors'),
        read_checkpoint(tmp_path / 'new' / 'a.safetensors')['state_dict'],
    ):
        assert found.keys() == weights.keys()
        for name, value in weights.items():
            assert found[name].dtype == value.dtype and torch.equal(found[name], value)


def test_upstream_reads_it(tmp_path):
    model, other = nn.Linear(3, 2), nn.Linear(3, 2)
    save_safetensors(model.state_dict(), tmp_path / 'a.safetensors')
    load_checkpoint(other, str(tmp_path / 'a.safetensors'), 'cpu', strict=True)
    assert torch.equal(model.weight, other.weight) and torch.equal(model.bias, other.bias)


@pytest.mark.parametrize('data', [b'', b'no such file', b'\xff' * 100])
def test_what_is_none_is_named(tmp_path, data):
    path = tmp_path / 'a.safetensors'
    path.write_bytes(data)
    with pytest.raises(ValueError, match='a.safetensors: not a checkpoint'):
        read_checkpoint(path)


def test_a_file_that_is_cut_off_at_any_place(tmp_path):
    path = tmp_path / 'a.safetensors'
    save_safetensors({'weight': torch.randn(5)}, path)
    data = path.read_bytes()
    for size in range(len(data)):
        path.write_bytes(data[:size])
        with pytest.raises(ValueError, match='a.safetensors: not a checkpoint'):
            read_checkpoint(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.safetensors: no such checkpoint'):
        read_checkpoint(tmp_path / 'none.safetensors')


@pytest.mark.parametrize(
    ('weights', 'name', 'message'),
    [({'a': 3}, 'a.safetensors', 'a is no tensor but int'), ({}, 'a.pth', 'must end in .safe')],
)
def test_what_can_not_be_written(tmp_path, weights, name, message):
    with pytest.raises(ValueError, match=f'{name}: {message}'):
        save_safetensors(weights, tmp_path / name)
