"""Accelerated recipes give what the plain ones give, at the size that they are made for."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import nn

from tests.acceleration.networks import vary
from vared_mm.acceleration import accelerate
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import fixed_choice
from vared_mm.registry import MODELS

CONFIGS = Path(__file__).parents[2] / 'configs' / 'recognition'
SIZES = {
    'r2plus1d/vared-t2c2_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb.py': (8, 128),
    'i3d/vared-t2c2_i3d-inceptionv2_96xb12-16x2x1-120e_mini-kinetics200-rgb.py': (16, 224),
    'x3d/vared-t2c2_x3d-m_96xb12-16x5x1-120e_mini-kinetics200-rgb.py': (16, 256),
}


@pytest.mark.parametrize('config', SIZES)
def test_features_come_out_the_same_whatever_is_chosen(config):
    torch.manual_seed(0)
    cfg = Config.fromfile(CONFIGS / config)
    init_default_scope('mmaction')
    backbone = MODELS.build(cfg.model.backbone)
    vary(backbone)
    for module in backbone.modules():
        if isinstance(module, nn.BatchNorm3d):
            nn.init.ones_(module.weight)  # where it starts at zero, no residual branch counts
    frames, side = SIZES[config]
    with torch.no_grad():
        backbone(torch.randn(2, 3, frames, side // 2, side // 2))
    clips, results = torch.randn(1, 3, frames, side, side), []
    backbone.eval()
    quick = accelerate(backbone, clips, compiled=False)
    for choice in (None, (1, 0), (0, 1), (1, 1)):
        with torch.no_grad(), ExitStack() as chosen:
            for model in (backbone, quick):
                chosen.enter_context(
                    fixed_choice(model, *choice) if choice else drawn_choice(model, 0.5)
                )
            results.append(backbone(clips))
            least = 1e-5 * results[-1].abs().max().item()
            torch.testing.assert_close(quick(clips), results[-1], rtol=1e-4, atol=least)
    assert all(not torch.allclose(result, results[0], rtol=1e-3) for result in results[1:])
