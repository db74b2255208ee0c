"""Inputs of another kind than the example come out as they do of the plain model, or not at all."""

import pytest
import torch
from torch import Tensor, nn

from tests.acceleration.fusion_networks import CLIP, Net, accelerated, build, check_same


class ByBatch(Net):
    """One clip takes another way than several."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return self.last(self.bn(y) if len(x) > 1 else y)


class AlsoByBatch(Net):
    """The convolution's result is read twice, of one clip."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return self.last(self.bn(y)) + (0 if len(x) > 1 else y)


class ByOption(Net):
    def forward(self, x: Tensor, raw: bool = False) -> Tensor:
        y = self.conv(x)
        return y if raw else self.last(self.bn(y))


class ByHeight(Net):
    """Skips a layer, its norm and its ReLU on small images."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x)) if x.shape[3] > 4 else x.mean(1, True).expand(-1, 8, -1, -1, -1)
        return self.last(y)


@pytest.mark.parametrize('compiled', [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize('dynamic', [False, True])
def test_another_way_is_refused(dynamic, compiled):
    x = torch.randn(3, *CLIP)
    for kind in (ByBatch, AlsoByBatch):
        model = build(kind, dynamic)
        quick = accelerated(model, x, compiled=compiled)
        check_same(model, quick, x)
        for _ in range(2):
            with pytest.raises(
                RuntimeError, match="^accelerate: .* result of 'conv' is used otherwise"
            ):
                quick(x[:1])
        check_same(model, quick, x[:2])
        check_same(model, accelerated(model, x[:1], compiled=False), x[:1])


def test_another_option_is_refused_but_a_layer_may_be_left_out():
    x = torch.randn(3, *CLIP)
    model = build(ByOption, False)
    quick = accelerated(model, x, compiled=False)
    with pytest.raises(RuntimeError, match='is used otherwise than with the example'):
        quick(x, raw=True)
    check_same(model, quick, x)
    model = build(ByHeight, False)
    quick = accelerated(model, x, compiled=False)
    for clips in (x[..., :2, :], x, x[..., :2, :]):
        check_same(model, quick, clips)


class Options(nn.Module):
    """Takes more than one tensor, by name too."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Net()

    def forward(self, x: Tensor, *, mask: Tensor, more: dict) -> dict:
        y = self.net(x[mask.long()])
        return {'y': [y, more['scale'] * y], 'mask': mask, 'text': 'as it was'}


@pytest.mark.parametrize('dtype', [None, torch.float64])
def test_arguments_by_name_and_integers_go_through(dtype):
    model, x = build(Options, False), torch.randn(3, *CLIP)
    more = {'mask': torch.tensor([0, 2], dtype=torch.int16), 'more': {'scale': torch.ones(8)}}
    more['more']['scale'] = torch.randn(2, 8, 1, 1, 1)
    quick = accelerated(model, x, dtype=dtype, compiled=False, **more)
    with torch.no_grad():
        expected, found = model(x, **more), quick(x, **more)
    assert found['mask'].dtype == torch.int16 and found.pop('text') == expected.pop('text')
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


class State(Net):
    """Counts its calls, in three ways."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('calls', torch.zeros(()))
        self.times = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.times += 1
        self.last_input = getattr(self, 'last_input', x.mean()) * 0.5
        return self.last(self.bn(self.conv(x))) + self.calls + self.times + self.last_input


def test_a_state_is_as_if_nothing_had_run():
    model, x = build(State, False), torch.randn(3, *CLIP)
    quick = accelerated(model, x, compiled=False)
    for _ in range(2):
        check_same(model, quick, x)
    assert quick.times == 2


class Drops(Net):
    def build(self) -> None:
        self.relu = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


def test_dropout_and_norms_that_still_train_do_so():
    model, x = build(Drops, False), torch.randn(3, *CLIP)
    with torch.no_grad():
        expected = 2 * model(x)
        model.relu.train()
        quick = accelerated(model, x, compiled=False)
        one, other = quick(x), quick(x)
    assert not torch.equal(one == 0, other == 0)
    torch.testing.assert_close(one, expected * (one != 0), rtol=1e-4, atol=1e-4)
    model = build(Net, False)
    model.bn.train()
    quick = accelerated(model, x, compiled=False)
    check_same(model, quick, x)
    torch.testing.assert_close(quick.bn.running_var, model.bn.running_var)


class WithoutNorm(Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.relu(self.conv(x)))


def test_one_clip_without_a_batch_comes_out_the_same_or_is_refused_as_ever():
    x = torch.randn(3, *CLIP)
    model = build(WithoutNorm, False)
    check_same(model, accelerated(model, x, compiled=False), x[0])
    quick = accelerated(build(Net, False), x, compiled=False)
    with pytest.raises(ValueError, match='expected 5D input'):
        quick(x[0])


@pytest.mark.parametrize('dynamic', [False, True])
def test_inputs_of_all_kinds_come_out_the_same(dynamic):
    model, x = build(Net, dynamic), torch.randn(3, *CLIP)
    quick = accelerated(model, x, compiled=False)
    strange = torch.randn(8, 3, 8, 4, 3).permute(1, 4, 3, 0, 2)
    for clips in (
        strange,
        x.to(memory_format=torch.channels_last_3d),
        x[:1].expand(3, -1, -1, -1, -1),
    ):
        check_same(model, quick, clips)
    needs = x.clone().requires_grad_()
    found = quick(needs)
    assert not found.requires_grad
    torch.testing.assert_close(found, model(x), rtol=1e-4, atol=1e-4)
    with torch.inference_mode():
        torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
    with torch.autocast('cpu', torch.bfloat16):
        torch.testing.assert_close(quick(x).float(), model(x).float(), rtol=0.1, atol=0.1)
