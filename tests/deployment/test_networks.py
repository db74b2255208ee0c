"""Every kind of static network: plain to counters, and the same in every runtime."""

from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.nn.modules.conv import _ConvNd

from vared_mm.deployment import FORMATS, example_shape, export_program, network_of, random_clips
from vared_mm.deployment.networks import Network
from vared_mm.deployment.run_exported import LOADERS
from vared_mm.deployment.self_check import TOLERANCE
from vared_mm.dynamic import count_macs
from vared_mm.registry import MODELS

BASE = Path(__file__).parents[2] / 'configs/_base_/models'
#: By the file of the model: shape of a batch of one as it takes it, and what is made smaller.
NETWORKS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    'r2plus1d_tiny': ((1, 1, 3, 8, 32, 32), {}),
    'i3d_tiny': ((1, 1, 3, 8, 32, 32), {}),
    'x3d_tiny': ((1, 1, 3, 4, 32, 32), {}),
    'tsn_tiny': ((1, 8, 6, 32, 32), {}),
    'corrnet_r2plus1d_18': (
        (1, 1, 3, 4, 32, 32),
        {
            'backbone.base_channels': 16,
            'backbone.stage_blocks': (1, 1, 1, 1),
            'backbone.correlation_stages': (0, 2),
            'backbone.window': 3,
            'cls_head.in_channels': 128,
        },
    ),
    'tpn_r2plus1d_18': (
        (1, 1, 3, 8, 32, 32),
        {'backbone.stage_blocks': (1, 1, 1, 1)},
    ),
    'yowo_r2plus1d_tiny': ((1, 3, 8, 64, 64), {}),
    'pspnet_tiny': ((1, 3, 48, 64), {}),
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope='module', params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    view, changes = NETWORKS[request.param]
    cfg = Config.fromfile(BASE / f'{request.param}.py')
    cfg.merge_from_dict({f'model.{key}': value for key, value in changes.items()})
    init_default_scope('mmseg' if 'decode_head' in cfg.model else 'mmaction')
    torch.manual_seed(0)
    made = network_of(MODELS.build(cfg.model).eval())
    made.view = view
    return made


@pytest.fixture(scope='module')
def clips(network: Network) -> Tensor:
    made = random_clips(example_shape(network.model, network.view, 1))
    with torch.no_grad():
        network(made)  # mmaction2's TPN head makes a layer in its first forward
    return made


@pytest.fixture(scope='module')
def program(network: Network, clips: Tensor) -> ExportedProgram:
    return export_program(network, clips)


def test_the_same_in_every_runtime(
    network: Network, clips: Tensor, program: ExportedProgram, tmp_path: Path
):
    with torch.no_grad():
        expected = network(clips)
        found = {'torch': program.module()(clips)}
    for kind in ('onnx', 'openvino'):
        for module in FORMATS[kind].modules:
            pytest.importorskip(module)
        FORMATS[kind].write(program, path := tmp_path / FORMATS[kind].file, network.outputs)
        found[kind] = [torch.from_numpy(x) for x in LOADERS[kind](str(path))(clips.numpy())]
    for results in found.values():
        for one, two in zip(results, expected, strict=True):
            assert (one - two).abs().max() < TOLERANCE * max(1, float(two.abs().max()))


def test_counters_find_the_macs(network: Network, clips: Tensor):
    thop, fvcore = pytest.importorskip('thop'), pytest.importorskip('fvcore.nn')
    kinds = ('conv', 'linear')
    extra = {'stage': 'head'} if network.task == 'recognition' else {}
    counted = count_macs(network.model, network.view, **extra).layers.values()
    ours = sum(macs for kind, macs in counted if kind in kinds)
    leaves = {
        type(m)
        for m in network.modules()
        if not any(m.children()) and not isinstance(m, _ConvNd | nn.Linear)
    }
    others = dict.fromkeys(leaves, lambda *_: None)  # each tool counts these in its own way
    theirs, _ = thop.profile(network, (clips,), custom_ops=others, verbose=False)
    assert theirs == pytest.approx(ours, rel=1e-3)
    found = fvcore.FlopCountAnalysis(network, clips).unsupported_ops_warnings(False)
    by_operator = found.uncalled_modules_warnings(False).by_operator()
    assert sum(by_operator[kind] for kind in kinds) == pytest.approx(ours, rel=1e-3)
