"""Models on a device that nothing is made quick on stay as they are, with one warning."""

from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensorMode

from vared_mm.acceleration import accelerate


def without(name: str) -> SimpleNamespace:
    """An importlib that does not find a module."""

    def fail(_module: str) -> None:
        raise ModuleNotFoundError(f'No module named {name!r}', name=name)

    return SimpleNamespace(import_module=fail)


def on_gpu() -> nn.Module:
    """A model that says that it lies on a GPU; its weights have no values."""
    conv = nn.Conv3d(3, 4, 1, bias=False, device='meta')
    conv.weight = nn.Parameter(torch.empty(conv.weight.shape, device='cuda'))
    return nn.Sequential(conv).eval()


def check_as_it_is(model: nn.Module, match: str) -> None:
    with pytest.warns(UserWarning, match=match) as warned:
        quick = accelerate(model, torch.empty(1, 3, 4, 5, 5, device=model[0].weight.device))
    assert len([w for w in warned if 'accelerate:' in str(w.message)]) == 1
    assert quick is not model
    assert [type(module) for module in quick.modules()] == [type(m) for m in model.modules()]
    assert 'forward' not in vars(quick)


def test_model_on_another_device_stays_as_it_is():
    check_as_it_is(nn.Sequential(nn.Conv3d(3, 4, 1, device='meta')).eval(), 'is on meta')


def test_model_on_two_devices_stays_as_it_is():
    parts = nn.Conv3d(3, 4, 1, device='meta'), nn.BatchNorm3d(4)
    check_as_it_is(nn.Sequential(*parts).eval(), 'is on cpu, meta')


@pytest.mark.filterwarnings('ignore:Accessing the data pointer of FakeTensor')
def test_without_triton_a_model_on_a_gpu_stays_as_it_is(monkeypatch):
    module = import_module('vared_mm.acceleration.accelerate')
    monkeypatch.setattr(module, 'importlib', without('triton'))
    with FakeTensorMode():
        model = on_gpu()
        check_as_it_is(model, 'Triton is not installed')


@pytest.mark.filterwarnings('ignore:Accessing the data pointer of FakeTensor')
def test_other_missing_modules_are_not_taken_for_triton(monkeypatch):
    module = import_module('vared_mm.acceleration.accelerate')
    monkeypatch.setattr(module, 'importlib', without('numpy'))
    with FakeTensorMode(), pytest.raises(ModuleNotFoundError, match='numpy'):
        accelerate(on_gpu(), torch.empty(1, 3, 4, 5, 5, device='cuda'))
