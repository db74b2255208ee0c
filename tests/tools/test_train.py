"""tools/train.py: flags, resuming, and mistakes that end in one line."""

import re
import runpy
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from vared_mm.engine import read_checkpoint

ROOT = Path(__file__).parents[2]
STATIC = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
DYNAMIC = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'


@pytest.fixture
def lists(tmp_path, clips) -> Path:
    """Broken lists beside whole ones."""
    video = clips / 'train' / '00000.mp4'
    (tmp_path / 'empty.txt').write_text('')
    (tmp_path / 'range.txt').write_text(f'{video},99,0\n')
    return tmp_path


@pytest.mark.parametrize(
    ('config', 'option', 'message'),
    [
        ('configs/demo/none.py', '', 'configs/demo/none.py: no such config'),
        (STATIC, 'train_dataloader.dataset.ann_file=no.txt', 'no.txt'),
        (STATIC, 'train_dataloader.dataset.ann_file={}/empty.txt', 'empty.txt'),
        (STATIC, 'train_dataloader.dataset.ann_file={}/range.txt', 'range.txt'),
        (STATIC, 'val_dataloader.dataset.ann_file=no.txt', 'no.txt'),
        (STATIC, 'load_from={}/none.pth', 'none.pth: no such checkpoint'),
        (STATIC, 'load_from={}/empty.txt', 'empty.txt: not a checkpoint'),
        (STATIC, 'model.backbone.type=vared_mm.NoSuchBackbone', 'NoSuchBackbone'),
        (DYNAMIC, 'model.backbone.temporal=5', 'temporal=5'),
        (DYNAMIC, 'model.backbone.gate=hard', "gate='hard'"),
    ],
)
def test_a_mistake_ends_in_one_line(
    run_tool, quick, lists, tmp_path, capsys, config, option, message
):
    options = [*quick, *([option.format(lists)] if option else [])]
    status = run_tool('train.py', config, '--work-dir', tmp_path / 'w', '--cfg-options', *options)
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert status == 2
    assert error.startswith('error: ') and message in error
    assert not list((tmp_path / 'w').glob('*.pth'))


def test_a_mistake_leaves_no_traceback(tmp_path):
    words = [sys.executable, 'tools/train.py', 'nowhere.py', '--work-dir', str(tmp_path)]
    env = {'PYTHONPATH': str(ROOT), 'PATH': '/usr/bin:/bin', 'OMP_NUM_THREADS': '1'}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ['error: nowhere.py: no such config']


def test_checkpoint_of_another_model_is_refused(run_tool, quick, trained, tmp_path, capsys):
    options = [*quick, f'load_from={trained["static"]}', 'model.backbone.base_channels=8']
    status = run_tool('train.py', STATIC, '--work-dir', tmp_path, '--cfg-options', *options)
    assert status == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert 'checkpoint of another model' in error and 'backbone.conv1' in error


def test_static_checkpoint_starts_a_dynamic_model(run_tool, quick, trained, tmp_path, capsys):
    options = [*quick, f'load_from={trained["static"]}']
    assert run_tool('train.py', DYNAMIC, '--work-dir', tmp_path, '--cfg-options', *options) == 0
    log = capsys.readouterr().out + (next(tmp_path.glob('*/*.log'))).read_text()
    assert 'a static checkpoint: gates and cheap operations keep their start values' in log


def test_fast_training_writes_the_same_kind_of_checkpoint(run_tool, quick, trained, tmp_path):
    words = ['--fast', '--work-dir', tmp_path, '--cfg-options', *quick]
    assert run_tool('train.py', DYNAMIC, *words) == 0
    fast, plain = (
        torch.load(path, weights_only=False)['state_dict']
        for path in (tmp_path / 'epoch_1.pth', trained['vared-t2c2'])
    )
    assert {k: v.shape for k, v in fast.items()} == {k: v.shape for k, v in plain.items()}


@pytest.mark.parametrize('named', [False, True])
def test_resume_goes_on_where_training_stopped(run_tool, quick, tmp_path, named):
    words = ['train.py', DYNAMIC, '--work-dir', tmp_path]
    assert run_tool(*words, '--cfg-options', *quick) == 0
    first = torch.load(tmp_path / 'epoch_1.pth', weights_only=False)
    resume = ['--resume', tmp_path / 'epoch_1.pth'] if named else ['--resume']
    longer = [*quick, 'train_cfg.max_epochs=2']
    assert run_tool(*words, *resume, '--cfg-options', *longer) == 0
    second = torch.load(tmp_path / 'epoch_2.pth', weights_only=False)
    assert (first['meta']['epoch'], second['meta']['epoch']) == (1, 2)
    assert second['meta']['iter'] == 2 * first['meta']['iter']  # no step was repeated


def test_resume_with_longer_epochs(run_tool, quick, trained, tmp_path):
    """Epoch 2 begins at its first sample; a link to nowhere in the folder is passed over."""
    shutil.copy(trained['static'], tmp_path)
    (tmp_path / 'epoch_5.pth').symlink_to('/nowhere')
    options = [*quick, 'train_dataloader.batch_size=3', 'train_cfg.max_epochs=2']
    words = ['train.py', STATIC, '--no-validate', '--work-dir', tmp_path, '--resume']
    assert run_tool(*words, '--cfg-options', *options) == 0
    first = read_checkpoint(tmp_path / 'epoch_1.pth')
    second = read_checkpoint(tmp_path / 'epoch_2.pth')
    assert (first['meta']['iter'], second['meta']['iter']) == (3, 8)
    assert second['param_schedulers'][0]['end'] == 12  # 3 epochs of warming up, of 4 steps now
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert 'epoch_5.pth: no such checkpoint' in log
    assert 'an epoch had 3 steps and has 4: training resumes with epoch 2, step 5' in log


