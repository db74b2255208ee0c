"""The base model files: what they build, and that mmaction2's weights fit where it has them."""

from collections.abc import Callable
from pathlib import Path

import mmaction
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from torch import nn

from vared_mm.models import TSNHead
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'
UPSTREAM_BASE = Path(mmaction.__file__).parent / '.mim/configs/_base_/models'
SMALL_INPUTS = {
    'r2plus1d_18': (1, 3, 8, 32, 32),
    'i3d_inceptionv2': (1, 3, 8, 32, 32),
    'x3d_m': (1, 3, 4, 32, 32),
    'tpn_r2plus1d_18': (1, 3, 8, 32, 32),
    'corrnet_r2plus1d_18': (1, 3, 8, 32, 32),
    'tsn_r50': (4, 3, 32, 32),
}


class Scores(nn.Module):
    """A recognizer whose forward returns the class scores."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        self.recognizer = MODELS.build(config)

    def init_weights(self) -> None:
        self.recognizer.init_weights()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.recognizer(inputs, stage='head')[0]


@pytest.mark.parametrize(('name', 'shape'), SMALL_INPUTS.items())
def test_trains_and_predicts_every_view(name: str, shape: tuple[int, ...]):
    """One loss with finite gradients; then scores of 200 classes for each of three views."""
    config = Config.fromfile(BASE / f'{name}.py').model
    if name == 'tsn_r50':
        config.cls_head.frames = shape[0]
    model = MODELS.build(config)
    samples = [ActionDataSample().set_gt_label(label) for label in (3, 5)]
    inputs = torch.rand(2, *shape)
    losses = model(inputs, samples, mode='loss')
    sum(value for key, value in losses.items() if 'loss' in key).backward()
    assert ('loss_aux' in losses) == name.startswith('tpn')
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    model.eval()
    with torch.no_grad():
        results = model(torch.cat([inputs] * 3, 1), samples, mode='predict')
    assert [result.pred_score.shape for result in results] == [(3, 200)] * 2
    torch.testing.assert_close(results[0].pred_score[0], results[0].pred_score[2])


@pytest.mark.parametrize(
    ('theirs', 'ours', 'shape', 'changes'),
    [
        ('x3d', 'x3d_m', (4, 1, 3, 4, 64, 64), {'backbone.swish': 'all'}),
        ('tsn_r50', 'tsn_r50', (4, 8, 3, 32, 32), {'cls_head.frames': 8}),
    ],
)
def test_upstream_weights(
    theirs: str, ours: str, shape: tuple, changes: dict, assert_loads_and_agrees: Callable
):
    """A checkpoint of mmaction2's own config gives mmaction2's scores."""
    upstream = Config.fromfile(UPSTREAM_BASE / f'{theirs}.py')
    model = Config.fromfile(BASE / f'{ours}.py')
    for config in (upstream, model):
        options = {'backbone.pretrained': None, 'cls_head.dropout_ratio': 0}
        config.merge_from_dict({f'model.{key}': value for key, value in options.items()})
        config.model.cls_head.num_classes = 10
    model.merge_from_dict({f'model.{key}': value for key, value in changes.items()})
    assert_loads_and_agrees(Scores(model.model), Scores(upstream.model), torch.randn(shape))


def test_tsn_frames_must_make_whole_views():
    head = TSNHead(frames=3, num_classes=2, in_channels=4)
    with pytest.raises(ValueError, match='8 frames a sample are no multiple of frames=3'):
        head(torch.rand(8, 4, 1, 1), num_segs=8)
