"""Every config: it builds, its name and header tell the truth, and the recipes run."""

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.evaluator import Evaluator
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from torch import nn
from torch.nn.modules.conv import _ConvNd

from vared_mm.dynamic import costed_layers, count_macs, executed_cost, fixed_choice
from vared_mm.registry import HOOKS, MODELS
from vared_mm.reporting import thesis_rows

ROOT = Path(__file__).parents[2]
#: How configs of models begin that have no layer with a cost of its own.
STATIC = ('static', 'slim', 'narrow', 'pretrain')
CONFIGS = sorted(path for path in (ROOT / 'configs').glob('[!_]*/**/*.py'))
RECIPES = sorted((ROOT / 'configs' / 'recognition' / 'r2plus1d').glob('*mini-kinetics200*.py'))
NAME = re.compile(
    r'(static|vared-(?:t(?P<t>\d))?(?:c(?P<c>\d))?(?P<finetuned>-finetuned)?)_[\w-]+_(?P<gpus>\d+)xb'
    r'(?P<batch>\d+)-(?P<length>\d+)x(?P<interval>\d+)x1-(?P<epochs>\d+)e_mini-kinetics200-rgb'
)
# 1e9 MACs in the thesis' count by clip length: calibration of the base model.
GFLOPS = {8: 27.607, 16: 55.214, 32: 110.428}


def by_name(path: Path) -> str:
    return path.stem


def load(path: Path) -> Config:
    cfg = Config.fromfile(path)
    init_default_scope(cfg.default_scope)
    return cfg


@pytest.mark.parametrize('path', CONFIGS, ids=by_name)
def test_config_builds(path):
    cfg = load(path)
    with torch.device('meta'):
        model = MODELS.build(cfg.model)
    static = path.stem.startswith(STATIC)
    assert bool(costed_layers(model)) != static
    if static:  # plain to tools that go by the exact class
        layers = [m for m in model.modules() if isinstance(m, _ConvNd)]
        assert layers and {type(layer) for layer in layers} <= {nn.Conv2d, nn.Conv3d}
    for split in ('train', 'val', 'test'):
        Compose(cfg[f'{split}_dataloader'].dataset.pipeline)
    Evaluator(cfg.val_evaluator), Evaluator(cfg.test_evaluator)
    for hook in cfg.get('custom_hooks', []):
        HOOKS.build(hook)


@pytest.mark.parametrize('path', RECIPES, ids=by_name)
def test_name_and_header_tell_what_runs(path):
    cfg, name = load(path), NAME.fullmatch(path.stem)
    for split in ('train', 'val', 'test'):
        sampling = cfg[f'{split}_dataloader'].dataset.pipeline[1]
        assert (sampling.clip_len, sampling.frame_interval) == (
            int(name['length']),
            int(name['interval']),
        )
    assert cfg.train_cfg.max_epochs == int(name['epochs'])
    assert cfg.train_dataloader.batch_size == int(name['batch'])
    assert cfg.auto_scale_lr.base_batch_size == int(name['batch']) * int(name['gpus'])
    if 'vared' in path.stem:
        backbone = cfg.model.backbone
        assert (backbone.temporal, backbone.channel) == (int(name['t'] or 1), int(name['c'] or 1))
        assert backbone.input_shape[1] == int(name['length'])
    hooks = [hook.type for hook in cfg.get('custom_hooks', [])]
    assert ('vared_mm.EfficiencyLossHook' in hooks) == bool(name['finetuned'])
    header = path.read_text().split('"""')[1]
    assert path.name in header and 'Ours: ' in header
    for row in thesis_rows(path.stem):
        assert f'clip-1 {row["clip1"]}, video-1 {row["video1"]}' in header
        assert f'{row["gflops"]} GFLOPs' in header and row['table'] in header
    if cfg.get('load_from'):
        assert (path.parent / f'{Path(cfg.load_from).parent.name}.py').is_file()


def test_every_row_of_the_tables_has_its_recipe():
    names = {path.stem for path in RECIPES}
    rows = [row for name in names for row in thesis_rows(name)]
    assert {t: sum(r['table'] == t for r in rows) for t in ('4.1', '4.11', '4.12')} == {
        '4.1': 7,
        '4.11': 4,
        '4.12': 4,
    }


@pytest.mark.parametrize('path', RECIPES, ids=by_name)
def test_recipe_has_the_gflops_of_its_length(path):
    cfg, length = load(path), int(NAME.fullmatch(path.stem)['length'])
    with torch.device('meta'):
        model = MODELS.build(cfg.model)
    macs = count_macs(model, (1, 1, 3, length, 128, 128), stage='head').total()
    assert macs / 1e9 == pytest.approx(GFLOPS[length], abs=5e-4)


@pytest.mark.parametrize('path', [p for p in RECIPES if 'finetuned' in p.stem], ids=by_name)
def test_search_space_reaches_the_thesis_minimum(path):
    """With every layer at its cheapest, the thesis' count is below its least clip."""
    cfg, length = load(path), int(NAME.fullmatch(path.stem)['length'])
    shape = (3, length, 16, 16)  # the shares do not depend on the size of a frame
    cfg.model.backbone.update(input_shape=shape)
    model = MODELS.build(cfg.model).eval()
    with fixed_choice(model, temporal=9, channel=9), torch.inference_mode():
        model(torch.zeros(1, 1, *shape), stage='head')
    cost, static = executed_cost(model), count_macs(model, (1, 1, *shape), stage='head').total()
    least = (static - cost.dense.sum() + cost.conv[0].sum()) / static * GFLOPS[length]
    assert least < min(row.get('gflops_min', row['gflops']) for row in thesis_rows(path.stem))


def shrink(cfg: Any, size: int = 32) -> None:
    """Make crops of 128 pixels smaller, everywhere in a config."""
    values = cfg.items() if hasattr(cfg, 'items') else enumerate(cfg)
    for key, value in list(values):
        if isinstance(value, dict | list | tuple) and 128 in value:
            cfg[key] = type(value)(size if v == 128 else v for v in value)
        elif isinstance(value, dict | list):
            shrink(value, size)
        elif value == 128:
            cfg[key] = size


@pytest.mark.parametrize('path', [p for p in RECIPES if '-8x2x1-' in p.stem], ids=by_name)
def test_recipe_trains_and_tests(path, clips, tmp_path):
    """One step of training, a test with every view; smaller in width and size only."""
    cfg = load(path)
    shrink(cfg)
    narrow = cfg.model.backbone.get('backbone', cfg.model.backbone)
    narrow.base_channels = 4
    cfg.model.cls_head.in_channels = 32
    for split in ('train', 'val', 'test'):
        loader = cfg[f'{split}_dataloader']
        loader.update(num_workers=0, persistent_workers=False)
        loader.dataset.update(data_root=str(clips), columns=('motion',), ann_file=f'{split}.txt')
    cfg.train_dataloader.batch_size = 2
    cfg.update(work_dir=str(tmp_path), experiment_name=path.stem, load_from=None)
    cfg.train_cfg.update(max_epochs=1, val_interval=1)
    cfg.log_level = 'WARNING'
    runner = Runner.from_cfg(cfg)
    runner.train()
    metrics = runner.test()
    assert {'acc/clip-1', 'acc/video-1', 'acc/video-5', 'cost/gflops/average'} <= metrics.keys()
    if path.stem.startswith('static'):
        assert metrics['cost/share'] == 1
    assert (tmp_path / 'epoch_1.pth').is_file()
