"""What is no weight is refused wherever a checkpoint is loaded, and the model stays as it was."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from mmengine.model import BaseModule
from mmengine.runner import load_checkpoint
from mmengine.runner.checkpoint import CheckpointLoader
from safetensors.torch import save_file
from torch import nn

from vared_mm.apis import match_checkpoint
from vared_mm.engine import read_checkpoint

ONE = torch.ones(2, 2)
with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # prototypes
    NO_WEIGHTS = {
        'meta': (ONE.to('meta'), 'has no data'),
        'array': (ONE.numpy(), 'is no tensor but ndarray'),
        'number': (1.5, 'is no tensor but float'),
        'scalar': (np.float64(1.5), 'is no tensor but float64'),
        'list': ([[1.0, 1.0]] * 2, 'is no tensor but list'),
        'nothing': (None, 'is no tensor but NoneType'),
        'sparse': (ONE.to_sparse(), 'is sparse'),
        'sparse rows': (ONE.to_sparse_csr(), 'is sparse'),
        'nested': (torch.nested.nested_tensor([ONE[0]]), 'nested'),
        'quantized': (torch.quantize_per_tensor(ONE, 0.1, 0, torch.qint8), 'quantized'),
        'complex': (ONE.to(torch.complex64), 'is of type complex64'),
        'bits': (ONE.to(torch.uint8).view(torch.bits8), 'is of type bits8'),
        'expanded': (torch.ones(1).expand(2, 2), 'repeats its data'),
        'overlapping': (torch.ones(3).as_strided((2, 2), (1, 1)), 'repeats its data'),
        'nan': (ONE * float('nan'), 'holds NaN'),
        'nan of 8 bits': ((ONE * float('nan')).to(torch.float8_e4m3fn), 'holds NaN'),
    }


def model() -> nn.Module:
    return nn.Linear(2, 2)


@pytest.mark.parametrize('kind', NO_WEIGHTS)
def test_no_weight_is_refused_by_name(tmp_path, kind):
    value, reason = NO_WEIGHTS[kind]
    path, layer = str(tmp_path / 'x.pth'), model()
    before = {key: own.clone() for key, own in layer.state_dict().items()}
    torch.save({'state_dict': {**before, 'weight': value}}, path)
    ways = [
        lambda: load_checkpoint(layer, path, 'cpu', logger='silent'),
        lambda: BaseModule(dict(type='Pretrained', checkpoint=path)).init_weights(),
    ]
    for way in ways:
        with pytest.raises(pickle.UnpicklingError, match=r'x.pth: weight weight ') as message:
            way()
        assert reason in str(message.value) and '\n' not in str(message.value)
    with pytest.raises(ValueError, match='x.pth: weight weight '):
        match_checkpoint(layer, path)
    assert all(torch.equal(own, before[key]) for key, own in layer.state_dict().items())


@pytest.mark.parametrize('key', ['state_dict', 'ema_state_dict', None])
def test_wherever_the_weights_are(tmp_path, key):
    weights = {'weight': ONE.to('meta')}
    torch.save({'state_dict': {}, key: weights} if key else weights, tmp_path / 'x.pth')
    with pytest.raises(pickle.UnpicklingError, match='weight weight has no data'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'x.pth'), 'cpu', 'silent')


def test_of_safetensors_too(tmp_path):
    save_file({'weight': ONE * float('nan')}, str(tmp_path / 'x.safetensors'))
    with pytest.raises(ValueError, match='x.safetensors: weight weight holds NaN'):
        match_checkpoint(model(), tmp_path / 'x.safetensors')


@pytest.mark.parametrize(
    ('value', 'reason'),
    [
        (ONE * float('inf'), 'holds infinite values'),
        (ONE.int(), 'is of type int32, the model.s of float32'),
        (ONE.bool(), 'is of type bool, the model.s of float32'),
    ],
)
def test_what_the_model_has_otherwise(tmp_path, value, reason):
    torch.save({'state_dict': {**model().state_dict(), 'weight': value}}, tmp_path / 'x.pth')
    with pytest.raises(ValueError, match=f'x.pth: weight weight {reason}'):
        match_checkpoint(model(), tmp_path / 'x.pth')


def test_what_is_legitimate_stays(tmp_path):
    """Other precisions, tied weights, a mask of infinite values, what a module keeps of its own."""
    layer = model()
    layer.register_buffer('mask', torch.tensor([0, float('-inf')]))
    layer.register_buffer('count', torch.tensor(3))
    tied = torch.ones(4).to(torch.bfloat16)
    weights = {'weight': tied.view(2, 2).t(), 'bias': tied[:2], 'mask': layer.mask}
    content = {**weights, 'count': torch.tensor(5, dtype=torch.int32), 'a._extra_state': {'x': 1}}
    torch.save({'state_dict': content}, tmp_path / 'x.pth')
    match = match_checkpoint(layer, tmp_path / 'x.pth')
    match.require(complete=True)
    torch.save({**weights, 'count': layer.count, 'note': 'mine'}, tmp_path / 'bare.pth')
    bare = match_checkpoint(layer, tmp_path / 'bare.pth')
    bare.require(complete=True)
    assert match.missing == bare.missing == () and match.matched == bare.matched > 0


def test_a_batch_that_was_kept_is_no_checkpoint(tmp_path):
    """:class:`FiniteLossHook` keeps those with NaN in them."""
    torch.save({'step': 2, 'inputs': ONE * float('nan')}, tmp_path / 'x.pth')
    assert read_checkpoint(tmp_path / 'x.pth')['inputs'].isnan().all()


def test_nan_in_a_dict_of_other_things_too(tmp_path):
    content = {'weight': ONE * float('nan'), 'bias': ONE[0], 'note': 'mine'}
    torch.save(content, tmp_path / 'x.pth')
    with pytest.raises(ValueError, match='x.pth: weight weight holds NaN'):
        match_checkpoint(model(), tmp_path / 'x.pth')


def test_an_array_in_a_bare_dict_is_missing(tmp_path):
    torch.save({'weight': ONE.numpy(), 'bias': torch.zeros(2)}, tmp_path / 'x.pth')
    with pytest.raises(ValueError, match='are missing or have another shape: weight'):
        match_checkpoint(model(), tmp_path / 'x.pth').require(complete=True)
