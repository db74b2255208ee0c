"""The zoo's recipes: names and headers tell the truth, each trains and tests."""

import re
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from vared_mm.dynamic import dynamic_layers
from vared_mm.reporting import thesis_rows

ROOT = Path(__file__).parents[2]
FOLDERS = ('r2plus1d', 'i3d', 'x3d', 'tpn', 'corrnet', 'tsn')
RECIPES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / 'configs/recognition' / folder).glob('*.py')
    if (folder, 'mini-kinetics200' in path.name) != ('r2plus1d', True)  # those: test_recipes.py
)
NAME = re.compile(
    r'(?P<method>static|vared-t2c2(?P<finetuned>-finetuned)?)_(?P<model>[a-z0-9-]+?)(?P<long>-256e)?_'
    r'96xb12-(?P<length>\d+)x(?P<interval>\d+)x(?P<clips>\d+)-(?P<epochs>\d+)e_(?P<data>[\w-]+)-rgb'
)
# Learning rate of training and finetuning, weight decay, length of a crop.
SETTINGS = {
    'r2plus1d-18': (0.18, 0.01, 5e-4, 128),
    'tpn-r2plus1d-18': (0.18, 0.01, 5e-4, 128),
    'corrnet-r2plus1d-18': (0.18, 0.01, 5e-4, 128),
    'tsn-r50': (0.18, 0.01, 5e-4, 224),
    'i3d-inceptionv2': (1.8, 0.1, 1e-4, 256),
    'x3d-m': (1.8, 0.1, 5e-5, 256),
}
# Classes, epochs of training and finetuning, warm-up, clips tested.
DATA = {
    'mini-kinetics200': (200, 120, 40, 15, 10),
    'kinetics400': (400, 120, 40, 15, 10),
    'moments-in-time': (339, 60, 20, 8, 3),
}


def by_name(path: Path) -> str:
    return path.stem


def load(path: Path) -> tuple[Config, re.Match]:
    cfg = Config.fromfile(path)
    init_default_scope(cfg.default_scope)
    return cfg, NAME.fullmatch(path.stem)


def test_the_whole_zoo_is_here():
    """Static, training and finetuning of fifteen models."""
    assert len(RECIPES) == 45
    stages = [NAME.fullmatch(path.stem)['method'] for path in RECIPES]
    assert {stages.count(stage) for stage in set(stages)} == {15}


@pytest.mark.parametrize('path', RECIPES, ids=by_name)
def test_name_and_header_tell_what_runs(path: Path):
    cfg, name = load(path)
    rate, tuning_rate, decay, crop = SETTINGS[name['model']]
    classes, epochs, tuning_epochs, warm_up, clips = DATA[name['data']]
    finetuned, dynamic = bool(name['finetuned']), name['method'] != 'static'
    epochs = tuning_epochs if finetuned else 256 if '-256e_' in path.name else epochs
    assert cfg.train_cfg.max_epochs == int(name['epochs']) == epochs
    assert cfg.param_scheduler[-1].T_max == (epochs if finetuned else epochs - warm_up)
    assert cfg.optim_wrapper.optimizer.lr == (tuning_rate if finetuned else rate)
    assert cfg.optim_wrapper.optimizer.weight_decay == decay
    assert cfg.auto_scale_lr.base_batch_size == 96 * cfg.train_dataloader.batch_size == 96 * 12
    for split, views in (('train', 1), ('val', 1), ('test', clips)):
        dataset = cfg[f'{split}_dataloader'].dataset
        assert dataset.num_classes == classes
        sampling = dataset.pipeline[1]
        assert sampling.clip_len == int(name['length'])
        assert sampling.frame_interval == int(name['interval'])
        folded = int(name['clips'])  # TSN: its frames are spread over the video, so one view
        assert sampling.get('num_clips', 1) == (folded if folded > 1 else views)
        assert crop_of(dataset.pipeline) == crop
    assert cfg.model.cls_head.num_classes == classes
    if dynamic:
        backbone = cfg.model.backbone
        frames = backbone.get('frames') or backbone.input_shape[1]
        assert frames == int(name['length']) * int(name['clips'])
        assert tuple(backbone.input_shape[-2:]) == (crop, crop)
        assert (backbone.temporal, backbone.channel) == (2, 2)
    hooks = {hook.type: hook for hook in cfg.get('custom_hooks', [])}
    assert (hooks['vared_mm.EfficiencyLossHook'].weight == 0.8) if finetuned else not hooks
    check_header(path, cfg)


