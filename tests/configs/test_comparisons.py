"""Recipes of the comparisons: what they set is what the thesis' rows and the papers say."""

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.model import convert_sync_batchnorm
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from torch import nn

from vared_mm.registry import MODELS
from vared_mm.reporting import thesis_rows

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / 'configs/comparisons'
RECIPES = sorted(FOLDER.rglob('*.py'))
DEMO = sorted((ROOT / 'configs/demo').glob('*moving-shapes.py'))
AR_NET = {  # stage -> epochs, learning rate
    'classifiers': (10, 0.02),
    'joint': (50, 0.001),
    'finetune': (50, 0.0005),
}


def by_name(path: Path) -> str:
    return path.stem


def test_every_row_has_its_recipe():
    found = {path.stem: thesis_rows(path.stem) for path in RECIPES}
    tables = [row['table'] for rows in found.values() for row in rows]
    assert (tables.count('4.8'), tables.count('4.4')) == (6, 1)
    assert sum(not rows for rows in found.values()) == 3  # AR-Net's stages on the way, FrameExit


@pytest.mark.parametrize('path', RECIPES, ids=by_name)
def test_name_and_header_tell_what_runs(path: Path):
    cfg, header = Config.fromfile(path), path.read_text().split('"""')[1]
    gpus, batch, length, epochs = map(
        int, re.search(r'_(\d+)xb(\d+)-(?:1x1x)?(\d+)(?:x2x1)?-(\d+)e_', path.stem).groups()
    )
    assert cfg.auto_scale_lr.base_batch_size == gpus * batch
    assert cfg.train_dataloader.batch_size == batch
    assert cfg.train_cfg.max_epochs == epochs
    for split in ('train', 'val'):
        sampling = cfg[f'{split}_dataloader'].dataset.pipeline[1]
        assert sampling.clip_len * sampling.get('num_clips', 1) == length
    assert path.relative_to(ROOT).as_posix() in header and 'Ours: not yet run' in header
    for row in thesis_rows(path.stem):
        assert f'{row["gflops"]} GFLOPs, clip-1 {row["clip1"]} (table {row["table"]})' in header
        if 'pruning' in path.stem:
            (hook,) = cfg.custom_hooks
            assert hook.target == row['gflops'] * 1e9
            assert hook.input_shape == (1, 1, 3, row['frames'], 128, 128)
            assert len(hook.epochs) == 3 and hook.epochs[-1] < epochs
            before = FOLDER.parent.glob(f'recognition/*/{Path(cfg.load_from).parent.name}.py')
            total = epochs + Config.fromfile(next(before)).train_cfg.max_epochs
            assert f'{total} in all' in header and total == 240


@pytest.mark.parametrize('path', [p for p in RECIPES if 'arnet' in p.stem], ids=by_name)
def test_stages_of_ar_net(path: Path):
    cfg = Config.fromfile(path)
    stage = cfg.model.backbone.stage
    assert (cfg.train_cfg.max_epochs, cfg.optim_wrapper.optimizer.lr) == AR_NET[stage]
    assert cfg.optim_wrapper.optimizer.weight_decay == 1e-4
    assert cfg.optim_wrapper.clip_grad.max_norm == 20
    assert cfg.param_scheduler == [{'type': 'ConstantLR', 'factor': 1}]
    assert 'sync_bn' not in cfg and cfg.train_dataloader.drop_last
    assert cfg.model.backbone.sample is True
    decides = stage != 'classifiers'
    assert cfg.model.cls_head.loss_cls.loss_weight == (0.95 if decides else 1.0)
    hooks = {hook.type: hook for hook in cfg.get('custom_hooks', [])}
    if decides:
        assert hooks.pop('vared_mm.LayerLossHook').weight == 0.05
    if stage == 'joint':
        cooling = hooks.pop('vared_mm.TemperatureHook')
        assert (cooling.initial, cooling.rate) == (5, 0.045)
    assert not hooks


def test_rates_and_decays_of_ar_net():
    """By kind of weight, those of its public code: (times the rate, times the decay)."""
    wanted = {'conv': (1, 1), 'norm': (1, 0), 'linear': (5, 1), 'linear bias': (10, 0)}
    wanted.update({'memory': (1, 1), 'memory bias': (2, 0)})
    cfg = Config.fromfile(next(p for p in RECIPES if 'arnet-joint' in p.stem))
    with torch.device('meta'), DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    kinds = {nn.Conv2d: 'conv', nn.BatchNorm2d: 'norm', nn.Linear: 'linear'}
    expected = {}
    for part in model.modules():
        for name, weight in part.named_parameters(recurse=False):
            kind = kinds.get(type(part), 'memory')
            biased = kind in ('linear', 'memory') and name.startswith('bias')
            expected[weight] = wanted[f'{kind} bias' if biased else kind]
    groups = build_optim_wrapper(model, cfg.optim_wrapper).optimizer.param_groups
    assert len(groups) == len(expected) > 200
    for group in groups:
        (weight,) = group['params']
        rate, decay = group['lr'] / 0.001, group['weight_decay'] / 1e-4
        assert (rate, decay) == pytest.approx(expected[weight])


@pytest.mark.parametrize(
    'name', ['r2plus1d_18_gated', 'frame_exit_r50', 'ar_net_r50', 'yowo_x3d_m_vared']
)
def test_every_statistic_is_of_a_norm_that_sync_bn_finds(name: str):
    cfg = Config.fromfile(ROOT / f'configs/_base_/models/{name}.py')
    with torch.device('meta'), DefaultScope.overwrite_default_scope('mmaction'):
        model = convert_sync_batchnorm(MODELS.build(cfg.model))
    owners = {
        type(part)
        for part in model.modules()
        for buffer, _ in part.named_buffers(recurse=False)
        if 'running' in buffer
    }
    assert owners == {nn.SyncBatchNorm}


@pytest.mark.parametrize(
    'path', [p for p in (*RECIPES, *DEMO) if 'load_from =' in p.read_text()], ids=by_name
)
def test_starts_from_the_last_epoch_of_another_recipe(path: Path):
    start = Path(Config.fromfile(path).load_from)
    (before,) = (ROOT / 'configs').rglob(f'{start.parent.name}.py')
    assert start.name == f'epoch_{Config.fromfile(before).train_cfg.max_epochs}.pth'
    assert f'After: {before.stem}.' in path.read_text()


@pytest.mark.parametrize('path', [p for p in DEMO if 'static' not in p.stem], ids=by_name)
def test_every_method_of_the_demo_trains_as_long(path: Path):
    """Over all its stages."""
    epochs, cfg = 0, Config.fromfile(path)
    while True:
        epochs += cfg.train_cfg.max_epochs
        if not cfg.get('load_from'):
            break
        (before,) = (ROOT / 'configs').rglob(f'{Path(cfg.load_from).parent.name}.py')
        cfg = Config.fromfile(before)
    half = ('arnet-joint', 'vared-t2c2', 'vared-block-t2c2', 'mix-t2c2')
    on_the_way = {'arnet-classifiers': 18, **dict.fromkeys(half, 36)}
    assert epochs == on_the_way.get(path.stem.split('_')[0], 48)
