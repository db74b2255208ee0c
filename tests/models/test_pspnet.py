"""PSPNet: its cost by hand, and training path = inference path at any size."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample
from torch import nn

from vared_mm.dynamic import (
    count_macs,
    dynamic_layers,
    executed_cost,
    executed_share,
    fixed_choice,
    least_cost,
)
from vared_mm.engine.hooks import EfficiencyLossHook
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'
IMAGE = (1, 3, 512, 512)


@pytest.fixture(autouse=True)
def mmaction_scope():
    """Instead of the other models' tests: unprefixed types are mmsegmentation's."""
    with DefaultScope.overwrite_default_scope('mmseg'):
        yield


def build(name: str, device: str = 'cpu', **backbone) -> nn.Module:
    cfg = Config.fromfile(BASE / f'{name}.py')
    cfg.model.backbone.update(backbone)
    with torch.device(device):
        return MODELS.build(cfg.model)


def shake_gates(model: nn.Module) -> None:
    """Let the gates say different things about different images, all candidates included."""
    for layer in dynamic_layers(model).values():
        nn.init.normal_(layer.gate.excite, std=3)


def test_static_cost_is_that_of_the_thesis():
    """The pooling of the pyramid is 0.008 of it; without it, the count is 104.34."""
    macs = count_macs(build('pspnet_r18_d8', 'meta'), IMAGE)
    assert macs.total() / 1e9 == pytest.approx(104.3524, abs=1e-4)
    assert macs.total(('pool',)) / 1e9 == pytest.approx(104.3439, abs=1e-4)
    assert not any('auxiliary' in name for name in macs.layers)
    dense = macs.layers['backbone.layer3.1.conv1'][1]
    assert dense == 64 * 64 * 256 * 256 * 9  # output stride 8
    assert macs.layers['decode_head.bottleneck.conv'][1] == 64 * 64 * 512 * (512 + 4 * 512) * 9
    assert macs.total(within='backbone.') < macs.total()


def test_least_dynamic_cost():
    """Every convolution of the blocks, channels only: half of it at the least."""
    model = build('pspnet_r18_d8_vared', 'meta')
    static, layers = count_macs(model, IMAGE).total(), least_cost(model, IMAGE)
    assert len(layers) == 2 * 8 + 4 and all('layer' in name for name in layers)
    assert all(layer.search.temporal == 1 for layer in dynamic_layers(model).values())
    dense = sum(layer.dense for layer in layers.values())
    least = {
        count: static - dense + sum(getattr(layer, count) for layer in layers.values())
        for count in ('conv', 'executed')
    }
    assert least['conv'] == static - dense / 2
    assert least['conv'] / 1e9 == pytest.approx(80.2267, abs=1e-4)
    assert least['executed'] / 1e9 == pytest.approx(80.3565, abs=1e-4)


def logits(model: nn.Module, images: list[torch.Tensor], training_path: bool) -> torch.Tensor:
    """Of a batch padded by the model's own preprocessor; norms are as in evaluation in both."""
    model.eval()
    for layer in dynamic_layers(model).values():
        layer.training = training_path
    batch = model.data_preprocessor({'inputs': images})['inputs']
    with torch.no_grad():
        return model(batch, mode='tensor')


@pytest.mark.parametrize(
    'sizes', [[(64, 64)] * 3, [(40, 72), (63, 50), (57, 71)], [(65, 67)], [(33, 49), (33, 49)]]
)
def test_training_path_equals_inference(sizes):
    torch.manual_seed(0)
    model = build('pspnet_tiny_vared')
    shake_gates(model)
    images = [torch.randint(0, 255, (3, *size), dtype=torch.uint8) for size in sizes]
    expected = logits(model, images, training_path=True)
    height, width = (max(size[axis] for size in sizes) for axis in (0, 1))
    assert expected.shape[2:] == (-(-height // 8), -(-width // 8))
    torch.testing.assert_close(logits(model, images, False), expected, rtol=1e-4, atol=1e-5)
    if len(sizes) > 1:  # they really chose differently
        assert len(executed_cost(model).channel_index.T.tolist()) == 20
    for channel in (0, 1):
        with fixed_choice(model, 0, channel):
            mixed, run = (logits(model, images, path) for path in (True, False))
        torch.testing.assert_close(run, mixed, rtol=1e-4, atol=1e-5)


def test_full_choice_is_the_static_model():
    torch.manual_seed(0)
    static, dynamic = build('pspnet_tiny').eval(), build('pspnet_tiny_vared').eval()
    assert dynamic.load_state_dict(static.state_dict(), strict=False).unexpected_keys == []
    images = torch.randn(2, 3, 61, 75)
    with torch.no_grad(), fixed_choice(dynamic, 0, 0):
        torch.testing.assert_close(dynamic(images), static(images), rtol=1e-4, atol=1e-5)


def test_images_of_different_sizes_are_tested_in_one_batch():
    model = build('pspnet_tiny_vared').eval()
    images = [torch.randint(0, 255, (3, *size), dtype=torch.uint8) for size in ((40, 72), (63, 50))]
    shapes = [tuple(image.shape[1:]) for image in images]
    samples = [SegDataSample(metainfo=dict(ori_shape=size, img_shape=size)) for size in shapes]
    found = model.test_step({'inputs': images, 'data_samples': samples})
    assert [sample.pred_sem_seg.data.shape[1:] for sample in found] == [(40, 72), (63, 50)]
    batch = model.data_preprocessor({'inputs': images})['inputs']
    assert batch.shape == (2, 3, 63, 72)
    mean = torch.tensor([123.675, 116.28, 103.53])[:, None, None]
    std = torch.tensor([58.395, 57.12, 57.375])[:, None, None]
    torch.testing.assert_close(batch[0, :, :40], (images[0][[2, 1, 0]] - mean) / std)
    assert (batch[0, :, 40:] == 0).all() and (batch[1, :, :, 50:] == 0).all()


def test_mu_is_the_pixel_accuracy_of_the_image_by_hand():
    """Two images of 64 x 64: the head says class 0 everywhere."""
    torch.manual_seed(0)
    model = build('pspnet_tiny_vared').train()
    with torch.no_grad():
        model.decode_head.conv_seg.weight.zero_()
        model.decode_head.conv_seg.bias.copy_(torch.eye(6)[0])
    truth = torch.full((2, 1, 64, 64), 3)
    truth[0, :, :16] = 0  # a quarter of the first is right
    truth[1, :, :32] = 0
    truth[1, :, 48:] = 255  # of three labelled quarters of the second, two are right
    samples = [SegDataSample(gt_sem_seg=PixelData(data=one)) for one in truth]
    hook = EfficiencyLossHook(weight=0.8)
    hook.before_train(type('Runner', (), {'model': model}))
    losses = model(torch.randn(2, 3, 64, 64), samples, mode='loss')
    share = executed_share([layer.record for layer in dynamic_layers(model).values()])
    by_hand = 0.8 * ((0.25 * share[0]) ** 2 + (2 / 3 * share[1]) ** 2) / 2
    torch.testing.assert_close(losses['loss_efficiency'], by_hand)
    assert (share == 1).all()  # gates start as an equal mix, so all is computed
    losses['loss_efficiency'].backward()
    gates = [layer.gate.beta.grad for layer in dynamic_layers(model).values()]
    assert all(gradient.abs().sum() > 0 for gradient in gates)
    assert model.decode_head.conv_seg.weight.grad is None
