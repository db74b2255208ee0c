"""Every backbone of the zoo, made dynamic where the method says."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from vared_mm.dynamic import SoftModulationGate, dynamic_layers, executed_cost, fixed_choice
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'

BLOCK_CONVS = r'layer\d.*conv_s'
# Base model, its change to a small size, one clip or frame, conversion, number of dynamic layers.
ZOO = {
    'R(2+1)D': ('r2plus1d_18', {'base_channels': 8}, (3, 8, 32, 32), {'include': BLOCK_CONVS}, 16),
    'TPN': ('tpn_r2plus1d_18', {'base_channels': 8}, (3, 8, 32, 32), {'include': BLOCK_CONVS}, 16),
    'CorrNet': (
        'corrnet_r2plus1d_18',
        {'base_channels': 8},
        (3, 8, 32, 32),
        {'include': BLOCK_CONVS},
        16,
    ),
    'I3D': ('i3d_inceptionv2', {}, (3, 16, 32, 32), {}, 3 + 9 * 6),
    'X3D': (
        'x3d_m',
        {'gamma_w': 0.5},
        (3, 4, 32, 32),
        {'include': r'layer\d.*conv\d', 'temporal_bins': 2},
        3 * (3 + 5 + 11 + 7),
    ),
    'TSN': (
        'tsn_r50',
        {},
        (3, 32, 32),
        {'include': r'layer\d', 'frames': 4, 'temporal_bins': 2},
        3 * (3 + 4 + 6 + 3) + 4,
    ),
}


@pytest.mark.parametrize(('name', 'small', 'shape', 'conversion', 'layers'), ZOO.values(), ids=ZOO)
def test_dynamic_twin(name: str, small: dict, shape: tuple, conversion: dict, layers: int):
    """It takes the static weights, is the static model at the full choice, costs less else."""
    config = Config.fromfile(BASE / f'{name}.py').model.backbone
    config.update(small)
    static = MODELS.build(config)
    dynamic = MODELS.build(
        {
            'type': 'vared_mm.DynamicBackbone',
            'backbone': config,
            'input_shape': shape,
            'temporal': 2,
            'channel': 2,
            **conversion,
        }
    )
    assert len(dynamic_layers(dynamic)) == layers
    assert not dynamic.load_state_dict(static.state_dict(), strict=False).unexpected_keys
    frames = conversion.get('frames', 1)
    clips = torch.randn(2 * frames, *shape)
    features = dynamic(clips)
    sum(x.sum() for x in (features if isinstance(features, tuple) else [features])).backward()
    gates = [m for m in dynamic.modules() if isinstance(m, SoftModulationGate)]
    assert gates and all(p.grad is not None for gate in gates for p in gate.parameters())

    static.load_state_dict(dynamic.state_dict(), strict=False)  # with the running statistics
    for model in (static, dynamic):
        model.double().eval()
    clips = clips.double()
    with torch.no_grad(), fixed_choice(dynamic, temporal=0, channel=0):
        torch.testing.assert_close(dynamic(clips), static(clips))
        dense = executed_cost(dynamic)
    with torch.no_grad(), fixed_choice(dynamic, temporal=1, channel=1):
        dynamic(clips)
    least = executed_cost(dynamic)
    assert (dense.conv.sum(1) == dense.dense.sum()).all()
    assert (least.conv.sum(1) < 0.5 * least.dense.sum()).all()
