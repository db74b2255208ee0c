"""A loss that is not finite stops training, with the layer and the batch it came from."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from tests.engine.hooks.toy_models import CLIP, Sample, make
from vared_mm.dynamic import convert_to_dynamic, dynamic_layers
from vared_mm.engine import read_checkpoint
from vared_mm.engine.hooks import EfficiencyLossHook, FiniteLossHook, NonFiniteLossError

LAYERS = [name for name, layer in make().named_modules() if list(layer.parameters(recurse=False))]
DYNAMIC = list(dynamic_layers(make()))


class Labelled(Sample):
    """Gives itself as a dict, as a data sample does."""

    def to_dict(self):
        return dict(vars(self))


def step(model: nn.Module, folder, inputs=None, iteration: int = 6) -> NonFiniteLossError:
    """Run one batch under the hook; it must stop."""
    hook = FiniteLossHook()
    runner = SimpleNamespace(model=model, iter=iteration, seed=0, work_dir=str(folder))
    hook.before_train(runner)
    inputs = torch.randn(4, 1, *CLIP) if inputs is None else inputs
    truth = [Labelled(gt_label=torch.tensor([i]), filename=f'{i}.mp4') for i in range(4)]
    with pytest.raises(NonFiniteLossError) as error:
        model(inputs, truth, mode='loss')
    return error.value


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
@pytest.mark.parametrize('name', LAYERS)
def test_the_layer_is_named(tmp_path, name, value):
    """Each weight of each layer in turn; what is after it in the model goes wrong too."""
    for key, _ in make().get_submodule(name).named_parameters(recurse=False):
        model = make()
        with torch.no_grad():
            model.get_submodule(name).get_parameter(key).fill_(value)
        if value == float('inf') and '.gate' in name and key != 'squeeze':
            continue  # tanh(inf) is 1
        message = str(step(model, tmp_path))
        assert f' of {name} (its {key}' in message, message


@pytest.mark.parametrize('name', DYNAMIC)
def test_a_gate_is_named(tmp_path, name):
    model = make()
    with torch.no_grad():
        model.get_submodule(f'{name}.gate').beta[0] = float('nan')
    message = str(step(model, tmp_path))
    assert (
        f'step 7: loss_cls is nan; first not finite: the decision of {name}.gate (its b' in message
    )


def test_the_batch_is_saved_and_can_be_read_safely(tmp_path):
    inputs = torch.randn(4, 1, *CLIP)
    inputs[2, 0, 1] = float('nan')
    message = str(step(make(), tmp_path, inputs))
    assert 'first not finite: the input of the model' in message
    kept = read_checkpoint(tmp_path / 'not_finite_step7.pth')
    assert kept['step'] == 7 and torch.equal(kept['inputs'], inputs.clone()) is False  # NaN
    assert torch.equal(kept['inputs'].nan_to_num(), inputs.nan_to_num())
    assert [sample['filename'] for sample in kept['samples']] == [f'{i}.mp4' for i in range(4)]


def test_a_loss_that_another_hook_adds_counts(tmp_path):
    model, efficiency = make(), EfficiencyLossHook(weight=float('inf'))
    for layer in dynamic_layers(model).values():
        layer.gate.reset_parameters()  # all open, so there is something to save
    efficiency.before_train(SimpleNamespace(model=model))
    inputs = torch.randn(4, 1, *CLIP)
    message = str(step(model, tmp_path, inputs))
    assert 'loss_efficiency' in message and 'the loss, of finite outputs' in message


def test_finite_losses_pass(tmp_path):
    model, hook = make(), FiniteLossHook()
    hook.before_train(SimpleNamespace(model=model))
    losses = model(
        torch.randn(4, 1, *CLIP), [Labelled(gt_label=torch.tensor([0]))] * 4, mode='loss'
    )
    assert set(losses) == {'loss_cls'} and not list(tmp_path.iterdir())


def test_normalization_over_processes_does_not_wait_for_the_others(tmp_path):
    model = make(dynamic=False)
    norm = nn.SyncBatchNorm(8)
    model.backbone = nn.Sequential(nn.Conv3d(3, 8, 1), nn.Flatten(2), nn.BatchNorm1d(8), norm)
    model.backbone.append(nn.Unflatten(2, (4, 8, 8)))
    convert_to_dynamic(model.backbone[:1], CLIP)
    modes = []
    norm.forward = lambda x: modes.append(norm.training) or x
    with torch.no_grad():
        model.backbone[2].weight[0] = float('nan')
    assert 'the output of backbone.2 (its weight' in str(step(model, tmp_path))
    assert modes == [True, False] and norm.training
