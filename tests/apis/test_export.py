"""Exported files: checked in a process without the package, refused where they would be wrong."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.apis import export
from vared_mm.deployment import FORMATS
from vared_mm.deployment.self_check import same_best
from vared_mm.registry import MODELS

DEMO = Path(__file__).parents[2] / 'configs/demo'
STATIC = 'static_r2plus1d-tiny_moving-shapes.py'
DYNAMIC = 'vared-t2c2_r2plus1d-tiny_moving-shapes.py'


@pytest.fixture
def weights(tmp_path):
    """Random ones of a config."""

    def save(name: str) -> tuple[Config, str]:
        cfg = Config.fromfile(DEMO / name)
        init_default_scope(cfg.default_scope)
        torch.manual_seed(0)
        path = tmp_path / 'weights.pth'
        torch.save({'state_dict': MODELS.build(cfg.model).state_dict()}, path)
        return cfg, str(path)

    return save


@pytest.mark.slow
@pytest.mark.parametrize(
    ('kind', 'config', 'choice'),
    [
        ('torch', 'static_pspnet-tiny_shape-scenes.py', None),
        ('onnx', DYNAMIC, (1, 1)),
        ('openvino', 'static_yowo-r2plus1d-tiny_acting-shapes.py', None),
    ],
)
def test_a_file_is_written_checked_and_described(kind, config, choice, weights, tmp_path):
    for module in FORMATS[kind].modules:
        pytest.importorskip(module)
    made = export(*weights(config), tmp_path / 'out', kind, choice, batch_size=2)
    saved = json.loads((tmp_path / 'out/manifest.json').read_text())
    assert saved == made and (tmp_path / 'out' / made['file']).is_file()
    assert made['input']['shape'][0] == 2 and made['input']['axes'] in ('NCTHW', 'NCHW')
    assert made['largest_difference'] < 1e-4
    assert made['checked_by'].startswith(FORMATS[kind].runtime)
    assert made['macs']['executed'] / made['macs']['static'] == (
        pytest.approx(0.525, abs=0.001) if choice else 1
    )
    if made['classes']:  # which a recognizer's data set lists, where it is there
        assert len(made['classes']) == (12 if config == DYNAMIC else 6)
    assert ('nms_threshold' in made) == ('yowo' in config)


def test_what_decides_by_the_clip_is_refused_and_so_is_a_choice_of_nothing(weights, tmp_path):
    with pytest.raises(ValueError, match='layers decide by the clip.*--choice'):
        export(*weights(DYNAMIC), tmp_path / 'out', 'torch')
    with pytest.raises(ValueError, match=r'choice=\(1, 1\): its layers have no candidates'):
        export(*weights(STATIC), tmp_path / 'out', 'torch', (1, 1))
    with pytest.raises(ValueError, match='2 labels for a model of 12 classes'):
        export(*weights(STATIC), tmp_path / 'out', 'torch', classes=['a', 'b'])
    assert not (tmp_path / 'out').exists()


@pytest.mark.slow
def test_what_torch_can_not_follow_is_refused_in_one_line(weights, tmp_path, capfd):
    config = 'frameexit_tsn-tiny_moving-shapes.py'
    with pytest.raises(ValueError, match=f'{config}: torch.export can not follow the model: Could'):
        export(*weights(config), tmp_path / 'out', 'torch')
    assert capfd.readouterr() == ('', '')


def test_a_format_that_there_is_not_or_that_lacks_a_package(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="'tflite': must be one of torch, onnx, openvino"):
        export(Config(), 'none.pth', tmp_path, 'tflite')
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"onnx needs onnx: pip install 'vared_mm\[onnx"):
        export(Config(), 'none.pth', tmp_path, 'onnx')


@pytest.mark.slow
def test_a_file_that_gives_something_else_is_not_left(monkeypatch, weights, tmp_path):
    write = FORMATS['torch'].write

    def damage(program, path, outputs):
        name = next(n for n in program.state_dict if n.endswith('fc_cls.bias'))
        program.state_dict[name].data.add_(0.01)
        write(program, path, outputs)

    monkeypatch.setattr(FORMATS['torch'], 'write', damage)
    with pytest.raises(ValueError, match="model.pt2: differs from the model's results by 0.01"):
        export(*weights(STATIC), tmp_path / 'out', 'torch')
    assert not (tmp_path / 'out').exists()


def test_the_five_best_classes():
    expected = torch.arange(8.0)[None].numpy()
    assert same_best(expected, expected)
    swapped = expected[:, [0, 1, 3, 2, 4, 5, 6, 7]]
    assert not same_best(swapped, expected)
    close = expected.copy()
    close[0, 2] = expected[0, 3] - 1e-6  # all but equal: either is right
    assert same_best(close[:, [0, 1, 3, 2, 4, 5, 6, 7]], close)
