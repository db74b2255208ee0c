"""Gated convolutions against sums written out, and their cost."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.model import convert_sync_batchnorm
from mmengine.registry import DefaultScope
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.comparisons.cgnet import GatedConv2d, GatedConv3d, convert_to_gated
from vared_mm.dynamic import count_macs, executed_cost, least_cost, recorded_cost
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[3] / 'configs/_base_/models'


def one_by_one(weight: list[float], parts: int = 2, **options) -> GatedConv2d:
    """A gated 1 x 1 convolution to one channel, in evaluation mode, its norm the identity."""
    conv = nn.Conv2d(len(weight), 1, 1, bias=False)
    conv.weight.data = torch.tensor(weight).view(1, -1, 1, 1)
    layer = GatedConv2d(conv, parts, **options).eval()
    layer.channel_gate.norm.running_var.fill_(1 - 1e-5)  # eps makes it 1
    return layer


def test_forward_written_out():
    """Two channels, one in the base path: y_p = 2 x_0, completed by 3 x_1 where y_p > 1."""
    layer = one_by_one([2.0, 3.0], target=1.0)
    x = torch.tensor([[[[0.0, 0.5, 0.6, 1.0]], [[1.0, 1.0, 1.0, -1.0]]]])
    with torch.no_grad():
        out = layer(x)
    # y_p = 0, 1, 1.2, 2; only the last two are above the threshold.
    torch.testing.assert_close(out, torch.tensor([[[[0.0, 1.0, 1.2 + 3.0, 2.0 - 3.0]]]]))
    assert layer.record.completed.tolist() == [2]
    cost = layer.record.execution()
    # 4 activations of 1 MAC each in the base path, 2 completed by 1 MAC each, of 8.
    assert (cost.dense, cost.conv.tolist(), cost.gate.tolist()) == (8, [6], [8])
    assert cost.channel_share.tolist() == [0.75]


def test_gradient_is_the_sigmoids():
    """out = y_p + d * r: the threshold's gradient is -r * alpha * s * (1 - s), summed."""
    layer = one_by_one([2.0, 3.0], target=1.0, alpha=2.0)
    x = torch.tensor([[[[0.5, 1.0]], [[1.0, -1.0]]]], requires_grad=True)
    layer(x).sum().backward()
    partial, rest = np.array([1.0, 2.0]), np.array([3.0, -3.0])
    soft = 1 / (1 + np.exp(-2 * (partial - 1)))
    slope = 2 * soft * (1 - soft)
    gradient = layer.channel_gate.threshold.grad.numpy()
    np.testing.assert_allclose(gradient, [-(rest * slope).sum()], rtol=1e-4)
    # To x_0: through y_p directly and through the decision; to x_1: 3 d.
    np.testing.assert_allclose(x.grad[0, 0, 0], 2 * (1 + rest * slope), rtol=1e-4)
    np.testing.assert_allclose(x.grad[0, 1, 0], 3 * np.array([0.0, 1.0]))


def test_training_norm_uses_the_batch():
    """In training the partial sums are normed: those above their mean are completed."""
    layer = one_by_one([1.0, 1.0]).train()
    x = torch.tensor([[[[1.0, 2.0, 3.0, 10.0]], [[5.0, 5.0, 5.0, 5.0]]]])
    torch.testing.assert_close(layer(x), torch.tensor([[[[1.0, 2.0, 3.0, 15.0]]]]))
    assert layer.channel_gate.norm.running_mean.item() == pytest.approx(0.4)


def test_leftover_channels_belong_to_the_gated_part():
    """Of 7 channels in 4 parts the base path takes 1; 6 wait for the gate."""
    layer = one_by_one([1.0] * 7, parts=4, target=0.5)
    with torch.no_grad():
        out = layer(torch.tensor([1.0, 0.0]).expand(7, 2).reshape(1, 7, 1, 2))
    assert out.flatten().tolist() == [7.0, 0.0]
    assert layer.record.execution().conv.tolist() == [2 * 1 + 1 * 6]
    assert layer.record.least_cost().conv == 2


@pytest.mark.parametrize('implementation', ['torch', 'mmengine'])
def test_the_norm_is_synchronized_with_the_others(implementation: str):
    """`sync_bn` finds it, and the layer then decides on the same statistics."""
    model = nn.Sequential(nn.Conv3d(8, 6, 1), nn.BatchNorm3d(6), nn.ReLU())
    convert_to_gated(model)
    x = torch.randn(2, 8, 2, 3, 3)
    model(x)  # moves the statistics
    expected = model.eval()(x)
    convert = nn.SyncBatchNorm.convert_sync_batchnorm
    model = (convert_sync_batchnorm if implementation == 'mmengine' else convert)(model)
    norms = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    assert [type(norm) for norm in norms] == [nn.SyncBatchNorm] * 2
    torch.testing.assert_close(model.eval()(x), expected)
    reset = nn.BatchNorm3d(6, affine=False).state_dict()
    model[0].channel_gate.norm.load_state_dict(reset)
    assert not torch.allclose(model(x), expected)


