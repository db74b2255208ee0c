"""Controls of the choice per clip: they cost what they execute, and do not look at the clip."""

import numpy as np
import pytest
import torch
from torch import nn

from vared_mm.comparisons.fixed_choice import (
    ChoiceTable,
    ClipBlindGate,
    LayerChoices,
    best_fixed,
    blind_backbone,
    choice_table,
    shuffled_decisions,
)
from vared_mm.comparisons.fixed_choice.shuffled import circle
from vared_mm.cost import SearchSpace
from vared_mm.dynamic import (
    Decision,
    Override,
    convert_to_dynamic,
    dynamic_layers,
    executed_cost,
    fixed_choice,
)
from vared_mm.registry import MODELS

CLIP = (3, 4, 8, 8)


@MODELS.register_module(name='ToyClips')
class _Toy(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Conv3d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv3d(8, 8, (1, 3, 3), padding=(0, 1, 1))
        )


def _dynamic() -> nn.Module:
    torch.manual_seed(0)
    model = convert_to_dynamic(_Toy(), CLIP)
    for layer in dynamic_layers(model).values():  # gates that choose by the clip
        nn.init.normal_(layer.gate.excite, std=3)
        nn.init.zeros_(layer.gate.beta)
    model(torch.randn(32, *CLIP))  # for the norms
    return model.eval()


def _blind() -> nn.Module:
    config = dict(type='DynamicBackbone', backbone=dict(type='ToyClips'), input_shape=CLIP)
    return blind_backbone(config).eval()


def _gate(probability: list[float], search: SearchSpace, seed: int = 0) -> ClipBlindGate:
    gate = ClipBlindGate(search)
    gate.set_choices(torch.tensor(probability), gate.temporal, gate.channel, seed)
    return gate


def test_until_told_otherwise_a_blind_backbone_is_the_static_one() -> None:
    blind, static = _blind(), _Toy()
    static.load_state_dict(blind.state_dict(), strict=False)
    x = torch.randn(2, *CLIP)
    torch.testing.assert_close(blind(x), static(x))


@pytest.mark.parametrize('training', [False, True])
def test_draws_match_the_frequencies_and_not_the_clip(training) -> None:
    gate = _gate([0.5, 0.2, 0.0, 0.3], SearchSpace(2, 2)).train(training)
    torch.manual_seed(0)
    decision = gate(torch.zeros(4000, 1, 1, 1, 1))
    drawn = (2 * decision.temporal.argmax(1) + decision.channel.argmax(1)).numpy()
    np.testing.assert_allclose(
        np.bincount(drawn, minlength=4) / 4000, [0.5, 0.2, 0, 0.3], atol=0.03
    )


def test_two_evaluations_draw_alike_and_layers_do_not() -> None:
    x = torch.zeros(64, 1, 1, 1, 1)
    one, other = (_gate([0.5, 0.5], SearchSpace(1, 2), seed) for seed in (0, 1))
    first = one.eval()(x).channel
    assert not torch.equal(one(x).channel, first)  # it goes on within one evaluation
    assert torch.equal(one.eval()(x).channel, first)
    assert not torch.equal(other.eval()(x).channel, first)


def test_a_choice_without_weight_is_refused() -> None:
    gate = ClipBlindGate(SearchSpace(1, 2))
    with pytest.raises(ValueError, match='without a weight'):
        gate.set_choices(torch.ones(2), gate.temporal, torch.zeros(2, 2))


def test_the_table_counts_what_was_executed() -> None:
    model = _dynamic()
    costs = []
    with choice_table(model) as table, torch.no_grad():
        for _ in range(3):
            model(torch.randn(20, *CLIP))
            record = executed_cost(model)
            costs.append((record.conv + record.cheap + record.gate).sum(axis=1))
    np.testing.assert_array_equal(table.macs, np.concatenate(costs))
    assert [layer.count.sum() for layer in table.layers.values()] == [60, 60]
    assert max((layer.count > 0).sum() for layer in table.layers.values()) > 1
    assert not any(layer.listeners for layer in dynamic_layers(model).values())


