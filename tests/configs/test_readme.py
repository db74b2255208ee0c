"""What the README shows works as it stands there."""

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from vared_mm.dynamic import dynamic_layers
from vared_mm.models import R2Plus1D
from vared_mm.registry import HOOKS, MODELS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / 'README.md').read_text()


@pytest.fixture(scope='module')
def blocks() -> list[str]:
    """The README's Python, without the indent of a list."""
    found = re.findall(r'^( *)```python\n(.*?)^ *```', TEXT, re.MULTILINE | re.DOTALL)
    return [re.sub(f'^{indent}', '', code, flags=re.MULTILINE) for indent, code in found]


def test_config_for_own_videos(blocks, tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(blocks[0].replace("'./", f"'{ROOT}/configs/recognition/r2plus1d/"))
    cfg = Config.fromfile(path)
    init_default_scope(cfg.default_scope)
    for split in ('train', 'val', 'test'):
        dataset = cfg[f'{split}_dataloader'].dataset
        assert (dataset.data_root, dataset.num_classes) == ('data/mine', 2)
        assert dataset.type == 'vared_mm.VideoDataset'
    with torch.device('meta'):
        assert MODELS.build(cfg.model).cls_head.fc_cls.out_features == 2


def test_config_that_makes_a_backbone_dynamic(blocks):
    values: dict = {}
    exec(blocks[1], values)
    with torch.device('meta'):
        backbone = MODELS.build(values['model']['backbone'])
    assert type(backbone).__name__ == 'ResNet3d'
    names = dynamic_layers(backbone)
    assert len(names) > 16 and all(name.startswith('layer') for name in names)
    HOOKS.build(values['custom_hooks'][0])


def test_python_example(blocks):
    clips = torch.rand(2, 3, 16, 128, 128)
    values = {'model': R2Plus1D(base_channels=16, stage_blocks=(1, 1, 1, 1)), 'clips': clips}
    with torch.inference_mode():
        exec(blocks[2], values)
    assert len(dynamic_layers(values['model'])) > 8
    assert values['cost'].executed.shape == (2,)


def test_every_file_that_is_named_is_there():
    for name in re.findall(r'(?<![\w/.])((?:tools|configs|docs)/[\w/.-]+\.(?:py|sh|md))', TEXT):
        assert name.endswith('/mine.py') or (ROOT / name).is_file(), name
    for name in re.findall(r'\]\(([^:)#]+)(?:#[^)]*)?\)', TEXT):
        assert (ROOT / name).is_file(), name
    for name in re.findall(
        r'`(?:vared_mm/)?((?:cost|dynamic|engine|evaluation)/[\w/]+\.py)`', TEXT
    ):
        assert (ROOT / 'vared_mm' / name).is_file(), name


def test_the_table_has_its_place():
    assert TEXT.count('<!-- demo: begin -->\n') == TEXT.count('<!-- demo: end -->\n') == 1
