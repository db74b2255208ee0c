"""PSPNet the whole way: made scenes, two steps of training, resuming, finetuning, testing.

The second leg of continuous integration runs it with the original distributions.
"""

import json
import subprocess
from math import isfinite
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from tests.one_process import last_scalars, run_tool
from vared_mm.datasets.synthetic import make_shape_scenes
from vared_mm.dynamic import dynamic_layers

pytestmark = pytest.mark.original

CONFIG = """
_base_ = '{root}/configs/demo/{name}_pspnet-tiny_shape-scenes.py'
data = dict(data_root='{data}')
train_dataloader = dict(batch_size=2, num_workers=0, persistent_workers=False, dataset=data)
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=data)
test_dataloader = dict(batch_size=3, num_workers=0, persistent_workers=False, dataset=data)
train_cfg = dict(max_iters={iterations}, val_interval=2)
default_hooks = dict(logger=dict(interval=1), checkpoint=dict(interval=2))
load_from = None
"""


@pytest.fixture(scope='module')
def data(tmp_path_factory) -> Path:
    """A few scenes, of different sizes."""
    sizes = {'training': 4, 'validation': 1, 'testing': 3}
    return make_shape_scenes(tmp_path_factory.mktemp('scenes'), sizes)


@pytest.fixture
def tool(root, tmp_path, data):
    """Run one of the tools on a config; return its exit status, output, scalars and folder."""

    def run(script, name, *args, iterations=2):
        config = tmp_path / f'{name}.py'
        config.write_text(CONFIG.format(root=root, data=data, name=name, iterations=iterations))
        work_dir = tmp_path / name
        done = run_tool(script, config, *args, '--work-dir', work_dir)
        return done.returncode, done.stdout, last_scalars(work_dir), work_dir

    return run


def test_train_finetune_test(tool, tmp_path):
    status, printed, scalars, work_dir = tool('train.py', 'vared-c2')
    assert status == 0, printed
    losses = [one for one in scalars if 'loss' in one]
    assert [one['step'] for one in losses] == [1, 2]
    assert all(one['cost/executed_share'] == 1 for one in losses)  # gates start as an equal mix

    start = f'load_from={work_dir / "iter_2.pth"}'
    status, printed, scalars, work_dir = tool(
        'train.py', 'vared-c2-finetuned', '--cfg-options', start
    )
    assert status == 0, printed
    assert min(one['loss_efficiency'] for one in scalars if 'loss' in one) > 0

    result, shown = tmp_path / 'result.json', tmp_path / 'shown'
    words = ['--json', result, '--show-dir', shown]
    status, printed, _, _ = tool('test.py', 'vared-c2-finetuned', work_dir / 'iter_2.pth', *words)
    assert status == 0, printed
    assert len(list(shown.rglob('*.png'))) == 3
    tested = json.loads(result.read_text())
    assert (tested['videos'], tested['dataset']) == (3, 'images/testing')
    assert tested['generated_data'] and tested['static_macs'] is None
    metrics = tested['metrics']
    assert 0 <= metrics['mIoU'] <= 100 and 0 < metrics['aAcc'] <= 100
    assert metrics['cost/gflops/minimum'] <= metrics['cost/gflops/average']
    # The crops are of one size, so their static cost is too; whole images are larger.
    assert 0 < metrics['cost-64/gflops/maximum'] < metrics['cost/gflops/minimum']


def test_full_size_recipe_builds_and_runs_a_step(root, data, tmp_path):
    """ADE20K's finetuning recipe as it is, but for the data, the crops and one GPU less."""
    init_default_scope('mmseg')
    name = 'vared-c2-finetuned_pspnet-r18-d8_4xb2-33k_ade20k-512x512'
    cfg = Config.fromfile(root / f'configs/segmentation/pspnet/{name}.py')
    cfg.update(work_dir=str(tmp_path), load_from=None, log_level='WARNING', experiment_name=name)
    cfg.train_dataloader.update(num_workers=0, persistent_workers=False)
    cfg.train_dataloader.dataset.data_root = str(data)
    for step in cfg.train_dataloader.dataset.pipeline:
        if 'scale' in step:
            step.scale = (128, 64)
        if 'crop_size' in step:
            step.crop_size = (64, 64)
    cfg.model.data_preprocessor.size = (64, 64)
    cfg.train_cfg.max_iters = 1
    for key in ('val_cfg', 'val_dataloader', 'val_evaluator'):
        cfg[key] = None
    cfg.test_cfg = cfg.test_dataloader = cfg.test_evaluator = None
    cfg.default_hooks.checkpoint = dict(type='CheckpointHook', by_epoch=False)
    runner = Runner.from_cfg(cfg)
    runner.train()
    assert runner.iter == 1 and len(dynamic_layers(runner.model)) == 20
    # Of 150 classes none need be right at the start, so the loss may still be zero.
    assert 0 <= runner.message_hub.get_scalar('train/loss_efficiency').current() <= 0.8
    assert isfinite(runner.message_hub.get_scalar('train/loss').current())


def test_a_bad_file_ends_training_in_one_line(root, tmp_path):
    folder = make_shape_scenes(tmp_path / 'set', {'training': 4, 'validation': 1, 'testing': 1})
    (folder / 'images/training/00003.jpg').write_bytes(b'no image')
    config = tmp_path / 'config.py'
    config.write_text(CONFIG.format(root=root, data=folder, name='static', iterations=4))
    words = [config, '--work-dir', tmp_path / 'run']
    done = run_tool('train.py', *words, stderr=subprocess.PIPE)
    assert done.returncode == 2
    line = done.stderr.strip().splitlines()[-1]
    assert line == f'error: {folder}/images/training/00003.jpg: not an image, or damaged'