def crop_of(pipeline: list) -> int:
    """The one size of every crop and of the shorter side."""
    sizes = {s.get('crop_size', s.get('input_size')) for s in pipeline if 'Crop' in s.type}
    sizes |= {s.scale[1] for s in pipeline if s.type == 'Resize'}
    (size,) = sizes
    return size


def check_header(path: Path, cfg: Config) -> None:
    header = path.read_text().split('"""')[1]
    assert path.relative_to(ROOT).as_posix() in header and 'Ours: ' in header
    for row in thesis_rows(path.stem):
        assert f'{row["gflops"]} GFLOPs, clip-1 {row["clip1"]}' in header
        assert row['table'] in header
        for key in ('video1', 'video5'):
            assert row.get(key) is None or f'{key[:-1]}-{key[-1]} {row[key]}' in header
    if cfg.get('load_from'):
        before = Path(cfg.load_from).parent.name
        assert before in header
        epochs = Config.fromfile(path.parent / f'{before}.py').train_cfg.max_epochs
        assert Path(cfg.load_from).name == f'epoch_{epochs}.pth'


def shrink(value: Any, size: int) -> Any:
    """The same settings with every crop of 128, 224 or 256 pixels made smaller."""
    if isinstance(value, dict):
        return {k: v if 'channels' in k else shrink(v, size) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(shrink(v, size) for v in value)
    return size if type(value) is int and value in (128, 224, 256) else value


def one_of_each() -> list[Path]:
    """For each model and stage one; on other data, and of other lengths, they differ in numbers."""
    found: dict[tuple[str, str], Path] = {}
    for path in RECIPES:
        name = NAME.fullmatch(path.stem)
        found.setdefault((name['method'], name['model']), path)
    return list(found.values())


@pytest.mark.slow
@pytest.mark.parametrize('path', one_of_each(), ids=by_name)
def test_trains_and_tests(path: Path, clips: Path, tmp_path: Path):
    """One step of training, then a test on one video; smaller in size, R(2+1)D in width too."""
    cfg, name = load(path)
    if name['model'] == 'r2plus1d-18':
        cfg.model.backbone.get('backbone', cfg.model.backbone).base_channels = 16
        cfg.model.cls_head.in_channels = 128
    for key in ('train_dataloader', 'test_dataloader', 'model'):
        cfg[key] = shrink(cfg[key].to_dict(), 32)
    for split in ('train', 'test'):
        loader = cfg[f'{split}_dataloader']
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
        loader.dataset.update(data_root=str(clips), columns=('motion',), ann_file=f'{split}.txt')
        loader.dataset.indices = 2 if split == 'train' else 1
    if name['clips'] == '1':
        cfg.test_dataloader.dataset.pipeline[1].num_clips = 1
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = cfg.default_hooks.checkpoint = None
    cfg.update(work_dir=str(tmp_path), experiment_name=path.stem, load_from=None)
    cfg.train_cfg.max_epochs = 1
    cfg.log_level = 'WARNING'
    runner = Runner.from_cfg(cfg)
    before = {key: value.clone() for key, value in runner.model.named_parameters()}
    runner.train()
    assert runner.iter == 1
    assert isfinite(runner.message_hub.get_scalar('train/loss').current())
    still = [k for k, v in runner.model.named_parameters() if torch.equal(v, before[k])]
    if name['model'] == 'x3d-m':  # its blocks start as the identity and take a step to wake up
        still = [key for key in still if not re.match(r'backbone\.layer.*bias', key)]
    assert still == []
    metrics = runner.test()
    assert {'acc/clip-1', 'acc/video-1', 'acc/video-5'} <= metrics.keys()
    least, most = (metrics[f'cost/thesis_gflops/{key}'] for key in ('minimum', 'maximum'))
    assert 0 < least <= most
    assert bool(dynamic_layers(runner.model)) == (metrics['cost/share'] != 1)
