"""Cost of a config's model, for clips, folded frames and images."""

import pytest
from mmengine.config import Config

from vared_mm.apis import model_cost

RECOGNITION = 'configs/recognition'
TSN = 'tsn/vared-t2c2_tsn-r50_96xb12-1x1x16-120e_mini-kinetics200-rgb.py'
X3D = 'x3d/static_x3d-m_96xb12-16x5x1-120e_{}-rgb.py'
R2PLUS1D = 'r2plus1d/vared-t2c2_r2plus1d-18_96xb12-16x2x1-120e_kinetics400-rgb.py'


def load(root, name: str) -> Config:
    return Config.fromfile(root / RECOGNITION / name)


def test_dynamic_recognizer(root):
    """Sixteen 1x3x3 convolutions can do with a quarter, but for odd widths; the rest stays."""
    cost = model_cost(load(root, R2PLUS1D))
    assert cost.input_shape == (1, 1, 3, 16, 128, 128)
    assert len(cost.dynamic) == 16
    dynamic = sum(layer.dense for layer in cost.dynamic.values())
    assert cost.least_thesis == pytest.approx(cost.static - 3 / 4 * dynamic, rel=1e-5)
    assert cost.least_thesis < cost.least_full < cost.static
    found = cost.to_dict()
    assert sum(layer['dense_macs'] for layer in found['layers']) == found['static_macs']
    gates = found['parameters'] - found['parameters_without_gates']
    assert 0 < gates < 0.01 * found['parameters']


def test_folded_frames_count_as_one_clip(root):
    cfg = load(root, TSN)
    cost = model_cost(cfg)
    assert cost.input_shape == (1, 16, 3, 224, 224)
    assert cost.static / 1e9 == pytest.approx(65.758, rel=1e-3)
    small = model_cost(cfg, (3, 8, 224, 224))
    assert small.input_shape == (1, 8, 3, 224, 224)
    assert small.static == pytest.approx(cost.static / 2, rel=1e-4)


def test_norms_left_out_as_the_config_says(root):
    with_norms = model_cost(load(root, X3D.format('kinetics400')))
    without = model_cost(load(root, X3D.format('mini-kinetics200')))
    assert (with_norms.without, without.without) == ((), ('norm',))
    assert without.static / 1e9 == pytest.approx(6.2001, abs=1e-4)
    assert with_norms.static / 1e9 == pytest.approx(6.4176, abs=1e-3)


def test_another_shape_remakes_the_gates(root):
    cfg = load(root, R2PLUS1D)
    cost = model_cost(cfg, (3, 8, 64, 64))
    assert cost.input_shape == (1, 1, 3, 8, 64, 64)
    assert cost.parameters < model_cost(cfg).parameters
    assert cfg.model.backbone.input_shape == (3, 16, 128, 128)


def test_segmentor():
    """Channels only, an image: a 1x1 convolution of 150 classes stays."""
    backbone = dict(type='mmseg.ResNetV1c', depth=18, out_indices=(3,))
    backbone_cfg = dict(type='vared_mm.DynamicBackbone', backbone=backbone, input_shape=(3, 64, 64))
    head = dict(type='FCNHead', in_channels=512, channels=512, in_index=0, num_classes=150)
    loss = dict(type='CrossEntropyLoss', avg_non_ignore=True)
    model = dict(
        type='EncoderDecoder',
        backbone=dict(temporal=1, channel=2, include=r'layer\d', **backbone_cfg),
        decode_head=dict(num_convs=0, concat_input=False, loss_decode=loss, **head),
    )
    cost = model_cost(Config(dict(model=model, default_scope='mmseg')), (3, 128, 128))
    assert cost.input_shape == (1, 3, 128, 128)
    assert cost.macs.layers['decode_head.conv_seg'] == ('conv', 4 * 4 * 150 * (512 + 1))
    dense = sum(layer.dense for layer in cost.dynamic.values())
    assert cost.static - cost.least_thesis == pytest.approx(dense / 2)


def test_a_pipeline_that_does_not_tell_the_shape(root):
    cfg = load(root, X3D.format('kinetics400'))
    cfg.val_dataloader.dataset.pipeline.pop(4)
    with pytest.raises(ValueError, match="no step 'CenterCrop'.*--shape"):
        model_cost(cfg)


def test_a_shape_that_does_not_fit(root):
    with pytest.raises(ValueError, match='does not run on an input of'):
        model_cost(load(root, R2PLUS1D), (4, 16, 128, 128))