def test_a_fixed_choice_executes_what_the_table_says() -> None:
    dynamic, blind = _dynamic(), _blind()
    with choice_table(dynamic) as table, torch.no_grad():
        dynamic(torch.randn(50, *CLIP))
    chosen = best_fixed(table)
    for (name, layer), gate in zip(
        table.layers.items(), (m.gate for m in dynamic_layers(blind).values()), strict=True
    ):
        one = torch.eye(len(layer.count))[chosen[name]]
        gate.set_choices(one, torch.tensor(layer.temporal), torch.tensor(layer.channel))
    with torch.no_grad():
        blind(torch.randn(7, *CLIP))
    record = executed_cost(blind)
    executed = (record.conv + record.cheap + record.gate).sum(axis=1)
    assert set(executed) == {sum(table.layers[n].macs[c] for n, c in chosen.items())}
    assert 0.7 * table.macs.mean() < executed[0] <= table.macs.mean()


def _table(counts: list[list[int]], macs: list[int], mean: float) -> ChoiceTable:
    none = np.zeros((len(macs), 1))
    layers = {
        f'layer{i}': LayerChoices(
            SearchSpace(1, len(macs)), np.array(count), none, none, np.array(macs)
        )
        for i, count in enumerate(counts)
    }
    return ChoiceTable(layers, 0, np.array([mean]))


@pytest.mark.parametrize(
    ('mean', 'chosen'),
    [
        (200, {'layer0': 0, 'layer1': 0}),  # every layer's modal choice
        (150, {'layer0': 0, 'layer1': 1}),  # the layer that is least sure gives way
        (100, {'layer0': 1, 'layer1': 1}),
        (199, {'layer0': 0, 'layer1': 1}),  # never more than the clips execute
    ],
)
def test_the_best_fixed_choice_agrees_with_most_clips_at_the_cost(mean, chosen) -> None:
    assert best_fixed(_table([[9, 1], [6, 4]], [100, 50], mean)) == chosen


def test_a_cost_below_every_choice_is_refused() -> None:
    with pytest.raises(ValueError, match='cost more'):
        best_fixed(_table([[9, 1]], [100, 50], 40))


def test_shuffling_is_a_permutation_without_a_fixed_clip() -> None:
    order = circle(50, 2, seed=3).view(50, 2)
    clips = order[:, 0] // 2
    assert sorted(clips.tolist()) == list(range(50))
    assert not (clips == torch.arange(50)).any()
    assert torch.equal(order, clips[:, None] * 2 + torch.arange(2))


def test_replayed_decisions_are_another_clips_with_their_cost() -> None:
    model = _dynamic()
    x = torch.randn(10, *CLIP)
    name, layer = next(iter(dynamic_layers(model).items()))
    with torch.no_grad():
        model(x)
    own = layer.record.decision
    gate = shuffled_decisions([own.of(torch.arange(6)), own.of(torch.arange(6, 10))], 1, seed=0)
    layer.override = Override(gate)
    macs = executed_cost(model).conv[:, 0]
    for first in (0, 5):
        gate.first = first
        with torch.no_grad():
            model(x[first : first + 5])
        part = gate.order[first : first + 5]
        assert torch.equal(layer.record.decision.channel, own.channel[part])
        assert layer.record.decision.gate_macs == own.gate_macs > 0
        np.testing.assert_array_equal(executed_cost(model).conv[:, 0], macs[part])


def test_one_clip_has_nothing_to_shuffle_with() -> None:
    one = Decision(torch.ones(1, 1), torch.ones(1, 1), torch.zeros(1, 2, dtype=torch.bool))
    with pytest.raises(ValueError, match='nothing to shuffle'):
        shuffled_decisions([one], 1, 0)


def test_fixed_choice_still_overrules_a_blind_gate() -> None:
    model = _blind()
    with fixed_choice(model, channel=1), torch.no_grad():
        model(torch.randn(2, *CLIP))
    assert set(executed_cost(model).channel_index.ravel()) == {1}
