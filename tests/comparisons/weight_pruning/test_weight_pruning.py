"""Masks and the quality that meets a target, on weights given by hand."""

import copy

import pytest
import torch
from torch import nn

from vared_mm.comparisons.weight_pruning import (
    add_masks,
    find_quality,
    keep_strong,
    masked_layers,
    pruned_macs,
)
from vared_mm.dynamic import count_macs, executed_cost, least_cost


def two_layers() -> nn.Sequential:
    """Convolutions of 16 and 64 weights, without bias."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv3d(4, 4, 1, bias=False), nn.Conv3d(4, 4, (1, 2, 2), bias=False))


def test_quality_times_standard_deviation():
    """Weights 1, -2, 3, -4 (std sqrt 7.25 = 2.69): quality 1 leaves 3 and -4."""
    conv = nn.Conv2d(4, 1, 1, bias=False)
    conv.weight.data = torch.tensor([1.0, -2.0, 3.0, -4.0]).view(1, 4, 1, 1)
    layers = masked_layers(add_masks(nn.Sequential(conv)))
    assert pruned_macs(layers, {'0': 100}, 1.0) == 50
    keep_strong(layers, 1.0)
    assert conv.weight_mask.flatten().tolist() == [0, 0, 1, 1]
    # Of those left, 3 and -4, the standard deviation is 3.5: quality 1 leaves -4.
    assert pruned_macs(layers, {'0': 100}, 1.0) == 25
    assert pruned_macs(layers, {'0': 100}, 0.8) == 50


@pytest.mark.parametrize('share', [0.95, 0.72, 0.3, 0.05])
def test_target_is_met(share: float):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(16, 32, 3), nn.Conv2d(32, 32, 3), nn.Conv2d(32, 8, 3))
    layers = masked_layers(add_masks(model))
    macs = {'0': 10**7, '1': 5 * 10**7, '2': 10**6}
    target = share * sum(macs.values())
    keep_strong(layers, find_quality(layers, macs, target))
    left = sum(macs[n] * float(m.weight_mask.double().mean()) for n, m in layers.items())
    assert left == pytest.approx(target, rel=5e-3)


def test_a_pruned_weight_stays_away():
    """Later rounds choose among what is left, even if a dropped weight would be large again."""
    layers = masked_layers(add_masks(two_layers()))
    macs = {'0': 16, '1': 64}
    keep_strong(layers, find_quality(layers, macs, 40.0))
    before = {name: layer.weight_mask.clone() for name, layer in layers.items()}
    for layer in layers.values():
        layer.weight_orig.data[layer.weight_mask == 0] = 100.0
    keep_strong(layers, find_quality(layers, macs, 20.0))
    assert all((layers[name].weight_mask <= mask).all() for name, mask in before.items())
    assert sum(layer.weight_mask.sum() for layer in layers.values()) == pytest.approx(20, abs=1)


def test_unreachable_target():
    layers = masked_layers(add_masks(two_layers()))
    with pytest.raises(ValueError, match='can not be reached'):
        find_quality(layers, {'0': 16, '1': 64}, 81.0)


def test_pruned_weights_stay_zero_under_momentum_and_decay():
    model = add_masks(two_layers())
    layers = masked_layers(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)

    def step() -> None:
        optimizer.zero_grad()
        model(torch.randn(2, 4, 2, 4, 4)).square().sum().backward()
        optimizer.step()

    step()  # momentum of every weight
    keep_strong(layers, find_quality(layers, {'0': 16, '1': 64}, 40.0))
    weights = {name: layer.weight_orig.clone() for name, layer in layers.items()}
    for _ in range(3):
        step()
    model(torch.randn(1, 4, 2, 4, 4))
    for name, layer in layers.items():
        dropped = layer.weight_mask == 0
        assert dropped.any() and (layer.weight[dropped] == 0).all()
        assert (layer.weight[~dropped] != weights[name][~dropped]).all()


def test_masks_are_part_of_the_state():
    model = add_masks(two_layers())
    keep_strong(masked_layers(model), 0.7)
    state = copy.deepcopy(model.state_dict())
    other = add_masks(two_layers())
    other.load_state_dict(state)
    x = torch.randn(1, 4, 2, 4, 4)
    torch.testing.assert_close(other(x), model(x))
    assert all((layer.weight_mask == 0).any() for layer in masked_layers(other).values())


def test_a_static_checkpoint_loads():
    static = two_layers()
    model = add_masks(two_layers())
    keep_strong(masked_layers(model), 0.7)
    model.load_state_dict(static.state_dict())
    x = torch.randn(1, 4, 2, 4, 4)
    torch.testing.assert_close(model(x), static(x))


def test_cost_is_weighted_by_density():
    """Layer 1: 64 weights, 16 of them left: a quarter of its MACs, of either clip."""
    model = add_masks(two_layers(), include='1')
    static = count_macs(model, (1, 4, 2, 4, 4))
    model[1].weight_mask.flatten()[16:] = 0
    with torch.no_grad():
        model(torch.randn(2, 4, 2, 4, 4))
    cost = executed_cost(model)
    dense = static.layers['1'][1]
    assert (cost.layers, cost.dense.tolist()) == (('1',), [dense])
    assert cost.conv.tolist() == [[dense // 4]] * 2
    assert cost.channel_share.tolist() == [[0.25]] * 2
    assert least_cost(model, (1, 4, 2, 4, 4))['1'].conv == 0


def test_frames_in_the_batch_make_one_clip():
    model = add_masks(nn.Sequential(nn.Conv2d(3, 2, 1)), frames=4)
    with torch.no_grad():
        model(torch.randn(8, 3, 5, 5))
    assert executed_cost(model).conv.tolist() == [[4 * 25 * 2 * (3 + 1)]] * 2
