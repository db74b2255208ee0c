"""The efficiency loss and its straight-through gradient, by hand."""

import pytest
import torch
from torch import nn

from vared_mm.dynamic import (
    chosen_share,
    convert_to_dynamic,
    dynamic_layers,
    efficiency_loss,
    executed_cost,
    executed_share,
)

SHARES = torch.tensor([1, 1 / 2, 1 / 4])


@pytest.mark.parametrize(
    ('weights', 'share', 'gradient'),
    [
        # the largest active candidate gets r_i - r_(i+1), those behind it nothing
        ((0.3, 0.2, 0.1), 1, (1 / 2, 0, 0)),
        ((0.0, 0.2, 0.1), 1 / 2, (1 / 2, 1 / 4, 0)),
        ((0.0, 0.0, 0.1), 1 / 4, (3 / 4, 1 / 4, 0)),
        ((0.3, 0.0, 0.1), 1, (3 / 4, 0, 0)),
    ],
)
def test_share_is_exact_and_its_gradient_the_formula(weights, share, gradient):
    """``d/da_i sum_i r_i a_i prod_{k<i} (1 - a_k)`` with the last a = 1."""
    values = torch.tensor([weights], requires_grad=True)
    result = chosen_share(values, SHARES)
    assert result.item() == share
    result.backward()
    assert torch.allclose(values.grad, torch.tensor([gradient]))


def test_inactive_candidates_get_nothing_through_the_gate():
    """What the formula gives to a candidate before the first active one dies in max(., 0)."""
    z = torch.tensor([[-0.5, 0.4]], requires_grad=True)
    chosen_share(torch.relu(torch.tanh(z)), torch.tensor([1, 0.5])).backward()
    assert z.grad.tolist() == [[0, 0]]


def test_loss_by_hand():
    """Two layers, two clips, S = 2: value, and gradient of the active candidates."""
    net = nn.Sequential(nn.Conv3d(2, 4, 1, bias=False), nn.Conv3d(4, 4, 1, bias=False))
    net = convert_to_dynamic(net, (2, 4, 3, 3))
    net(torch.randn(2, 2, 4, 3, 3))
    weights = {
        '0': ([[0.5, 0.5], [0.0, 0.5]], [[0.5, 0.5], [0.5, 0.5]]),
        '1': ([[0.5, 0.5], [0.5, 0.5]], [[0.0, 0.5], [0.5, 0.5]]),
    }
    leaves = {}
    for name, layer in dynamic_layers(net).items():
        pair = [torch.tensor(axis, requires_grad=True) for axis in weights[name]]
        layer.record.decision.temporal, layer.record.decision.channel = leaves[name] = pair
    records = [layer.record for layer in dynamic_layers(net).values()]
    # layer 0 has 1/3 of the MACs, layer 1 has 2/3
    shares = torch.tensor([1 / 3 * 1 + 2 / 3 * 0.5, 1 / 3 * 0.5 + 2 / 3 * 1])
    assert torch.allclose(executed_share(records), shares)
    mu = torch.tensor([1.0, 0.0])
    loss = efficiency_loss(records, mu)
    assert loss.item() == pytest.approx((shares[0].item() ** 2) / 2)
    loss.backward()
    # d loss / d V = 1/2 * 2 * share_n * share_l * (other axis) * (r_1 - r_2), clip 0 only
    outer = shares[0].item()
    temporal_0, channel_0 = (leaf.grad for leaf in leaves['0'])
    assert torch.allclose(temporal_0, torch.tensor([[outer / 3 / 2, 0], [0, 0]]))
    assert torch.allclose(channel_0, torch.tensor([[outer / 3 / 2, 0], [0, 0]]))
    temporal_1 = leaves['1'][0].grad
    assert torch.allclose(temporal_1, torch.tensor([[outer * 2 / 3 * 0.5 / 2, 0], [0, 0]]))


def test_loss_equals_the_logged_cost():
    net = nn.Sequential(nn.Conv3d(3, 7, (1, 3, 3)), nn.Conv3d(7, 5, 3, padding=1, stride=(2, 1, 1)))
    net = convert_to_dynamic(net, (3, 9, 8, 8), temporal=3, channel=2).eval()
    with torch.no_grad():
        for layer in dynamic_layers(net).values():
            layer.gate.excite.normal_(std=4)
        net(torch.randn(8, 3, 9, 8, 8))
    cost = executed_cost(net)
    records = [layer.record for layer in dynamic_layers(net).values()]
    logged = cost.conv.sum(axis=1) / cost.dense.sum()
    assert len(set(logged.tolist())) > 1
    assert torch.allclose(executed_share(records), torch.tensor(logged).float(), atol=1e-6)


def test_no_dynamic_layer():
    with pytest.raises(ValueError, match='no dynamic layer has run'):
        executed_share([])
