"""Accelerated models refuse what would not take effect, and keep the state of the plain ones."""

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from mmengine.runner import load_checkpoint
from torch import Tensor, nn

from vared_mm.acceleration import accelerate
from vared_mm.dynamic import convert_to_dynamic


class Recognizer(nn.Module):
    """A backbone, of which layers become quick, and a head, which stays."""

    def __init__(self) -> None:
        super().__init__()
        conv = nn.Conv3d(3, 8, (1, 3, 3), padding=(0, 1, 1))
        self.backbone = nn.Sequential(conv, nn.BatchNorm3d(8), nn.ReLU(), nn.Conv3d(8, 8, 1))
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.backbone(x).mean((2, 3, 4)))


def make(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    model = Recognizer().eval()
    convert_to_dynamic(model.backbone[:1], (3, 4, 8, 8))
    nn.init.normal_(model.backbone[1].running_mean)
    return model


@pytest.fixture(scope='module')
def quick() -> nn.Module:
    return accelerate(make(), torch.randn(1, 3, 4, 8, 8), compiled=False)


def load_file(module: nn.Module, folder: Any) -> None:
    torch.save(module.state_dict(), folder / 'weights.pth')
    load_checkpoint(module, str(folder / 'weights.pth'), 'cpu', logger='silent')


REFUSED: dict[str, Callable[[nn.Module, Any], object]] = {
    'strict': lambda m, _: m.load_state_dict(m.state_dict()),
    'not strict': lambda m, _: m.load_state_dict(m.state_dict(), strict=False),
    'assigned': lambda m, _: m.load_state_dict(m.state_dict(), assign=True),
    'by mmengine': load_file,
    'within another': lambda m, _: nn.ModuleList([m]).load_state_dict(
        nn.ModuleList([m]).state_dict()
    ),
    'pickle': lambda m, _: pickle.dumps(m),
    'torch.save': lambda m, _: torch.save({'model': m}, io.BytesIO()),
    'copy': lambda m, _: copy.copy(m),
    'deepcopy': lambda m, _: copy.deepcopy([m]),
    'to': lambda m, _: m.to(torch.float64),
    'half': lambda m, _: nn.Sequential(m).half(),
    'to_empty': lambda m, _: m.to_empty(device='cpu'),
    'meta': lambda m, _: m.to('meta'),
    'share_memory': lambda m, _: m.share_memory(),
    'train': lambda m, _: nn.Sequential(m).train(),
    'requires_grad_': lambda m, _: m.requires_grad_(),
}


@pytest.mark.parametrize('part', ['', 'backbone', 'backbone.0', 'backbone.3'])
@pytest.mark.parametrize('change', REFUSED)
def test_changes_that_could_not_take_effect_are_refused(quick, change, part, tmp_path):
    before, x = copy.deepcopy(quick.state_dict()), torch.randn(2, 3, 4, 8, 8)
    expected = quick(x)
    with pytest.raises(TypeError, match=r'^an accelerated model can not be .*: take the model th'):
        REFUSED[change](quick.get_submodule(part), tmp_path)
    assert torch.equal(quick(x), expected)
    for name, value in quick.state_dict().items():
        assert torch.equal(value, before[name])
    assert not quick.training and not any(p.requires_grad for p in quick.parameters())


def test_what_changes_nothing_is_allowed(quick):
    assert quick.eval() is quick and quick.to('cpu') is quick and quick.float() is quick
    assert quick.requires_grad_(False) is quick and quick.train(False) is quick


def test_state_is_that_of_the_plain_model():
    model = make()
    quick = accelerate(model, torch.randn(1, 3, 4, 8, 8), compiled=False)
    state = quick.state_dict()
    assert list(state) == list(model.state_dict())
    for name, value in model.state_dict().items():
        assert torch.equal(state[name], value), name
    other = make(1)
    other.load_state_dict(state)
    x = torch.randn(2, 3, 4, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(other(x), quick(x), rtol=1e-4, atol=1e-4)


def test_a_model_that_can_not_be_copied_is_refused():
    model = make()
    model.head_of = [model.fc.weight * 2]  # not a leaf
    with pytest.raises(TypeError, match=r'^accelerate: Recognizer can not be copied: Only Tensors'):
        accelerate(model, torch.randn(1, 3, 4, 8, 8))
