"""Recipes with dynamic blocks: each is the per-layer recipe, but for its backbone."""

from pathlib import Path

import pytest
from mmengine.config import Config

from vared_mm.reporting import thesis_rows

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / 'configs').glob('*/**/vared-block-*.py'))
#: What may differ from the per-layer recipe.
OWN = ('model', 'load_from', 'custom_hooks')


def by_name(path: Path) -> str:
    return path.stem


def per_layer(path: Path) -> Path:
    """The recipe of the per-layer method."""
    folder = Path(str(path.parent).replace('/blockwise/', '/recognition/'))
    return folder / path.name.replace('vared-block-', 'vared-')


def test_all_are_here():
    models = ['i3d', 'r2plus1d', 'tsn', 'x3d']
    assert sorted({p.parent.name for p in (ROOT / 'configs/blockwise').glob('*/*')}) == models
    stages = ['-finetuned_' in path.name for path in RECIPES]
    assert stages.count(True) == stages.count(False) == len(RECIPES) / 2 >= 15


@pytest.mark.parametrize('path', RECIPES, ids=by_name)
def test_recipe(path: Path):
    cfg, other = Config.fromfile(path), Config.fromfile(per_layer(path))
    assert {k: v for k, v in cfg.items() if k not in OWN} == {
        k: v for k, v in other.items() if k not in OWN
    }
    block, layer = cfg.model.backbone, other.model.backbone
    assert block.type == 'vared_mm.BlockwiseBackbone' and block.backbone == layer.backbone
    for key in ('input_shape', 'temporal', 'channel'):
        assert block[key] == layer[key]
    assert block.get('frames') == layer.get('frames')
    hooks = [hook.type for hook in cfg.get('custom_hooks', [])]
    assert ('vared_mm.EfficiencyLossHook' in hooks) == ('-finetuned_' in path.name)
    header = path.read_text().split('"""')[1]
    assert path.relative_to(ROOT).as_posix() in header and 'Ours: ' in header
    assert not thesis_rows(path.stem)  # no row of the thesis is of this method
    if '-finetuned_' in path.name:
        before = Path(cfg.load_from)
        assert (path.parent / f'{before.parent.name}.py').is_file()
        assert before.name == Path(other.load_from).name
        assert before.parent.name in header
