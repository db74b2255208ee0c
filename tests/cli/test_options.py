"""What the tools' common options make of a config."""

import argparse
from types import SimpleNamespace

import pytest
from mmengine.runner import Runner
from torch import nn

from tools.experiments import find_config
from vared_mm.cli import add_run_options, build_runner, load_config
from vared_mm.models import FoldedConv3d

STATIC = 'static_r2plus1d-tiny_moving-shapes'


@pytest.fixture
def load():
    def run(*options: str):
        parser = argparse.ArgumentParser()
        parser.add_argument('config')
        add_run_options(parser)
        return load_config(parser.parse_args([str(find_config(STATIC)), '--cfg-options', *options]))

    return run


def test_a_folder_with_a_blank_reaches_the_data_set(load):
    cfg = load('train_dataloader.dataset.data_root=../my data')
    assert cfg.train_dataloader.dataset.data_root == '../my data'


@pytest.mark.parametrize('options', [['randomness.seed=None'], ['randomness.deterministic=True']])
def test_randomness_without_a_seed_asks_for_a_drawn_one(load, monkeypatch, options):
    """mmengine's runner wants the key, whatever its value."""
    cfg = load(*options)
    if 'seed' not in options[0]:
        del cfg.randomness['seed']
    monkeypatch.setattr(
        Runner,
        'from_cfg',
        lambda cfg: SimpleNamespace(cfg=cfg, model=nn.Sequential(nn.Conv3d(1, 1, 1))),
    )
    assert build_runner(cfg).cfg.randomness['seed'] is None
    cfg.randomness = {}  # as `randomness=dict(_delete_=True)` leaves it
    assert build_runner(cfg).cfg.randomness == {'seed': None}
    cfg.pop('randomness')
    runner = build_runner(cfg)
    assert 'randomness' not in runner.cfg and type(runner.model[0]) is FoldedConv3d
