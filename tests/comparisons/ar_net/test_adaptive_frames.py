"""Adaptive frames with scripted decisions: what runs, what it gives, what it costs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine import dist
from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import Tensor, nn

from tests.many_processes import run_processes
from vared_mm.comparisons.ar_net import (
    AdaptiveFrames,
    FrameCosts,
    FrameFeatures,
    FramePolicy,
    Skips,
    UsageRecord,
    usage_loss,
)
from vared_mm.dynamic import count_macs, least_cost
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[3] / 'configs/_base_/models'
FRAMES = 6
# Actions of the small network: 0, 1 classifiers, 2 the policy's own, 3-5 skip 1, 2, 4.


def small(size: int, width: int) -> dict:
    backbone = dict(
        type='vared_mm.FrameResNet', base_channels=width, stage_blocks=(1,), strides=(1,)
    )
    return dict(backbone=backbone, channels=width, size=size)


def network(**options) -> AdaptiveFrames:
    torch.manual_seed(0)
    model = AdaptiveFrames(
        classifiers=[small(16, 8), small(8, 4)],
        policy=small(8, 4),
        num_classes=5,
        frames=FRAMES,
        hidden=6,
        **options,
    )
    for layer in (*(c.fc for c in model.classifiers), model.policy.classifier):  # scores differ
        nn.init.normal_(layer.weight)
    return model


def scripted(model: AdaptiveFrames, actions: list[int]) -> AdaptiveFrames:
    """The same decisions for one clip, one a decision (not a frame)."""
    told = iter(actions)

    def forward(features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        one_hot = nn.functional.one_hot(torch.full((len(features),), next(told)), 6)
        return one_hot.float(), state + 1

    model.policy.forward = forward
    return model


def test_skip_bookkeeping():
    """Skip 1 leaves out its own frame alone; skip 4 three more; the policy rests meanwhile."""
    skips = Skips((0, 0, 1, 2, 4), 3, torch.device('cpu'))
    told = torch.tensor([[0, 1, 0, 1, 0, 1], [3, 0, 2, 0, 3, 0], [4, 0, 0, 0, 1, 4]])
    deciding = []
    for action in told.T:
        deciding.append(skips.deciding.tolist())
        skips.advance(action)
    assert np.array(deciding).T.tolist() == [
        [True] * 6,
        [True, False, True, True, True, False],
        [True, False, False, False, True, True],
    ]


def test_cost_by_hand():
    """Networks 100, 40, own classifier 3, decision 10; clip 2: skip 2, own, then skip 4 cut off."""
    costs = FrameCosts((100, 40, 3, 0, 0, 0), policy=10, longest_skip=4)
    action = torch.tensor([[0, 1, 2, 3, 0, 0], [4, 4, 2, 5, 5, 5]])
    decided = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 0, 0]]).bool()
    record = UsageRecord(costs, action, decided)
    cost = record.execution()
    assert cost.dense == 6 * 110
    assert cost.conv.tolist() == [100 + 40 + 3 + 0 + 100 + 100 + 60, 3 + 30]
    np.testing.assert_allclose(cost.time_share, [5 / 6, 1 / 6])
    assert record.least_cost().conv == 2 * 10  # skip 4, then skip 4 again


def test_usage_loss_by_hand():
    """Four frames: two of action 0 (cost 4), one of 1 (cost 2), one skip."""
    usage = torch.eye(3)[torch.tensor([[0, 0], [1, 2]])]
    spread = np.linalg.norm(np.array([0.5, 0.25, 0.25]) - 1 / 3)
    loss = usage_loss(usage, torch.tensor([4.0, 2.0, 0.0]), uniform=3.0)
    assert loss.item() == pytest.approx(0.5 * 4 + 0.25 * 2 + 3 * spread)


@pytest.mark.parametrize('training', [True, False])
def test_clip_is_the_mean_of_frames_not_skipped(training: bool):
    """0, skip 2 (two frames), 1, own, skip 1: frames 0, 3, 4 count."""
    model = scripted(network(), [0, 4, 1, 2, 3] if not training else [0, 4, 5, 1, 2, 3])
    model.eval()  # norms as at test in both
    x = torch.randn(FRAMES, 3, 16, 16)
    with torch.no_grad():
        first, second = (c(x) for c in model.classifiers)
        out = model._weigh(x[None]) if training else model(x)
        own = model.policy.classifier(torch.full((6,), 4.0))  # after four decisions
    torch.testing.assert_close(out[0], (first[0] + second[3] + own) / 3)
    assert model.record.action.tolist() == [[0, 4, 4, 1, 2, 3]]
    assert model.record.decided.tolist() == [[True, True, False, True, True, True]]
    costs = model.costs
    spent = sum(costs.actions[:3]) + 5 * costs.policy
    assert model.record.execution().conv.tolist() == [spent]


def test_a_skip_copies_state():
    """The decision after a skip comes from the state before it, not from the frames within."""
    model = network().eval()
    x = torch.randn(FRAMES, 3, 16, 16)
    states = []
    told = iter([4, 0, 0, 0, 0])

    def forward(features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        states.append(state[0, 0, 0].item())
        return nn.functional.one_hot(torch.tensor([next(told)]), 6).float(), state + 1

    model.policy.forward = forward
    model(x)
    assert states == [0, 1, 2, 3, 4]  # five decisions on six frames


@pytest.mark.parametrize('training', [True, False])
def test_skipped_frames_that_are_seen(training: bool):
    """As the public code: the memory's cell goes through them, its hidden state does not.

    The policy is charged for every frame then, and at least for every frame.
    """
    model, states = network(sees_skipped=True).eval(), []
    told = iter([4, 0, 0, 0, 0, 0])

    def forward(features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        states.append(state[:, 0, 0].tolist())
        return nn.functional.one_hot(torch.tensor([next(told)]), 6).float(), state + 1

    model.policy.forward = forward
    x = torch.randn(FRAMES, 3, 16, 16)
    with torch.no_grad():
        _ = model._weigh(x[None]) if training else model(x)
    assert states == [[0, 0], [1, 1], [1, 2], [2, 3], [3, 4], [4, 5]]
    assert model.record.action.tolist() == [[4, 4, 0, 0, 0, 0]]
    spent = 4 * model.costs.actions[0] + FRAMES * model.costs.policy
    assert model.record.execution().conv.tolist() == [spent]
    assert model.record.least_cost().conv == FRAMES * model.costs.policy


def test_mixed_precision_at_test():
    """Every kind of action, with scores near those in float32."""
    model = scripted(network(), [0, 4, 1, 2, 3]).eval()
    x = torch.randn(FRAMES, 3, 16, 16)
    with torch.no_grad():
        with torch.autocast('cpu', torch.bfloat16):
            found = model(x)
        expected = scripted(model, [0, 4, 1, 2, 3])(x)
    torch.testing.assert_close(found, expected, rtol=0.1, atol=0.1)


def test_own_scores_and_actions_come_from_the_memory():
    """Dropout before it, in training only; both linear layers see its hidden state."""
    policy = FramePolicy(4, 5, hidden=6, dropout=0.9, **small(8, 4))
    features, start = torch.ones(1, 4), torch.randn(2, 1, 6)
    with torch.no_grad():
        choice, state = policy.eval()(features, start)
        assert torch.equal(state, policy.memory(features, start))
        scores = policy.fc(state[0])
        torch.testing.assert_close(policy.classify(state), policy.classifier(state[0]))
        assert choice.argmax(1).item() == scores.argmax(1).item()
        _, dropped = policy.train()(features, start)
    assert not torch.allclose(dropped, state)
    assert (policy.fc.in_features, policy.classifier.in_features) == (6, 6)


def test_frames_are_resized_to_the_nearest_pixels():
    """4 x 4 to 2 x 2: the first of each pair, no mean of them."""
    seen = []
    network = FrameFeatures(small(8, 4)['backbone'], 4, 2)
    network.backbone.forward = lambda x: seen.append(x) or x
    network(torch.arange(16.0).view(1, 1, 4, 4))
    assert seen[0].flatten().tolist() == [0, 2, 8, 10]
    network(torch.zeros(1, 1, 2, 2))  # as they are
    assert seen[1].shape == (1, 1, 2, 2)
    wide = FrameFeatures(small(8, 4)['backbone'], 4, (2, 4))  # height and width
    wide.backbone.forward = lambda x: seen.append(x) or x
    wide(torch.arange(32.0).view(1, 1, 4, 8))
    assert seen[2].flatten().tolist() == [0, 2, 4, 6, 16, 18, 20, 22]


def test_all_frames_skipped_gives_zero():
    model = scripted(network(), [5, 5]).eval()
    with torch.no_grad():
        assert model(torch.randn(FRAMES, 3, 16, 16)).abs().sum() == 0
    assert model.record.execution().conv.tolist() == [2 * model.costs.policy]


def test_clips_of_a_batch_do_not_depend_on_each_other():
    model = network().eval()
    nn.init.normal_(model.policy.fc.weight, std=5)
    x = torch.randn(4 * FRAMES, 3, 16, 16)
    with torch.no_grad():
        together, actions = model(x), model.record.action
        apart = torch.cat([model(clip) for clip in x.split(FRAMES)])
    assert len({tuple(row) for row in actions.tolist()}) > 1
    torch.testing.assert_close(together, apart, rtol=1e-4, atol=1e-5)


def test_argmax_and_sampled():
    """With scores 0 and log 3, one action is drawn three times out of four, but always argmax."""
    policy = FramePolicy(2, 5, hidden=6, **small(8, 4)).eval()
    nn.init.zeros_(policy.fc.weight)
    policy.fc.bias.data = torch.tensor([0.0, np.log(3)], dtype=torch.float)
    features = torch.zeros(4000, 4)
    torch.manual_seed(0)
    with torch.no_grad():
        likeliest, _ = policy(features, policy.start(features))
        policy.sample = True
        drawn, _ = policy(features, policy.start(features))
    assert likeliest[:, 1].min() == 1
    assert drawn[:, 1].mean().item() == pytest.approx(0.75, abs=0.03)
    assert set(drawn.unique().tolist()) == {0.0, 1.0}


def test_gradient_reaches_policy_and_networks():
    model = network().train()
    out = model(torch.randn(8 * FRAMES, 3, 16, 16))
    (out.sum() + model.layer_loss()).backward()
    assert out.shape == (8, 5)
    assert model.policy.fc.weight.grad.abs().sum() > 0
    assert model.policy.memory.weight_ih.grad.abs().sum() > 0
    assert model.classifiers[0].backbone.conv1.conv.weight.grad.abs().sum() > 0


def test_stages():
    x = torch.randn(2 * FRAMES, 3, 16, 16)
    frozen = network(stage='finetune').train()
    before = frozen.policy.network.backbone.conv1.norm.running_mean.clone()
    frozen(x).sum().backward()
    still = {name for name, p in frozen.named_parameters() if not p.requires_grad}
    assert still == {name for name, _ in frozen.named_parameters() if name.startswith('policy.')}
    assert torch.equal(before, frozen.policy.network.backbone.conv1.norm.running_mean)
    assert frozen.classifiers[0].backbone.conv1.norm.training
    assert frozen.policy.training and not frozen.policy.dropout.training  # it draws on
    with pytest.raises(ValueError, match="stage='x': must be one of classifiers, joint, finetune"):
        network(stage='x')


def test_first_stage():
    """The classifiers learn side by side, the policy not at all; at test the first one answers."""
    x = torch.randn(2 * FRAMES, 3, 16, 16)
    alone = network(stage='classifiers').train()
    out = alone(x)
    assert out.shape == (2, 2, 5)
    out.sum().backward()
    assert {n.split('.')[0] for n, p in alone.named_parameters() if p.grad is None} == {'policy'}
    with torch.no_grad():
        first = alone.eval()(x)
        torch.testing.assert_close(
            first, alone.classifiers[0](x).unflatten(0, (2, FRAMES)).mean(dim=1)
        )
    assert alone.record.execution().conv.tolist() == [FRAMES * alone.costs.actions[0]] * 2


def _loss_of_a_process(actions: list[list[int]]) -> tuple[float, list[float]]:
    """Loss and gradient by the usage of the frames of one process."""
    usage = torch.eye(3)[torch.tensor(actions[dist.get_rank()])].requires_grad_()
    loss = usage_loss(usage, torch.tensor([4.0, 2.0, 0.0]), uniform=3.0)
    loss.backward()
    return loss.item(), usage.grad[0, 0].tolist()


def test_usage_loss_is_of_all_processes():
    """Each alone uses one action only; together two of three. Gradients are averaged afterwards."""
    actions = [[[0, 0]], [[1, 1]]]
    results = run_processes(2, _loss_of_a_process, actions)
    usage = torch.eye(3)[torch.tensor(actions).flatten(0, 1)].requires_grad_()
    loss = usage_loss(usage, torch.tensor([4.0, 2.0, 0.0]), uniform=3.0)
    loss.backward()
    assert [value for value, _ in results] == pytest.approx([loss.item()] * 2)
    for rank, (_, gradient) in enumerate(results):
        assert np.array(gradient) / 2 == pytest.approx(usage.grad[rank, 0].numpy())


def test_loss_counts_the_networks_only():
    model = network(unit=1.0, uniform=0.0)
    model.usage = torch.eye(6)[torch.tensor([[0, 1, 2, 3]])]
    costs = model.costs.actions
    assert model.layer_loss().item() == pytest.approx((costs[0] + costs[1]) / 4)


def test_costs_of_a_frame():
    """The calibration's GFLOPs of a frame, the size of the network, and its bounds for a clip."""
    with torch.device('meta'), DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(Config.fromfile(BASE / 'ar_net_r50.py').model)
        counted = count_macs(model, (1, 16, 3, 224, 224), stage='head').total()
        (least,) = least_cost(model, (1, 16, 3, 224, 224), stage='head').values()
    costs = model.backbone.costs
    np.testing.assert_allclose(np.array(costs.actions[:3]) / 1e9, [4.110, 2.249, 0.486], rtol=5e-3)
    memory = 4 * 512 * (1280 + 512) + 512 * 7
    assert (costs.policy - memory) / 1e9 == pytest.approx(0.052, rel=0.01)
    assert least.dense == counted == 16 * (costs.actions[0] + costs.policy)
    assert least.conv == 4 * costs.policy
    assert costs.actions[3] == 512 * 200  # the policy's classifier sees the memory
    networks = 23_508_032 + 21_284_672 + 11_176_512 + 2_223_872  # as in torchvision
    heads = (2048 + 512 + 512 + 512) * 200 + 4 * 200 + 512 * 7 + 7
    memory = 4 * 512 * (1280 + 512) + 2 * 4 * 512
    assert sum(p.numel() for p in model.parameters()) == networks + heads + memory


def test_frames_must_make_clips():
    with pytest.raises(ValueError, match='7 frames do not make up clips of 6'):
        network().eval()(torch.randn(7, 3, 16, 16))
