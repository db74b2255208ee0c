"""Exits with scripted gates: what is read, what it gives, what it costs, what teaches the gates."""

from collections.abc import Sequence
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import Tensor, nn

from vared_mm.comparisons.frame_exit import (
    ExitCosts,
    ExitGate,
    ExitHead,
    ExitingFrames,
    ExitRecord,
    coarse_to_fine,
)
from vared_mm.dynamic import count_macs, least_cost
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[3] / 'configs/_base_/models'
FRAMES = 4  # read in the order 1, 0, 3, 2


def network() -> ExitingFrames:
    torch.manual_seed(0)
    backbone = dict(type='vared_mm.FrameResNet', base_channels=4, stage_blocks=(1,), strides=(1,))
    model = ExitingFrames(backbone, 4, 5, (3, 8, 8), FRAMES, hidden=16, dropout=0.0)
    for layer in model.exits:  # scores that differ
        nn.init.normal_(layer.weight)
    return model.eval()


def scripted(model: ExitingFrames, stops: Sequence[Sequence[int]]) -> list[int]:
    """Gates that say stop as told, one list a gate, one number a clip that is still read."""
    asked = []
    for t, (gate, told) in enumerate(zip(model.gates, stops, strict=True)):

        def forward(*pooled: Tensor, t: int = t, told: Sequence[int] = told) -> Tensor:
            asked.append(t)
            assert len(pooled[-1]) == len(told)
            return torch.tensor(told).float() - 0.5

        gate.forward = forward
    return asked


@pytest.mark.parametrize(
    'frames, order',
    [
        (1, [0]),
        (2, [0, 1]),
        (3, [1, 0, 2]),
        (4, [1, 0, 3, 2]),
        (8, [3, 0, 7, 1, 5, 2, 4, 6]),
        (10, [4, 0, 9, 2, 6, 1, 3, 5, 7, 8]),
    ],
)
def test_order_by_hand(frames: int, order: list[int]):
    """Ten, counted from 1: ends 1 5 10 have the middles 3, 7; ends 1 3 5 7 10 have 2, 4, 6, 8."""
    assert coarse_to_fine(frames) == order


def test_every_frame_comes_once():
    for frames in range(1, 70):
        assert sorted(coarse_to_fine(frames)) == list(range(frames))


def test_cost_by_hand():
    """Three frames of 100, classifier 7, gates 10 and 20: none is asked after the last frame."""
    record = ExitRecord(ExitCosts(100, 7, (10, 20)), torch.tensor([1, 2, 3]))
    cost = record.execution()
    assert cost.dense == 307
    assert cost.conv.tolist() == [107, 207, 307]
    assert cost.gate.tolist() == [10, 30, 30]
    np.testing.assert_allclose(cost.time_share, [1 / 3, 2 / 3, 1])
    assert (record.least_cost().conv, record.least_cost().executed, record.least_cost().gate) == (
        107,
        117,
        10,
    )


def test_gate_by_hand():
    """Branches that pass the first two channels; both sum up: (1 + 2) + (3 - 5 cut to 0) - 4."""
    gate = ExitGate(3, hidden=2)
    for branch in gate.branches:
        branch[0].weight.data, branch[2].weight.data = torch.eye(2, 3), torch.eye(2)
        branch[0].bias.data, branch[2].bias.data = torch.zeros(2), torch.zeros(2)
    gate.fc.weight.data, gate.fc.bias.data = torch.ones(1, 4), torch.tensor([-4.0])
    logits = gate(torch.tensor([[1.0, 2.0, 9.0]]), torch.tensor([[3.0, -5.0, 9.0]]))
    assert logits.tolist() == [2.0]
    assert gate.macs == 2 * (3 * 2 + 2 * 2) + 4


def test_clips_end_where_their_gate_says():
    """Clip 0 after two frames, clip 1 after one, clip 2 after all; maximum over frames 1, 0, ..."""
    model = network()
    asked = scripted(model, [[0, 1, 0], [1, 0], [0]])
    x = torch.randn(3, FRAMES, 3, 8, 8)
    read = []
    model.backbone.register_forward_hook(lambda _, inputs, __: read.append(len(inputs[0])))
    with torch.no_grad():
        out = model(x.flatten(0, 1))
        assert read == [3, 2, 1, 1] and asked == [0, 1, 2]
        features = model._features(x.flatten(0, 1)).unflatten(0, (3, FRAMES))
        first = model.exits[0](features[1, 1])
        second = model.exits[1](torch.maximum(features[0, 1], features[0, 0]))
        last = model.exits[3](features[2].amax(dim=0))
    torch.testing.assert_close(out, torch.stack([second, first, last]))
    assert model.record.seen.tolist() == [2, 1, 4]
    frame, gates = model.costs.frame, np.cumsum(model.costs.gates)
    cost = model.record.execution()
    assert cost.conv.tolist() == [n * frame + model.costs.classifier for n in (2, 1, 4)]
    assert cost.gate.tolist() == [gates[1], gates[0], gates[2]]