@pytest.mark.parametrize('kind', ['2d', '3d'])
@pytest.mark.parametrize('target', [-100.0, 100.0])
def test_ends_of_the_range(kind: str, target: float):
    """All completed: the static convolution. None: that of the base channels alone."""
    conv = nn.Conv2d(8, 6, 3, 2, 1) if kind == '2d' else nn.Conv3d(8, 6, (1, 3, 3), 1, (0, 1, 1))
    cls = GatedConv2d if kind == '2d' else GatedConv3d
    x = torch.randn(4, 8, 9, 9) if kind == '2d' else torch.randn(2, 8, 2, 9, 9)
    frames = 2 if kind == '2d' else 1
    layer = cls(conv, frames=frames, target=target)
    expected = x.clone()
    if target > 0:
        expected[:, 2:] = 0
    torch.testing.assert_close(layer(x), conv(expected), rtol=1e-4, atol=1e-5)
    cost = layer.record.execution()
    assert len(cost.conv) == 2
    assert cost.dense == count_macs(conv, (2 if kind == '2d' else 1, *x.shape[1:])).total()
    least = layer.record.least_cost().conv
    assert cost.conv.tolist() == [cost.dense if target < 0 else least] * 2


def test_cost_of_the_thesis():
    """R(2+1)D-18, 16 frames: 47.6 GFLOPs with p = 4 and 74.6 % of the activations completed."""
    with torch.device('meta'), DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(Config.fromfile(BASE / 'r2plus1d_18.py').model)
        convert_to_gated(model, include=r'layer\d.*conv_s')
        shape = (1, 1, 3, 16, 128, 128)
        static = count_macs(model, shape, stage='head').total()
        least = least_cost(model, shape, stage='head').values()
    assert len(least) == 16
    assert all(layer.conv == layer.dense / 4 for layer in least)
    executed = static - sum((1 - (1 / 4 + 3 / 4 * 0.746)) * layer.dense for layer in least)
    assert executed / 1e9 == pytest.approx(47.6, abs=0.05)


def test_converted_model_counts_per_clip():
    model = nn.Sequential(
        nn.Conv3d(3, 8, 1), nn.Conv3d(8, 8, (1, 3, 3), padding=(0, 1, 1), bias=False)
    )
    static = count_macs(model, (1, 3, 2, 6, 6)).total()
    convert_to_gated(model, include='^1$')
    assert count_macs(model, (1, 3, 2, 6, 6)).total() == static  # the gate's norm is not counted
    least = least_cost(model, (1, 3, 2, 6, 6))
    assert {name: r.conv / r.dense for name, r in least.items()} == {'1': 0.25}
    model.eval()
    clips = torch.randn(3, 3, 2, 6, 6)
    with torch.no_grad(), recorded_cost(model) as recorder:
        model(clips)
        apart = [model(clip[None]) is not None and executed_cost(model).conv for clip in clips]
    record = recorder.take()
    assert record.layers == ('1',) and len(record) == 6
    assert record.conv[:3].tolist() == np.concatenate(apart).tolist()
    assert len(set(record.conv[:, 0].tolist())) > 1


def test_threshold_loss():
    layer = one_by_one([1.0, 1.0], target=1.0)
    assert layer.layer_loss().item() == 0
    layer.channel_gate.threshold.data.fill_(-1)
    assert layer.layer_loss().item() == 4


def test_what_can_not_be_gated():
    with pytest.raises(ValueError, match='0: a convolution of 3 channels in 1 group'):
        convert_to_gated(nn.Sequential(nn.Conv2d(3, 8, 1)))
    with pytest.raises(ValueError, match=r"is selected by include='nothing'"):
        convert_to_gated(nn.Sequential(nn.Conv2d(8, 8, 1)), include='nothing')
    with pytest.raises(ValueError, match='padding'):
        GatedConv2d(nn.Conv2d(8, 8, 3, padding=1, padding_mode='reflect'))


def test_weight_names_stay():
    model = nn.Sequential(nn.Conv2d(8, 8, 3))
    static = model.state_dict()
    convert_to_gated(model)
    missing, unexpected = model.load_state_dict(static, strict=False)
    assert not unexpected and all('channel_gate' in key for key in missing)


def test_conversion_moves_hooks_along_or_changes_nothing():
    """A layer stays the same object under its names; one that can't be gated undoes the rest."""
    model = nn.Sequential(nn.Conv3d(4, 4, 1), nn.Conv3d(3, 4, 1))
    model.again, calls = model[0], []
    model[0].register_forward_hook(lambda layer, *_: calls.append(layer))
    before = list(vars(model[0]).items())
    with pytest.raises(ValueError, match=r'^1: a convolution of 3 channels .* 4 parts'):
        convert_to_gated(model)
    assert type(model[0]) is type(model[1]) is nn.Conv3d
    assert list(vars(model[0]).items()) == before and not model[0]._modules
    convert_to_gated(model, include='again')
    assert isinstance(model[0], GatedConv3d) and model.again is model[0]
    model[0].eval()(torch.zeros(1, 4, 2, 2, 2))
    assert calls == [model[0]]


def test_older_checkpoints_keep_their_statistics():
    """They name them without the norm, which was no layer of its own."""
    layer = one_by_one([2.0, 3.0])
    weights = layer.state_dict()
    del weights['channel_gate.norm.num_batches_tracked']
    for key, value in (('running_mean', 5.0), ('running_var', 4.0)):
        del weights[f'channel_gate.norm.{key}']
        weights[f'channel_gate.{key}'] = torch.tensor([value])
    layer.load_state_dict(weights)
    norm = layer.channel_gate.norm
    assert (norm.running_mean.item(), norm.running_var.item()) == (5, 4)
