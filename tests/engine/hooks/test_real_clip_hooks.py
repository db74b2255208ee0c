"""Hooks of the runs on real clips: other efficiency losses, shuffled choices, tables of clips."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.structures import BaseDataElement

from tests.engine.hooks.toy_models import CLIP, make, runner_of, samples
from vared_mm.dynamic import dynamic_layers, executed_cost, executed_share
from vared_mm.engine.hooks import (
    ClipTableHook,
    CostRecordHook,
    MarginEfficiencyHook,
    MeanBudgetHook,
    ShuffledChoiceHook,
)
from vared_mm.engine.hooks.margin_efficiency_hook import margin
from vared_mm.evaluation import SubsetAccuracy


@pytest.mark.parametrize(('target', 'is_above'), [(0.1, True), (0.99, False)])
def test_a_budget_is_on_the_mean_of_the_batch(target, is_above) -> None:
    model, hook = make(), MeanBudgetHook(weight=2, target=target)
    hook.before_train(runner_of(model))
    losses = model(torch.randn(6, 1, *CLIP), samples(*range(5), 0), mode='loss')
    share = executed_share([layer.record for layer in dynamic_layers(model).values()]).mean()
    assert (losses['loss_efficiency'] > 0) == is_above
    assert torch.allclose(losses['loss_efficiency'], 2 * (share - target).clamp(min=0) ** 2)
    gates = [layer.gate.beta for layer in dynamic_layers(model).values()]
    gradients = torch.autograd.grad(losses['loss_efficiency'], gates)
    assert any(gradient.abs().sum() > 0 for gradient in gradients) == is_above


def test_a_margin_is_of_the_true_class_over_the_next() -> None:
    logits = torch.tensor([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]).log()
    expected = torch.tensor([0.2, 0.0, 0.7])
    torch.testing.assert_close(margin(logits, samples(0, 1, 2)), expected)
    several = SimpleNamespace(gt_label=torch.tensor([1, 0]))
    with pytest.raises(ValueError, match='several labels'):
        margin(logits[:1], [several])


def test_the_margin_takes_the_place_of_correctness() -> None:
    model, hook = make(), MarginEfficiencyHook(weight=0.8)
    hook.before_train(runner_of(model))
    inputs, truth = torch.randn(6, 1, *CLIP), samples(*range(5), 0)
    losses = model(inputs, truth, mode='loss')
    share = executed_share([layer.record for layer in dynamic_layers(model).values()])
    with torch.no_grad():
        mu = margin(model.cls_head(model.backbone(inputs.flatten(0, 1)).mean((2, 3, 4))), truth)
    assert torch.allclose(losses['loss_efficiency'], 0.8 * ((mu * share) ** 2).mean())


class _Loader(list):
    """Batches of clips, in order."""

    batch_size, sampler = 4, SimpleNamespace(shuffle=False)

    def __init__(self, clips: torch.Tensor) -> None:
        super().__init__(clips.split(self.batch_size))
        self.dataset = clips


def test_in_a_shuffled_test_every_clip_has_anothers_choices_at_the_same_mean_cost() -> None:
    model, clips = make().eval(), torch.randn(10, 1, *CLIP)
    model.test_step = model.forward
    with torch.no_grad():
        model(clips)
    own = executed_cost(model)
    runner = SimpleNamespace(
        model=model, world_size=1, test_loop=SimpleNamespace(dataloader=_Loader(clips))
    )
    hook, patterns = ShuffledChoiceHook(seed=1), []
    hook.before_test(runner)
    for number, batch in enumerate(clips.split(4)):
        hook.before_test_iter(runner, number)
        with torch.no_grad():
            model(batch)
            record = executed_cost(model)
            model(batch[:1])  # as a hook that counts MACs does in between
        patterns.append(np.concatenate([record.time_index, record.channel_index], axis=1))
    order = hook._gates[0].order
    assert len({tuple(row) for row in np.concatenate(patterns)}) > 1
    expected = np.concatenate([own.time_index, own.channel_index], axis=1)[order]
    np.testing.assert_array_equal(np.concatenate(patterns), expected)
    assert not (order == torch.arange(10)).any()
    hook.after_test(runner)
    assert not any(m.override or m.listeners for m in dynamic_layers(model).values())


def test_shuffling_wants_the_order_of_the_list() -> None:
    loader = _Loader(torch.randn(4, 1, *CLIP))
    loader.sampler = SimpleNamespace(shuffle=True)
    loop = SimpleNamespace(dataloader=loader)
    runner = SimpleNamespace(model=make(), world_size=1, test_loop=loop)
    with pytest.raises(ValueError, match='in the order of their list'):
        ShuffledChoiceHook().before_test(runner)
    runner.model = make(dynamic=False)
    with pytest.raises(ValueError, match='a dynamic model'):
        ShuffledChoiceHook().before_test(runner)


@pytest.mark.parametrize('dynamic', [False, True])
def test_the_table_holds_what_the_samples_say(tmp_path, dynamic) -> None:
    model, costs = make(dynamic).eval(), CostRecordHook()
    table = ClipTableHook(keys=('group',))
    runner = SimpleNamespace(model=model, world_size=1, work_dir=str(tmp_path))
    costs.before_test(runner)
    table.before_test(runner)
    for first in (0, 3):
        with torch.no_grad():
            outputs = model(torch.randn(3, 1, *CLIP), samples(first, 1, 2), mode='predict')
        for sample in outputs:
            sample.pred_score = torch.tensor([0.1, 0.2, 0.7])
            sample.group = f'court {first} é'
        table.after_test_iter(runner, 0, None, outputs)
    record = executed_cost(model) if dynamic else None
    static = outputs[0].cost.static_macs
    table.after_test(runner)
    with np.load(tmp_path / 'clips.npz', allow_pickle=False) as found:
        assert found['label'].tolist() == [0, 1, 2, 3, 1, 2]
        assert found['scores'].shape == (6, 3)
        assert [group.decode() for group in found['group'][2:4]] == ['court 0 é', 'court 3 é']
        if record is None:
            assert set(found['macs']) == {static} and 'layers' not in found
        else:
            executed = (record.conv + record.cheap + record.gate - record.dense).sum(axis=1)
            np.testing.assert_array_equal(found['macs'][3:], static + executed)
            np.testing.assert_array_equal(found['channel'][3:], record.channel_index)
            assert found['layers'].tolist() == list(dynamic_layers(model))


def test_accuracy_of_each_subset() -> None:
    metric = SubsetAccuracy(group_by='subset')
    scores = torch.tensor([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    rows = [
        BaseDataElement(pred_score=s, gt_label=torch.tensor([1]), subset=part).to_dict()
        for s, part in zip(scores, ('a', 'a', 'b'), strict=True)
    ]
    metric.process(None, rows)
    found = metric.evaluate(3)
    assert found == {'acc/subset=a/video-1': 50.0, 'acc/subset=b/video-1': 0.0}
    with pytest.raises(ValueError, match=r"no 'motion' in a sample"):
        SubsetAccuracy(group_by='motion').process(None, rows)