def test_reading_stops_when_all_clips_have_ended():
    model = network()
    assert scripted(model, [[1, 1], [], []]) == []
    model(torch.randn(2 * FRAMES, 3, 8, 8))
    assert model.record.seen.tolist() == [1, 1]


def test_training_gives_what_testing_gives():
    """The same gates end the same clips; their scores are those of the training path's exits."""
    model = network()
    x = torch.randn(16 * FRAMES, 3, 8, 8)
    with torch.no_grad():
        _, logits = model._answer_always(x.unflatten(0, (-1, FRAMES))[:, model.order])
        for gate, middle in zip(model.gates, logits.median(dim=0).values, strict=True):
            gate.fc.bias -= middle  # half of the clips may end at each
        out, seen = model(x), model.record.seen
        scores, logits = model._answer_always(x.unflatten(0, (-1, FRAMES))[:, model.order])
    assert len(set(seen.tolist())) > 1
    assert torch.equal(model.record.seen, seen)
    assert logits.shape == (16, FRAMES - 1)
    torch.testing.assert_close(out, scores[torch.arange(16), seen - 1], rtol=1e-4, atol=1e-5)


def test_losses_by_hand():
    """Two classes, exits that lose log 2, 0.1, 0.5; 0.4 and 0.66 would pass: stay, then stop."""
    losses = [log(2), 0.1, 0.5]
    scores = torch.tensor([[[0.0, log(exp(loss) - 1)] for loss in losses]])
    gates = torch.tensor([[0.0, 2.0]])
    sample = ActionDataSample().set_gt_label(0)
    head = ExitHead(frames=3, beta=0.4 / exp(0.5), num_classes=2, topk=(1,))
    found = head.loss_by_feat((scores, gates), [sample])
    assert found['loss_cls'].item() == pytest.approx(sum(losses) / 3)
    assert found['loss_gate'].item() == pytest.approx((log(2) + log(1 + exp(-2))) / 2)
    assert found['top1_acc'] == 1  # of the last exit
    wider = ExitHead(frames=3, beta=0.7 / exp(0.5), num_classes=2, topk=(1,))
    both = wider.loss_by_feat((scores, gates - 1), [sample])['loss_gate'].item()
    assert both == pytest.approx((log(1 + exp(1)) + log(1 + exp(-1))) / 2)


def test_gradient_reaches_all_parts():
    model = network().train()
    head = ExitHead(frames=FRAMES, beta=0.1, num_classes=5)
    samples = [ActionDataSample().set_gt_label(i) for i in range(3)]
    found = head.loss_by_feat(model(torch.randn(3 * FRAMES, 3, 8, 8)), samples)
    (found['loss_cls'] + found['loss_gate']).backward()
    for part in (model.backbone.conv1.conv, *model.exits, *(gate.fc for gate in model.gates)):
        assert part.weight.grad.abs().sum() > 0


def test_costs_of_the_full_size():
    """16 frames of ResNet-50 and one classifier are TSN's MACs."""
    counted = {}
    with torch.device('meta'), DefaultScope.overwrite_default_scope('mmaction'):
        for name in ('frame_exit_r50', 'tsn_r50'):
            model = MODELS.build(Config.fromfile(BASE / f'{name}.py').model)
            counted[name] = count_macs(model, (1, 16, 3, 224, 224), stage='head').total()
            if name == 'frame_exit_r50':
                (least,) = least_cost(model, (1, 16, 3, 224, 224), stage='head').values()
                gates = model.backbone.costs.gates
    assert least.dense == counted['frame_exit_r50']
    assert counted['frame_exit_r50'] == pytest.approx(counted['tsn_r50'], rel=1e-4)
    assert gates[1] == 2 * (2048 * 64 + 64 * 64) + 128 == 2 * gates[0]
    assert least.executed == pytest.approx(counted['tsn_r50'] / 16, rel=1e-3)


def test_frames_must_make_clips():
    with pytest.raises(ValueError, match='7 frames do not make up clips of 4'):
        network()(torch.randn(7, 3, 8, 8))


@pytest.mark.parametrize('name', ['loss_cls', 'multi_class', 'label_smooth_eps'])
def test_another_loss_is_refused(name):
    value = {'loss_cls': dict(type='BCELossWithLogits')}.get(name, 1)
    with pytest.raises(ValueError, match=f'ExitHead: {name}'):
        ExitHead(frames=3, beta=0.1, num_classes=2, **{name: value})
