"""Which convolutions are plain, and which are meant."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune, spectral_norm, weight_norm

from vared_mm.dynamic import select_convolutions
from vared_mm.dynamic.selection import is_meant, is_plain, names_of, why_not_plain
from vared_mm.models.layers import FoldedConv3d


class Padded(nn.Conv3d):
    """Defines how it is made, as many public networks' do."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__(inputs, outputs, kernel, padding=1)

    @staticmethod
    def downsampling_stride(stride: int) -> int:
        return stride


class Subclassed(Tensor):
    """A tensor that may do anything."""


def subclass(**defined) -> Callable[[], nn.Module]:
    return lambda: type('Own', (nn.Conv3d,), defined)(3, 8, 1)


def changed(change: Callable[[nn.Module], object]) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        conv = nn.Conv3d(3, 8, 1)
        made = change(conv)
        return made if isinstance(made, nn.Module) else conv

    return make


def give_tensor_class(conv: nn.Module) -> None:
    conv.weight = nn.Parameter(conv.weight.detach().as_subclass(Subclassed))


WORKED_OUT = 'its weights are worked out from others'
OTHERS = {
    'forward': (subclass(forward=lambda self, x: x), 'Own defines forward'),
    'inner forward': (subclass(_conv_forward=lambda self, *x: x[0]), 'Own defines _conv_forward'),
    'call': (subclass(__call__=lambda self, x: x), 'Own defines __call__'),
    'attributes': (subclass(__getattribute__=object.__getattribute__), 'defines __getattribute__'),
    'own method': (subclass(init_weights=lambda self: None), 'Own defines init_weights'),
    'property': (subclass(dilation=property(lambda s: 1, lambda s, v: None)), 'defines dilation'),
    'from a flagged one': (lambda: type('F', (FoldedConv3d,), {})(3, 8, 1), 'F defines'),
    'patched': (changed(lambda conv: setattr(conv, 'forward', lambda x: x)), 'forward is replaced'),
    'compiled': (changed(lambda conv: conv.compile()), '_compiled_call_impl is replaced'),
    'weight norm': (changed(weight_norm), WORKED_OUT),
    'weight norm, parametrized': (changed(parametrizations.weight_norm), WORKED_OUT),
    'spectral norm': (changed(spectral_norm), WORKED_OUT),
    'spectral norm, parametrized': (changed(parametrizations.spectral_norm), WORKED_OUT),
    'pruned': (changed(lambda conv: prune.l1_unstructured(conv, 'weight', 0.5)), WORKED_OUT),
    'bias': (
        changed(lambda conv: parametrize.register_parametrization(conv, 'bias', nn.Identity())),
        WORKED_OUT,
    ),
    'another parameter': (
        changed(lambda conv: conv.register_parameter('gain', nn.Parameter(torch.ones(1)))),
        'it has gain',
    ),
    'a child': (changed(lambda conv: conv.add_module('act', nn.ReLU())), 'it has act'),
    'class of tensor': (changed(give_tensor_class), 'weight is no plain parameter'),
    'complex': (lambda: nn.Conv3d(3, 8, 1, dtype=torch.complex64), 'weight is no plain parameter'),
    'lazy': (lambda: nn.LazyConv3d(8, 1), 'defines'),
    'another kind': (lambda: nn.Conv1d(3, 8, 1), 'no static convolution'),
    'with a record': (changed(lambda conv: setattr(conv, 'record', None)), 'no static convolution'),
}


@pytest.mark.parametrize(('make', 'reason'), OTHERS.values(), ids=OTHERS)
@pytest.mark.filterwarnings('ignore:.*weight_norm.*is deprecated')
def test_not_plain(make: Callable[[], nn.Module], reason: str):
    conv = make()
    assert not is_plain(conv) and reason in why_not_plain(conv)


@pytest.mark.parametrize(
    'make',
    [
        lambda: nn.Conv3d(3, 8, 1),
        lambda: nn.Conv2d(3, 8, 1, bias=False, padding_mode='circular', dtype=torch.half),
        lambda: FoldedConv3d(3, 8, 1),
        lambda: Padded(3, 8, 3),
        changed(lambda conv: conv.register_forward_hook(lambda *_: None)),
        changed(lambda conv: setattr(conv, 'tag', 'mine')),
        changed(lambda conv: conv.requires_grad_(False)),
    ],
)
def test_plain(make: Callable[[], nn.Module]):
    assert is_plain(make()) and why_not_plain(make()) == ''


def test_wrappers_of_mmcv_are_plain_and_what_derives_from_them_is_not():
    wrappers = pytest.importorskip('mmcv.cnn.bricks.wrappers')
    assert is_plain(wrappers.Conv2d(3, 8, 1)) and is_plain(wrappers.Conv3d(3, 8, 1))

    class Derived(wrappers.Conv2d):
        pass

    assert not is_plain(Derived(3, 8, 1))


def test_a_layer_of_several_names_is_meant_by_any_and_there_once():
    model = nn.Module()
    model.stem, model.head = nn.Conv3d(3, 8, 1), nn.Conv3d(8, 8, 1)
    model.stages = nn.ModuleList([model.stem, model.head])
    assert names_of(model)[model.stem] == ['stem', 'stages.0']
    assert list(select_convolutions(model, include=r'stages\.0')) == ['stem']
    assert list(select_convolutions(model, exclude=r'stages\.0')) == ['head']
    assert is_meant(['a', 'b'], 'b', None) and not is_meant(['a', 'b'], None, ['b'])
