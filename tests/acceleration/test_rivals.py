"""Accelerated models of other methods give what the plain ones give, at the same recorded cost."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.apis.acceleration import accelerate_recognizer
from vared_mm.apis.input_shapes import sample_shape, view_shape
from vared_mm.comparisons.weight_pruning.masks import masked_layers
from vared_mm.dynamic import recorded_cost
from vared_mm.registry import MODELS

CONFIGS = Path(__file__).parents[2] / 'configs' / 'demo'


@pytest.mark.parametrize(
    'name',
    ['pruning_r2plus1d-tiny', 'cgnet_r2plus1d-tiny', 'arnet_ar-net-tiny', 'frameexit_tsn-tiny'],
)
def test_scores_and_costs_come_out_the_same(name):
    torch.manual_seed(0)
    cfg = Config.fromfile(CONFIGS / f'{name}_moving-shapes.py')
    init_default_scope('mmaction')
    model = MODELS.build(cfg.model).eval()
    model.cfg = cfg
    for layer in masked_layers(model).values():
        layer.weight_mask.bernoulli_(0.7)
    quick = accelerate_recognizer(model)
    x = torch.randn(4, *view_shape(model, sample_shape(cfg))[1:])
    with torch.no_grad(), recorded_cost(model) as plain, recorded_cost(quick) as fast:
        results = model(x, stage='head'), quick(x, stage='head')
    torch.testing.assert_close(*results, rtol=1e-4, atol=1e-5)
    costs = plain.take(), fast.take()
    assert costs[0].layers == costs[1].layers
    np.testing.assert_array_equal(costs[0].executed, costs[1].executed)
