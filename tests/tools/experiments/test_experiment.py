"""Experiments: their order, what is done, and what is resumed."""

import os
import sys

import pytest

from tools.experiments import Experiment, call, find_config
from tools.experiments.tools import TRAINING_ENV
from vared_mm.reporting import RunResult

STATIC = 'static_r2plus1d-tiny-4f_moving-shapes-brief'
DYNAMIC = 'vared-t2c2-finetuned_r2plus1d-tiny-4f_moving-shapes-brief'
MINI = 'r2plus1d-18_96xb12-8x2x1-{}e_mini-kinetics200-rgb'


def test_chain_follows_load_from(tmp_path):
    names = [
        s.config.stem for s in Experiment.chain(f'vared-t2c2-finetuned_{MINI.format(40)}', tmp_path)
    ]
    assert names == [
        f'vared-t2c2_{MINI.format(120)}',
        f'vared-t2c2-finetuned_{MINI.format(40)}',
    ]
    first, last = Experiment.chain(DYNAMIC, tmp_path)
    assert first.config == find_config(STATIC) and first.start is None and last.start is first


def test_a_config_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no config named 'none'"):
        Experiment.chain('none', tmp_path)


def test_a_digest_is_of_the_config_and_not_of_its_place(tmp_path):
    options = ['model.cls_head.dropout_ratio=0.5']
    before, after = (Experiment.chain(DYNAMIC, tmp_path, o) for o in ([], options))
    digests = [one.digest() for one in (*before, *after)]
    assert len(set(digests)) == 4
    moved = Experiment.chain(DYNAMIC, tmp_path / 'elsewhere')
    assert [one.digest() for one in moved] == digests[:2]


@pytest.mark.slow
def test_run_skip_and_resume(tmp_path, quick):
    chain = Experiment.chain(DYNAMIC, tmp_path, quick)
    for one in chain:
        assert not one.is_done()
        one.run()
        assert one.is_done()
    results = [RunResult.load(one.record) for one in chain]
    assert [result.config for result in results] == [STATIC, DYNAMIC]
    logs = [path.read_text() for path in chain[1].folder.glob('*/*.log')]
    start = f'Load checkpoint from {chain[0].checkpoint}'
    assert any(start in log for log in logs)  # it starts from the static weights

    note = chain[1].folder / 'config_sha256'
    os.utime(note, (0, 0))  # older than the weights: those were trained again since
    assert chain[0].is_done() and not chain[1].is_done()
    os.utime(note)
    assert chain[1].is_done()

    weights = chain[0].checkpoint
    chain[0].record.write_text('{')
    assert not chain[0].is_done() and chain[0].checkpoint == weights
    assert not chain[1].is_done()
    chain[0].run()  # tests again, from the weights that are there
    assert RunResult.load(chain[0].record).checkpoint_sha256 == results[0].checkpoint_sha256

    other = Experiment.chain(STATIC, tmp_path, [*quick, 'model.cls_head.dropout_ratio=0.4'])[0]
    assert other.folder == chain[0].folder and not other.is_done()


def test_a_command_that_fails_is_told_in_one_line(tmp_path):
    options = ['train_dataloader.dataset.data_root=nowhere']
    (one,) = Experiment.chain(STATIC, tmp_path, options)
    with pytest.raises(ValueError, match=f'{STATIC}: train ended with 2: error: .*nowhere'):
        one.run()


def test_only_stages_let_threads_sleep(monkeypatch):
    """A tool that times small models must not: they would be twice as slow."""
    monkeypatch.delenv('OMP_WAIT_POLICY', raising=False)
    says = [sys.executable, '-c', "import os; exit(len(os.environ.get('OMP_WAIT_POLICY', '')))"]
    assert call(says) == 0
    assert call(says, env=TRAINING_ENV) == len('PASSIVE')
    monkeypatch.setenv('OMP_WAIT_POLICY', 'ACTIVE')
    assert call(says, env=TRAINING_ENV) == len('ACTIVE')
