"""Budgets of whole recipes; see tests/dynamic/test_budget.py for what they do."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import nn

from vared_mm.apis import budget, set_budget


def test_a_model_that_recognises_nothing_is_refused():
    cfg = SimpleNamespace(filename='segmentor.py')
    runner = SimpleNamespace(load_or_resume=lambda: None, model=nn.Identity(), cfg=cfg)
    with pytest.raises(ValueError, match='segmentor.py: budgets are supported'):
        set_budget(runner, 0.5)


def test_clips_are_read_through_wrappers(small_set, root):
    cfg = Config.fromfile(root / 'configs/demo/static_r2plus1d-tiny_moving-shapes.py')
    cfg.merge_from_dict(dict(option.split('=') for option in small_set if 'data_root' in option))
    init_default_scope('mmaction')
    model = SimpleNamespace(data_preprocessor=lambda batch: batch)
    plain = budget._training_clips(SimpleNamespace(cfg=cfg, model=model), 5)

    inner = cfg.train_dataloader.dataset
    joined = dict(
        type='ConcatDataset', datasets=[dict(type='RepeatDataset', times=2, dataset=inner)]
    )
    cfg.train_dataloader.dataset = joined
    cfg.val_dataloader.dataset = dict(
        type='RepeatDataset', times=2, dataset=cfg.val_dataloader.dataset
    )
    wrapped = budget._training_clips(SimpleNamespace(cfg=cfg, model=model), 5)
    for batch, other in zip(plain, wrapped, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(batch, other, strict=True))
