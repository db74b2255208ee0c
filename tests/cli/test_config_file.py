"""Which overrides and configs are refused, and which are not."""

import re

import pytest

from vared_mm.cli import read_config, require_keys

DEMO = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'


@pytest.fixture
def override(root):
    return lambda key, value=1: read_config(root / DEMO, {key: value})


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        # The config has it.
        ('optim_wrapper.optimizer.lr', 0.5),
        ('train_dataloader.dataset.pipeline.1.clip_len', 4),
        # An argument of the runner, of a class, of a base class, of what needs no type.
        ('load_from', 'x.pth'),
        ('custom_hooks', []),
        ('find_unused_parameters', True),
        ('model.cls_head.dropout_ratio', 0.1),
        ('model.backbone.backbone.with_cp', True),
        ('train_dataloader.dataset.indices', 3),
        ('train_dataloader.sampler.round_up', False),
        ('train_dataloader.pin_memory', True),
        ('optim_wrapper.optimizer.nesterov', True),
        ('optim_wrapper.dtype', 'bfloat16'),
        ('param_scheduler.0.verbose', True),
        ('randomness.deterministic', True),
        ('env_cfg.cudnn_benchmark', True),
        ('log_processor.window_size', 3),
        ('default_hooks.checkpoint.max_keep_ckpts', 1),
        ('default_hooks.checkpoint.priority', 'LOW'),
        # A dict or name of the user's own.
        ('optim_wrapper.clip_grad.max_norm', 1),
        ('optim_wrapper.paramwise_cfg.custom_keys.backbone.lr_mult', 0.1),
        ('train_dataloader.dataset.metainfo.classes', ['a']),
        ('model.test_cfg.max_testing_views', 4),
        ('default_hooks.mine.type', 'EMAHook'),
        ('model.cls_head.loss_cls.type', 'BCELossWithLogits'),
    ],
)
def test_keys_that_something_reads(override, key, value):
    node = override(key, value)
    for part in key.split('.'):
        node = node[int(part) if part.isdigit() else part]
    assert node == value


@pytest.mark.parametrize(
    ('key', 'message'),
    [
        ('optim_wraper.optimizer.lr', 'the nearest is optim_wrapper'),
        ('optim_wrapper.optimiser.lr', 'the nearest is optimizer'),
        ('optim_wrapper.optimizer.rl', 'the nearest is lr'),
        ('optim_wrapper.paramwise_cfg.norm_decay', 'the nearest is norm_decay_mult'),
        ('model.cls_head.drop_ratio', 'the nearest is dropout_ratio'),
        ('model.backbone.backbone.dpth', 'the nearest is depth'),
        ('train_cfg.max_epoch', 'the nearest is max_epochs'),
        ('train_dataloader.batchsize', 'the nearest is batch_size'),
        ('train_dataloader.dataset.dataroot', 'the nearest is data_root'),
        ('default_hooks.checkpoints.interval', 'the nearest is checkpoint'),
        ('default_hooks.checkpoint.intervall', 'the nearest is interval'),
        ('randomness.sed', 'the nearest is seed'),
        ('param_scheduler.0.edn', 'the nearest is end'),
        # Variables of the file, and names without a place.
        ('data_root', 'set test_dataloader.dataset.data_root, train_dataloader.dataset.data_root'),
        ('val_pipeline.0.type', 'set val_dataloader.dataset.pipeline'),
        ('num_classes', 'set model.cls_head.num_classes'),
        # Not a matter of names.
        ('train_dataloader.dataset.pipeline.99.x', 'is a list of 7'),
        ('train_cfg.max_epochs.x', 'has no keys'),
        ('train_cfg', 'a dict with the keys'),
    ],
)
def test_a_key_that_nothing_reads_is_refused(override, key, message):
    with pytest.raises(ValueError, match=re.escape(f'--cfg-options {key}: ')) as refused:
        override(key)
    assert message in str(refused.value)


def test_a_plus_sets_any_key(override):
    assert override('+mine.deep', 5).mine.deep == 5


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        ('train_cfg.max_epochs', -3),
        ('train_cfg.val_interval', 0),
        ('train_dataloader.batch_size', 0),
        ('train_dataloader.batch_size', 2.5),
        ('val_dataloader.num_workers', -1),
        ('optim_wrapper.optimizer.lr', -1),
        ('optim_wrapper.optimizer.lr', float('nan')),
        ('optim_wrapper.optimizer.lr', 'high'),
        ('default_hooks.logger.interval', 0),
        ('auto_scale_lr.base_batch_size', 0),
        ('randomness.seed', -1),
        ('model.cls_head.num_classes', 0),
        ('model.cls_head.dropout_ratio', 2),
    ],
)
def test_a_value_out_of_sense_is_refused(override, key, value):
    with pytest.raises(ValueError, match=re.escape(f'{key}={value!r}: must be')):
        override(key, value)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('optim_wraper = dict(optimizer=dict(lr=1))', 'key optim_wraper: nothing reads it; is it'),
        ('auto_scale_lr = dict(base_batchsize=1)', 'key auto_scale_lr.base_batchsize: no such'),
        ('train_cfg = dict(max_epochs=-3)', 'key train_cfg.max_epochs=-3: must be'),
        ('y = 1\nx = y / 0', ', line 3: ZeroDivisionError: division by zero'),
        ('x = (', "line 2: '(' was never closed"),
    ],
)
def test_a_config_of_its_own_is_held_to_the_same(root, tmp_path, text, message):
    path = tmp_path / 'mine.py'
    path.write_text(f"_base_ = '{root / DEMO}'\n{text}\n")
    with pytest.raises(ValueError, match=re.escape(str(path))) as refused:
        read_config(path)
    assert message in str(refused.value)


def test_a_variable_near_a_key_that_uses_it_is_none_of_our_business(root, tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(f"_base_ = '{root / DEMO}'\ncustom_hook = dict(type='EMAHook')\n")
    with pytest.raises(ValueError, match='is it custom_hooks'):
        read_config(path)
    path.write_text(path.read_text() + 'custom_hooks = [custom_hook]\n')
    assert read_config(path).custom_hooks[0].type == 'EMAHook'


def test_our_configs_pass(root):
    paths = [
        path for path in sorted((root / 'configs').rglob('*.py')) if '_base_' not in path.parts
    ]
    assert len(paths) > 50 and all(read_config(path).model for path in paths[::6])


def test_yaml_is_data(tmp_path):
    path = tmp_path / 'mine.yml'
    path.write_text('model: !!python/object/apply:os.mkdir ["' + str(tmp_path / 'made') + '"]\n')
    with pytest.raises(ValueError, match='mine.yml: ConstructorError'):
        read_config(path)
    assert not (tmp_path / 'made').exists()
    path.write_text('model: {scale: !!python/tuple [1, 2]}\n')
    assert read_config(path).model.scale == (1, 2)


def test_a_config_without_what_a_tool_needs(override):
    require_keys(override('train_cfg.max_epochs', 1), 'model', 'train_cfg')
    cfg = override('val_cfg', None)
    with pytest.raises(ValueError, match='has no val_cfg'):
        require_keys(cfg, 'val_cfg')
