"""Mixed precision without an accelerator: bfloat16, and float16 with a scaler."""

import pytest
import torch
from mmengine.optim import AmpOptimWrapper, OptimWrapper

from tests.engine.hooks.toy_models import CLIP, make, samples
from vared_mm.dynamic import Decision, dynamic_layers

DTYPES = ('bfloat16', 'float16')


def wrap(model, dtype: str | None, **scale) -> OptimWrapper:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    if dtype is None:
        return OptimWrapper(optimizer)
    return AmpOptimWrapper(optimizer=optimizer, dtype=dtype, **scale)


def batch() -> dict:
    torch.manual_seed(1)
    return {'inputs': torch.randn(10, 1, *CLIP), 'data_samples': samples(*range(5), *range(5))}


@pytest.mark.parametrize('dtype', DTYPES)
def test_layers_compute_in_it_and_gates_do_not(dtype):
    model, seen = make().train(), []
    for name, layer in dynamic_layers(model).items():
        layer.register_forward_hook(lambda _, args, out: seen.append(out.dtype))
        layer.gate.register_forward_hook(lambda _, args, out: seen.append(out))
        assert name
    model.train_step(batch(), wrap(model, dtype))
    decisions = [out for out in seen if isinstance(out, Decision)]
    assert {decision.temporal.dtype for decision in decisions} == {torch.float32}
    assert {out for out in seen if not isinstance(out, Decision)} == {getattr(torch, dtype)}
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


@pytest.mark.parametrize('dtype', DTYPES)
def test_the_loss_falls_as_in_float32(dtype):
    starts = {}
    for kind in (None, dtype):
        model = make().train()
        wrapper = wrap(model, kind)
        losses = [model.train_step(batch(), wrapper)['loss'].item() for _ in range(60)]
        starts[kind] = losses[0]
        assert losses[-1] < 0.7 * losses[0]
    assert starts[dtype] == pytest.approx(starts[None], rel=0.02)


def test_a_step_that_overflows_is_left_out():
    model = make().train()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    wrapper = wrap(model, 'float16', loss_scale=dict(init_scale=2.0**60))
    model.train_step(batch(), wrapper)
    assert all(torch.equal(weight, before[name]) for name, weight in model.named_parameters())
    assert wrapper.loss_scaler.get_scale() == 2.0**59
    other = wrap(model, 'float16')
    other.load_state_dict(wrapper.state_dict())  # a resumed run goes on with this scale
    assert other.loss_scaler.get_scale() == 2.0**59
