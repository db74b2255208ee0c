"""TPN: mmaction2's neck with its own width, over R(2+1)D."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmaction.models import TPN as UpstreamTPN
from mmengine.config import Config
from torch import nn

from vared_mm.models import TPN, R2Plus1D
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'

SMALL = {
    'in_channels': (32, 64),
    'out_channels': 32,
    'spatial_modulation_cfg': {'in_channels': (32, 64), 'out_channels': 64},
    'temporal_modulation_cfg': {'downsample_scales': (8, 4)},
    'upsample_cfg': {'scale_factor': (1, 1, 1)},
    'downsample_cfg': {'downsample_scale': (1, 1, 1)},
    'level_fusion_cfg': {
        'in_channels': (32, 32),
        'mid_channels': (32, 32),
        'out_channels': 64,
        'downsample_scales': ((1, 1, 1), (1, 1, 1)),
    },
}


class OverR2Plus1D(nn.Module):
    """A neck over a narrow backbone."""

    def __init__(self, neck: nn.Module) -> None:
        super().__init__()
        self.backbone = R2Plus1D(base_channels=16, num_stages=3, out_indices=(1, 2))
        self.neck = neck

    def init_weights(self) -> None:
        self.backbone.init_weights()
        self.neck.init_weights()

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        return self.neck(self.backbone(clips))[0]


def test_upstream_weights(assert_loads_and_agrees: Callable):
    """With mmaction2's 2048 maps it is its neck."""
    ours, theirs = OverR2Plus1D(TPN(**SMALL)), OverR2Plus1D(UpstreamTPN(**SMALL))
    assert_loads_and_agrees(ours, theirs, torch.randn(2, 3, 8, 32, 32))


@pytest.mark.parametrize('frames', [8, 16, 32])
def test_levels_are_pooled_to_one_time_step(frames: int):
    config = Config.fromfile(BASE / 'tpn_r2plus1d_18.py')
    with torch.device('meta'):
        model = MODELS.build(config.model)
        features, _ = model.extract_feat(torch.empty(1, 1, 3, frames, 64, 64), test_mode=True)
    assert features.shape == (1, 512, 1, 4, 4)


def test_pooling_longer_than_the_clip():
    """What the meta device accepts the CPU must accept too."""
    neck = TPN(pyramid_channels=24, **SMALL)
    out, losses = neck((torch.randn(2, 32, 2, 8, 8), torch.randn(2, 64, 1, 4, 4)))
    assert out.shape == (2, 24, 1, 4, 4) and not losses
