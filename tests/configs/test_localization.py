"""The recipes of table 4.9: names, headers, cost, and what they start from."""

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DATASETS, init_default_scope
from mmengine.runner import Runner

from vared_mm.apis import model_cost
from vared_mm.datasets.synthetic import make_acting_shapes
from vared_mm.dynamic import dynamic_layers
from vared_mm.registry import MODELS
from vared_mm.reporting import thesis_rows
from vared_mm.reporting.thesis import read_tables

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / 'configs' / 'localization').rglob('*.py'))
NAME = re.compile(
    r'(?P<method>static|vared-t2c2)_yowo-(?P<model>[a-z0-9-]+)_1xb(?P<batch>\d+)-'
    r'(?P<length>\d+)x(?P<interval>\d+)x1-(?P<steps>\d+)k_jhmdb21-rgb'
)
GFLOPS = {'i3d-inceptionv2': 43.927, 'x3d-m': 5.7501}


def load(path: Path) -> tuple[Config, re.Match]:
    cfg = Config.fromfile(path)
    init_default_scope(cfg.default_scope)
    return cfg, NAME.fullmatch(path.stem)


def test_all_four_are_here():
    assert len(RECIPES) == 4 == sum(len(thesis_rows(path.stem)) for path in RECIPES)


@pytest.mark.parametrize('path', RECIPES, ids=lambda path: path.stem)
def test_name_and_header_tell_what_runs(path):
    cfg, name = load(path)
    assert cfg.train_dataloader.batch_size == cfg.auto_scale_lr.base_batch_size == 12
    assert cfg.train_cfg.max_iters == int(name['steps']) * 1000
    sampling = [cfg[f'{x}_dataloader'].dataset.pipeline[0] for x in ('train', 'test')]
    assert [s.clip_len for s in sampling] == [int(name['length'])] * 2 == [16, 16]
    assert sampling[0].frame_interval == (1, 2)
    assert sampling[1].frame_interval == int(name['interval'])
    optimizer, (schedule,) = cfg.optim_wrapper.optimizer, cfg.param_scheduler
    # YOWO's public code: 1e-4 / 12, 5e-4 * 12, as its losses are sums over 12 clips.
    assert (optimizer.lr, optimizer.weight_decay) == pytest.approx((8.3333e-6, 6e-3), rel=1e-4)
    assert (optimizer.momentum, schedule.gamma) == (0.9, 0.5)
    assert schedule.milestones == [10000, 20000, 30000, 40000] and not schedule.by_epoch
    assert cfg.model.freeze_backbone is True
    folder = Path(cfg.data_root).name  # by which a run is known to be of the table's data set
    assert read_tables()['4.9']['dataset'] == folder
    (row,), header = thesis_rows(path.stem), path.read_text().split('"""')[1]
    assert path.name in header and 'Ours: ' in header and row['dynamic'] == ('vared' in path.stem)
    numbers = [row[key] for key in ('gflops', 'frame_map_50', 'recall_50', 'classification')]
    wanted = 'Thesis: {} GFLOPs, frame-mAP {}, recall {}, classification {}'
    assert wanted.format(*numbers) in header


@pytest.mark.parametrize('path', RECIPES, ids=lambda path: path.stem)
def test_gflops(path):
    cfg, name = load(path)
    cost = model_cost(cfg)
    assert cost.input_shape == (1, 3, 16, 224, 224)
    assert cost.static / 1e9 == pytest.approx(GFLOPS[name['model']], abs=5e-4)
    (row,) = thesis_rows(path.stem)
    assert 0.999 * cost.least_thesis / 1e9 <= row['gflops'] <= 1.001 * cost.static / 1e9
    assert (cost.least_thesis < cost.static) == row['dynamic']


@pytest.mark.parametrize('path', RECIPES, ids=lambda path: path.stem)
def test_backbone_is_the_recognizer_s(path):
    """Every weight and gate of it comes out of the checkpoint that is named."""
    cfg, name = load(path)
    before = Path(cfg.load_from).parent.name
    assert before in path.read_text().split('"""')[1]
    (recipe,) = (ROOT / 'configs' / 'recognition').rglob(f'{before}.py')
    recognition = Config.fromfile(recipe)
    assert Path(cfg.load_from).name == f'epoch_{recognition.train_cfg.max_epochs}.pth'
    with torch.device('meta'):
        ours, theirs = MODELS.build(cfg.model), MODELS.build(recognition.model)
    shapes = [
        {key: value.shape for key, value in model.backbone.state_dict().items()}
        for model in (ours, theirs)
    ]
    assert shapes[0] == shapes[1]
    assert bool(dynamic_layers(ours)) == (name['method'] != 'static')


@pytest.mark.slow
def test_recipe_trains_and_tests(tmp_path):
    """Two steps and a test of dynamic X3D on small frames; the backbone stays as it is."""
    make_acting_shapes(tmp_path / 'set', {'train': 2, 'test': 1}, frames=4)
    cfg, _ = load(next(p for p in RECIPES if p.stem.startswith('vared-t2c2_yowo-x3d')))
    for split in ('train', 'val', 'test'):
        loader = cfg[f'{split}_dataloader']
        loader.update(num_workers=0, persistent_workers=False, batch_size=2)
        loader.dataset.update(data_root=str(tmp_path / 'set'), frame_size=(60, 80))
        for step in loader.dataset.pipeline:
            if step.type == 'Resize':
                step.scale = (64, 64)
    cfg.model.neck.channels = cfg.model.head.in_channels = 32
    cfg.train_cfg.update(max_iters=2, val_interval=2)
    cfg.update(work_dir=str(tmp_path), experiment_name='test', load_from=None, log_level='ERROR')
    runner = Runner.from_cfg(cfg)
    runner.model.init_weights()
    before = {k: v.clone() for k, v in runner.model.backbone.state_dict().items()}
    runner.train()
    after = runner.model.backbone.state_dict()
    assert all(torch.equal(value, before[key]) for key, value in after.items())
    metrics = runner.test()
    wanted = {
        'frame_map',
        'yowo_frame_map',
        'recall',
        'video_map@0.2',
        'video_map@0.75',
        'video_map@0.5:0.95',
    }
    assert {f'localization/{key}' for key in wanted} <= metrics.keys()
    assert metrics['cost/share'] != 1


def test_the_single_ground_truth_file_is_a_line(tmp_path):
    """`ann_file='JHMDB-GT.pkl'`, as the base config says."""
    make_acting_shapes(tmp_path, {'train': 2, 'test': 1}, frames=2)
    cfg, _ = load(RECIPES[0])
    settings = dict(cfg.train_dataloader.dataset, data_root=str(tmp_path), ann_file='JHMDB-GT.pkl')
    assert len(DATASETS.build(settings)) == 4
