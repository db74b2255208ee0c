"""The Python in the README and in docs/ works as it is printed."""

import ast
import importlib
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
PAGES = ['README.md', *(f'docs/{page.name}' for page in sorted((ROOT / 'docs').glob('*.md')))]


def python_blocks(page: str) -> list[str]:
    """A page's Python, without the indent of a list."""
    text = (ROOT / page).read_text()
    found = re.findall(r'^( *)```python\n(.*?)^ *```', text, re.MULTILINE | re.DOTALL)
    return [re.sub(f'^{indent}', '', code, flags=re.MULTILINE) for indent, code in found]


def test_the_first_example(capsys):
    values: dict = {}
    exec(python_blocks('README.md')[0], values)
    assert len(dynamic_layers(values['model'])) > 15
    assert values['features'].shape[0] == 2 and values['features'].isfinite().all()
    shares = values['cost'].executed / values['cost'].dense.sum()
    assert shares.shape == (2,) and 0.2 < shares.min() <= shares.max() < 1.1
    assert capsys.readouterr().out.startswith('executed MACs per clip: [')


def test_config_for_own_videos(tmp_path):
    path = tmp_path / 'mine.py'
    code = python_blocks('docs/own_videos.md')[0]
    path.write_text(code.replace("'./", f"'{ROOT}/configs/recognition/r2plus1d/"))
    cfg = Config.fromfile(path)
    init_default_scope(cfg.default_scope)
    for split in ('train', 'val', 'test'):
        dataset = cfg[f'{split}_dataloader'].dataset
        assert (dataset.data_root, dataset.num_classes) == ('data/mine', 2)
        assert dataset.type == 'vared_mm.VideoDataset'
    with torch.device('meta'):
        assert MODELS.build(cfg.model).cls_head.fc_cls.out_features == 2


def test_config_that_makes_a_backbone_dynamic():
    values: dict = {}
    exec(python_blocks('docs/dynamic_backbones.md')[0], values)
    with torch.device('meta'):
        backbone = MODELS.build(values['model']['backbone'])
    assert type(backbone).__name__ == 'ResNet3d'
    names = dynamic_layers(backbone)
    assert len(names) > 16 and all(name.startswith('layer') for name in names)
    HOOKS.build(values['custom_hooks'][0])


def test_conversion_in_python():
    clips = torch.rand(2, 3, 16, 128, 128)
    values = {'model': R2Plus1D(base_channels=16, stage_blocks=(1, 1, 1, 1)), 'clips': clips}
    with torch.inference_mode():
        exec(python_blocks('docs/dynamic_backbones.md')[1], values)
    assert len(dynamic_layers(values['model'])) > 8
    assert values['cost'].executed.shape == (2,)


@pytest.mark.parametrize('page', PAGES)
def test_every_import_resolves(page):
    for code in python_blocks(page):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or '').startswith('vared_mm'):
                module = importlib.import_module(node.module or '')
                for name in node.names:
                    assert hasattr(module, name.name), f'{page}: {node.module}.{name.name}'