@pytest.mark.parametrize(
    ('method', 'config', 'option', 'message'),
    [
        ('static', STATIC, 'train_cfg.max_epochs=0', '1 epochs are done, of 0 to train'),
        ('static', STATIC, 'param_scheduler=[]', 'has 2 schedules (param_scheduler), the config 0'),
        ('static', DYNAMIC, 'train_cfg.max_epochs=2', 'not resumed: it lacks backbone.'),
        ('vared-t2c2', STATIC, 'train_cfg.max_epochs=2', 'not resumed: it holds also backbone.'),
    ],
)
def test_what_can_not_be_resumed_ends_in_one_line(
    run_tool, quick, trained, tmp_path, capsys, method, config, option, message
):
    options = [*quick, option]
    words = ['--work-dir', tmp_path, '--resume', trained[method], '--cfg-options', *options]
    assert run_tool('train.py', config, *words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f'error: {trained[method]}: ') and message in error


def test_resume_without_a_checkpoint_starts_as_the_config_says(run_tool, quick, trained, tmp_path):
    """A finetuning that was killed before its first checkpoint still starts from its weights."""
    options = [*quick, f'load_from={trained["static"]}', 'train_cfg.max_epochs=0']
    words = ['train.py', DYNAMIC, '--work-dir', tmp_path, '--resume', '--cfg-options', *options]
    assert run_tool(*words) == 0
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert f'Load checkpoint from {trained["static"]}' in log


def test_a_loss_that_is_not_finite_ends_in_one_line(run_tool, quick, tmp_path, capsys):
    """The first step throws the weights far away; the second is the last."""
    options = [*quick, 'optim_wrapper.optimizer.lr=1e38', 'param_scheduler=[]']
    words = ['train.py', DYNAMIC, '--work-dir', tmp_path, '--cfg-options', *options]
    assert run_tool(*words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('error: step 2: loss_cls is nan; first not finite: the ')
    assert read_checkpoint(tmp_path / 'not_finite_step2.pth')['step'] == 2
    assert not list(tmp_path.glob('epoch_*'))


@pytest.mark.parametrize('dtype', ['bfloat16', 'float16'])
def test_mixed_precision(run_tool, quick, tmp_path, dtype):
    options = [*quick, f'optim_wrapper.dtype={dtype}']
    words = ['train.py', DYNAMIC, '--amp', '--work-dir', tmp_path, '--cfg-options', *options]
    assert run_tool(*words) == 0
    saved = read_checkpoint(tmp_path / 'epoch_1.pth')
    assert saved['optimizer']['loss_scaler']['scale'] > 0
    floats = [value for value in saved['state_dict'].values() if value.is_floating_point()]
    assert all(value.dtype == torch.float32 and value.isfinite().all() for value in floats)


def apply(**flags) -> Config:
    """The demo's config after ``apply_options`` with these flags."""
    tool = runpy.run_path(str(ROOT / 'tools' / 'train.py'))
    cfg = Config.fromfile(ROOT / STATIC)
    unset = dict.fromkeys(('no_validate', 'amp', 'auto_scale_lr', 'diff_rank_seed'), False)
    given = {'resume': None, 'seed': None, 'deterministic': False, 'config': STATIC, **unset}
    tool['apply_options'](cfg, Namespace(**{**given, **flags}))
    return cfg


def test_flags_reach_the_config():
    cfg = apply(no_validate=True, amp=True, auto_scale_lr=True, seed=7, deterministic=True)
    assert cfg.val_cfg is cfg.val_dataloader is cfg.val_evaluator is None
    assert (cfg.optim_wrapper.type, cfg.optim_wrapper.loss_scale) == ('AmpOptimWrapper', 'dynamic')
    assert cfg.auto_scale_lr.enable
    assert cfg.randomness == {'seed': 7, 'diff_rank_seed': False, 'deterministic': True}


def test_without_flags_the_config_stays():
    cfg, untouched = apply(), Config.fromfile(ROOT / STATIC)
    assert cfg.to_dict() == untouched.to_dict()


def test_a_config_as_mmaction2_writes_them(run_tool, quick, tmp_path):
    """No `randomness`: a seed is drawn. The rate is one for another batch: that is said."""
    config, options = tmp_path / 'plain.py', [*quick, 'train_dataloader.sampler.round_up=False']
    base = ROOT / 'configs/_base_'
    config.write_text(
        "_base_ = ['mmaction::_base_/default_runtime.py', "
        f"'{base}/models/r2plus1d_tiny.py', '{base}/datasets/moving_shapes.py']\n"
        "train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=1, val_begin=1, val_interval=1)\n"
        "val_cfg, test_cfg = dict(type='ValLoop'), dict(type='TestLoop')\n"
        "optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9))\n"
        "val_evaluator = test_evaluator = [dict(type='vared_mm.RecognitionMetric')]\n"
        'auto_scale_lr = dict(enable=False, base_batch_size=96)\n'
    )
    seeds = []
    for folder in (tmp_path / '1', tmp_path / '2'):
        words = ['--work-dir', folder, '--cfg-options', *options]
        assert run_tool('train.py', config, *words) == 0
        log = next(folder.glob('*/*.log')).read_text()
        seeds += re.findall(r'^ +[Ss]eed: (\d+)$', log, re.MULTILINE)
    assert len(seeds) == 2 and seeds[0] != seeds[1]
    assert 'set for batches of 96' in log and '1 x 4 = 4' in log and 'by 0.0417' in log


def test_resume_flag():
    assert not apply(resume='auto').resume  # only where there is something to resume from
    assert apply(resume='x.pth').resume and apply(resume='x.pth').load_from == 'x.pth'
