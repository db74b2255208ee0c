"""Hooks on toy models: what they add to losses and samples."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MessageHub
from torch import nn

from tests.engine.hooks.toy_models import CLIP, Sample, Segmentor, make, runner_of, samples
from vared_mm.dynamic import (
    convert_to_dynamic,
    count_macs,
    dynamic_layers,
    efficiency_loss,
    executed_cost,
    executed_share,
)
from vared_mm.engine.hooks import (
    CostRecordHook,
    CropCostRecordHook,
    EfficiencyLossHook,
    GateMonitorHook,
)
from vared_mm.engine.hooks.correctness import correctness, pixel_accuracy
from vared_mm.engine.hooks.crop_cost_record_hook import centre_crop


def test_efficiency_loss_is_added_once_and_let_go():
    model, hook = make(), EfficiencyLossHook(weight=0.8)
    inputs, truth = torch.randn(6, 1, *CLIP), samples(0, 1, 2, 3, 4, 0)
    hook.before_train(runner_of(model))
    losses = model(inputs, truth, mode='loss')
    records = [layer.record for layer in dynamic_layers(model).values()]
    with torch.no_grad():
        features = model.backbone(inputs.flatten(0, 1)).mean((2, 3, 4))
    mu = (model.cls_head(features).argmax(1) == torch.tensor([0, 1, 2, 3, 4, 0])).float()
    assert torch.allclose(losses['loss_efficiency'], 0.8 * efficiency_loss(records, mu))
    total, logged = model.parse_losses(losses)
    assert set(logged) == {'loss', 'loss_cls', 'loss_efficiency'}
    assert total == losses['loss_cls'] + losses['loss_efficiency']
    hook.after_train(runner_of(model))
    assert 'loss_efficiency' not in model(inputs, truth, mode='loss')


def test_gradient_reaches_the_gates_through_the_efficiency_loss_alone():
    model, hook = make(), EfficiencyLossHook()
    for layer in dynamic_layers(model).values():
        layer.gate.reset_parameters()  # all candidates in use
    inputs = torch.randn(8, 1, *CLIP)
    truth = samples(*model(inputs).argmax(1).tolist())  # all are right, so mu = 1
    hook.before_train(runner_of(model))
    model(inputs, truth, mode='loss')['loss_efficiency'].backward()
    gates = [layer.gate.beta.grad for layer in dynamic_layers(model).values()]
    assert all(gradient.abs().sum() > 0 for gradient in gates)
    assert model.cls_head.weight.grad is None  # the loss does not go through the head


def test_efficiency_loss_wants_dynamic_layers_and_logits():
    with pytest.raises(ValueError, match='no dynamic layer'):
        EfficiencyLossHook().before_train(runner_of(make(dynamic=False)))
    with pytest.raises(ValueError, match='gives logits named: head'):
        EfficiencyLossHook(logits_from='head').before_train(runner_of(make()))


def test_efficiency_loss_says_when_no_gradient_reaches_the_gates():
    model, hook = make(), EfficiencyLossHook()
    hook.before_train(runner_of(model))
    model.backbone.requires_grad_(False)
    with pytest.raises(ValueError, match='no gradient reaches the gates'):
        model(torch.randn(2, 1, *CLIP), samples(0, 1), mode='loss')


def test_monitor_logs_but_adds_nothing_to_the_loss():
    model, hook = make(), GateMonitorHook()
    hook.before_train(runner_of(model))
    losses = model(torch.randn(6, 1, *CLIP), samples(*range(5), 0), mode='loss')
    records = [layer.record for layer in dynamic_layers(model).values()]
    assert losses['cost/executed_share'] == executed_share(records).mean()
    by_hand = torch.cat([record.decision.fallback for record in records]).float().mean()
    assert losses['gate/fallback_rate'] == by_hand
    total, _ = model.parse_losses(losses)
    assert total == losses['loss_cls']


def test_monitor_is_silent_on_a_static_model():
    model, hook = make(dynamic=False), GateMonitorHook()
    hook.before_train(runner_of(model))
    assert set(model(torch.randn(2, 1, *CLIP), samples(0, 1), mode='loss')) == {'loss_cls'}


def test_cost_of_each_view_reaches_its_sample():
    model, hook = make().eval(), CostRecordHook()
    inputs, truth = torch.randn(2, 3, *CLIP), samples(0, 1)  # two samples of three views
    hook.before_test(runner_of(model))
    with torch.no_grad():
        first, second = model(inputs, truth, mode='predict')
    record = executed_cost(model)
    conv = record.conv.sum(axis=1)
    assert first.cost.record.conv.sum(axis=1).tolist() == conv[:3].tolist()
    assert second.cost.record.conv.sum(axis=1).tolist() == conv[3:].tolist()
    assert second.cost.record.time_index.tolist() == record.time_index[3:].tolist()
    assert second.cost.full_macs.tolist() == record.full_macs(first.cost.static_macs)[3:].tolist()
    assert first.cost.static_macs == count_macs(model, (1, 1, *CLIP)).total()
    gates = sum(
        p.numel() for layer in dynamic_layers(model).values() for p in layer.gate.parameters()
    )
    assert first.cost.gate_parameters == gates
    hook.after_test(runner_of(model))
    (third,) = model(inputs[:1], samples(0), mode='predict')
    assert not hasattr(third, 'cost')


def test_cost_of_a_static_model_is_its_dense_one():
    model, hook = make(dynamic=False).eval(), CostRecordHook()
    hook.before_val(runner_of(model))
    (sample,) = model(torch.randn(1, 1, *CLIP), samples(0), mode='predict')
    assert sample.cost.static_macs == 8 * 4 * 36 * (27 + 1) + 8 * 4 * 36 * (8 + 1) + 40
    assert sample.cost.record is None and sample.cost.gate_parameters == 0
    assert sample.cost.backbone_macs == sample.cost.static_macs - 40


def test_correctness_of_clips_and_soft_labels():
    logits = torch.eye(3)
    assert correctness(logits, samples(0, 2, 2)).tolist() == [1, 0, 1]
    assert correctness(logits[[0, 1]], samples(0)).tolist() == [1, 0]  # two clips of one sample
    soft = [Sample(gt_label=torch.tensor([0.3, 0.7, 0.0]))]
    assert correctness(logits[1:2], soft).tolist() == [1]
    several = [Sample(gt_label=torch.tensor([1, 0, 1]))] * 3
    assert correctness(logits, several).tolist() == [1, 0, 1]


@pytest.mark.parametrize('logits', [torch.zeros(2, 3, 4), (torch.zeros(2, 3), torch.zeros(2))])
def test_what_is_no_logits_has_no_correctness(logits):
    with pytest.raises(ValueError, match=r'logits must be \(N, classes\)'):
        correctness(logits, samples(0, 1))


def test_pixel_accuracy_by_hand():
    logits = torch.zeros(1, 2, 2, 2)
    logits[0, 1, 0] = 1  # the first row says class 1
    truth = torch.tensor([[[1, 0], [0, 255]]])  # right, wrong, right, not labelled
    assert pixel_accuracy(logits, truth).tolist() == [pytest.approx(2 / 3)]
    finer = truth.repeat_interleave(2, 1).repeat_interleave(2, 2)
    assert 0 <= pixel_accuracy(logits, finer).item() <= 1
    image = [SimpleNamespace(gt_sem_seg=SimpleNamespace(data=truth))]
    assert correctness(logits, image).tolist() == [pytest.approx(2 / 3)]


def test_cost_of_the_image_and_of_its_crop():
    torch.manual_seed(0)
    model, hook = Segmentor(), CropCostRecordHook((8, 8))
    convert_to_dynamic(model.backbone, (3, 8, 8), temporal=1)
    for layer in dynamic_layers(model).values():
        nn.init.normal_(layer.gate.excite, std=3)
    model.eval()
    images, truth = torch.randn(3, 3, 12, 16), samples(0, 1, 2)
    hook.before_test(runner_of(model))
    with torch.no_grad():
        found = model(images, truth, mode='predict')
    hook.after_test(runner_of(model))
    for place, inputs in (('cost', images), ('cost_of_crop', images[:, :, 2:10, 4:12])):
        with torch.no_grad():
            model(inputs)
        record, area = executed_cost(model), inputs[0, 0].numel()
        for i, sample in enumerate(found):
            cost = getattr(sample, place)
            assert cost.record.conv.sum() == record.conv[i].sum()
            assert cost.static_macs - cost.backbone_macs == area * 5 * (8 + 1)
            assert cost.backbone_macs == area * (8 * (27 + 1) + 8 * (8 + 1))


def test_centre_crop_by_hand():
    image = torch.arange(1.0, 13).view(1, 1, 3, 4)
    assert centre_crop(image, (1, 2)).tolist() == [[[[6, 7]]]]
    assert centre_crop(image, (5, 2))[0, 0, :, 0].tolist() == [0, 2, 6, 10, 0]


class Log:
    """The warnings of a runner."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def warning(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize(
    ('rate', 'share', 'losses', 'warned'),
    [
        (0.6, 0.5, {}, 'gates fell back in 60% of their decisions in the 10 steps up to 10'),
        (0.4, 0.5, {'loss_efficiency': 0.1}, None),
        (0.4, 1.0, {'loss_efficiency': 0.1}, 'all gates were open in the 10 steps up to 10'),
        (0.4, 1.0, {}, None),  # without the efficiency loss nothing shuts them
    ],
)
def test_monitor_warns_of_collapsed_gates(rate, share, losses, warned):
    hook, hub, log = GateMonitorHook(interval=10), MessageHub.get_instance('collapse'), Log()
    outputs = {'gate/fallback_rate': rate, 'cost/executed_share': share, **losses}
    for step in range(10):
        for key, value in outputs.items():
            hub.update_scalar(f'train/{key}', value)
        runner = SimpleNamespace(iter=step, message_hub=hub, logger=log)
        hook.after_train_iter(runner, step, outputs=outputs)
        assert not log.lines or step == 9
    assert [warned in line for line in log.lines] == ([True] if warned else [])
