"""A pass without data leaves a model, and all else, as it was."""

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm

from vared_mm.dynamic import convert_to_dynamic, count_macs

SHAPE = (3, 4, 6, 6)


class Aliased(nn.Module):
    """Layers by name and again in a list, with weights that are tied to others'."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm3d(3)
        self.stages = nn.ModuleList([self.stem, self.norm])
        self.tied = nn.Conv3d(3, 3, 3, padding=1)
        self.tied.weight = self.stem.weight
        self.embedding, self.head = nn.Linear(3, 5, bias=False), nn.Linear(3, 5, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x: Tensor) -> Tensor:
        for stage in self.stages:
            x = stage(x)
        x = self.tied(x).mean((2, 3, 4))
        return self.head(x) + self.embedding(x)


class Untidy(nn.Module):
    """Changes itself in each forward, in every way; uses tensors that are not registered."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(3, 3, 1)
        self.scale, self.parts = torch.ones(3, 1, 1, 1), [torch.ones(1), {'one': torch.ones(1)}]
        self.kept, self.calls, self.history, self.seen = torch.tensor(2), 0, [], {'of': set()}
        self.register_buffer('steps', torch.zeros(()))
        self.register_buffer('mean', torch.zeros(3, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.last = x
        self.history.append(x)
        self.seen['of'].add(self.calls)
        self.steps += 1
        self.mean = self.mean + x.mean((0, 2, 3, 4)).view(3, 1, 1, 1)
        self.conv.weight.data.mul_(2)
        self.late = nn.Identity()
        noise = torch.rand(1) + torch.rand(1).to(x) + np.random.rand() + random.random()
        made = self.parts[0] * self.parts[1]['one'] * noise
        return self.conv(x * self.scale * made)[:, : int(self.kept)]


class Fails(Untidy):
    def forward(self, x: Tensor) -> Tensor:
        super().forward(x)
        raise KeyError('two\nlines')


def outer_layer() -> nn.Module:
    """A patched forward and a hook that know their weights by closure."""
    conv = nn.Conv3d(3, 3, 1)
    inner, weight = conv.forward, torch.randn(3, 3, 1, 1, 1)
    conv.forward = lambda x: inner(x) + F.conv3d(x, weight)
    conv.register_forward_hook(lambda _layer, _inputs, out: out * weight.mean())
    return nn.Sequential(conv)


def state(model: nn.Module) -> list:
    """Which tensors and attributes a model has, as objects, and the tensors' values."""
    found = []
    for module in model.modules():
        parts = [vars(module), *(vars(module)[k] for k in ('_parameters', '_buffers', '_modules'))]
        found.append((type(module), module.training, [list(part.items()) for part in parts]))
    named = [*model.named_parameters(remove_duplicate=False), *model.named_buffers()]
    return [repr(found), [(n, id(t), t.requires_grad, t.detach().tolist()) for n, t in named]]


def draws() -> tuple:
    return torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()


@pytest.mark.parametrize(
    'make',
    [
        Aliased,
        Untidy,
        Fails,
        outer_layer,
        lambda: nn.Sequential(weight_norm(nn.Conv3d(3, 3, 1))),
        lambda: nn.Sequential(parametrizations.weight_norm(nn.Conv3d(3, 3, 1))),
        lambda: nn.Sequential(spectral_norm(nn.Conv3d(3, 3, 1))),
        lambda: nn.DataParallel(nn.Conv3d(3, 3, 1)),
        lambda: torch.jit.script(nn.Sequential(nn.Conv3d(3, 3, 1))),
    ],
    ids=lambda make: getattr(make, '__name__', ''),
)
@pytest.mark.filterwarnings('ignore:.*weight_norm.*is deprecated')
def test_leaves_no_trace(make: Callable[[], nn.Module]):
    torch.manual_seed(0)
    model = make().train()
    before, drawn = state(model), draws()
    fails = isinstance(model, Fails)
    with torch.inference_mode():  # as a validation may count
        if fails:
            with pytest.raises(ValueError, match=r"Fails does not run on an input .*: 'two.*\Z"):
                count_macs(model, (1, *SHAPE))
        else:
            assert count_macs(model, (1, *SHAPE)).total() > 0
    assert state(model) == before and draws() == drawn
    weights = list(model.parameters())
    assert all(p.device.type == 'cpu' and type(p) is nn.Parameter for p in weights)


def test_lazy_layers_are_refused():
    model = nn.Sequential(nn.LazyConv3d(8, 1))
    with pytest.raises(ValueError, match='has lazy layers: run it once before'):
        convert_to_dynamic(model, SHAPE)
    assert type(model[0]) is nn.LazyConv3d


def test_a_decision_that_needs_data_is_refused_in_one_line():
    class Decides(nn.Conv3d):
        def forward(self, input: Tensor) -> Tensor:
            return super().forward(input if input.max() > 0 else -input)

    with pytest.raises(ValueError, match='Decides does not run on an input of') as caught:
        count_macs(Decides(3, 3, 1), (1, *SHAPE))
    assert '\n' not in str(caught.value)
