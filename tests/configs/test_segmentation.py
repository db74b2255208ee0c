"""Segmentation recipes: names and headers tell the truth."""

import re
from pathlib import Path

import pytest
from mmengine.config import Config

from vared_mm.apis import model_cost

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / 'configs/segmentation').glob('*/*.py'))
NAME = re.compile(
    r'(?P<method>static|vared-c2(?P<finetuned>-finetuned)?)_pspnet-r18-d8_(?P<gpus>\d)xb(?P<batch>\d)-'
    r'(?P<iterations>\d+)k_ade20k-512x512'
)


def test_all_stages_are_here():
    methods = {NAME.fullmatch(path.stem)['method'] for path in RECIPES}
    assert methods == {'static', 'vared-c2', 'vared-c2-finetuned'} and len(RECIPES) == 3


@pytest.mark.parametrize('path', RECIPES, ids=lambda path: path.stem)
def test_name_and_header_tell_what_runs(path):
    cfg, name = Config.fromfile(path), NAME.fullmatch(path.stem)
    iterations = 1000 * int(name['iterations'])
    assert cfg.default_scope == 'mmseg' and not cfg.log_processor.by_epoch
    assert cfg.train_cfg.max_iters == cfg.param_scheduler[-1].T_max == iterations
    assert cfg.param_scheduler[-1].type == 'CosineAnnealingLR' and cfg.sync_bn == 'torch'
    assert cfg.train_dataloader.batch_size == int(name['batch']) == 2
    assert cfg.auto_scale_lr.base_batch_size == 2 * int(name['gpus']) == 8
    optimizer = cfg.optim_wrapper.optimizer
    assert (optimizer.momentum, optimizer.weight_decay) == (0.9, 1e-4)
    hooks = {hook.type: hook for hook in cfg.get('custom_hooks', [])}
    if name['finetuned']:
        assert hooks['vared_mm.EfficiencyLossHook'].weight == 0.8
        start = Path(cfg.load_from)
        assert (path.parent / f'{start.parent.name}.py').is_file()
        assert start.name == 'iter_100000.pth'
    else:
        assert iterations == 100_000 and optimizer.lr == 0.02 and not hooks
    header = path.read_text().split('"""')[1]
    assert path.name in header and 'Ours: not yet run.' in header
    steps = {step.type: step for step in cfg.train_dataloader.dataset.pipeline}
    assert steps['RandomCrop'].crop_size == cfg.default_hooks.cost_record.crop_size == (512, 512)
    cost = model_cost(cfg)
    assert cost.input_shape == (1, 3, 512, 512)
    assert cost.static / 1e9 == pytest.approx(104.34, rel=1e-3)
    for told in re.findall(r'(\d+\.\d+) at the least \((\d+\.\d+)', header):
        least = cost.least_thesis / 1e9, cost.least_full / 1e9
        assert tuple(map(float, told)) == pytest.approx(least, abs=5e-3)
    assert ('at the least' in header) == (name['method'] != 'static')


def test_decisions_of_ade20k():
    """mmsegmentation's class, its classes, whole images in testing."""
    cfg = Config.fromfile(RECIPES[0])
    assert cfg.model.decode_head.num_classes == cfg.model.auxiliary_head.num_classes == 150
    assert cfg.model.test_cfg.mode == 'whole' and cfg.test_dataloader.batch_size == 1
    for split, folder in (('train', 'training'), ('val', 'validation'), ('test', 'validation')):
        dataset = cfg[f'{split}_dataloader'].dataset
        assert dataset.type == 'vared_mm.ADE20KDataset'
        assert dataset.data_prefix.img_path == f'images/{folder}'
        assert [step.type for step in dataset.pipeline][:1] == ['vared_mm.LoadRGBImage']
