"""Stages of a suite: their order, what is done, and going on where a run was stopped."""

import os
import sys

import pytest

from vared_mm.apis import Stage, call, find_config
from vared_mm.apis.stage import QUICKER
from vared_mm.reporting import RunResult

STATIC = 'static_r2plus1d-tiny-4f_moving-shapes-brief'
DYNAMIC = 'vared-t2c2-finetuned_r2plus1d-tiny-4f_moving-shapes-brief'
MINI = 'r2plus1d-18_96xb12-8x2x1-{}e_mini-kinetics200-rgb'


def test_chain_follows_load_from(tmp_path):
    names = [
        s.config.stem for s in Stage.chain(f'vared-t2c2-finetuned_{MINI.format(40)}', tmp_path)
    ]
    assert names == [
        f'vared-t2c2_{MINI.format(120)}',
        f'vared-t2c2-finetuned_{MINI.format(40)}',
    ]
    first, last = Stage.chain(DYNAMIC, tmp_path)
    assert first.config == find_config(STATIC) and first.start is None and last.start is first


def test_a_config_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no config of the name 'none'"):
        Stage.chain('none', tmp_path)


def test_a_digest_is_of_the_config_and_not_of_its_place(tmp_path):
    options = ['model.cls_head.dropout_ratio=0.5']
    before, after = (Stage.chain(DYNAMIC, tmp_path, o) for o in ([], options))
    digests = [stage.digest() for stage in (*before, *after)]
    assert len(set(digests)) == 4
    moved = Stage.chain(DYNAMIC, tmp_path / 'elsewhere')
    assert [stage.digest() for stage in moved] == digests[:2]


@pytest.mark.slow
def test_run_skip_and_resume(tmp_path, small_set):
    stages = Stage.chain(DYNAMIC, tmp_path, small_set)
    for stage in stages:
        assert not stage.is_done()
        stage.run()
        assert stage.is_done()
    results = [RunResult.load(stage.record) for stage in stages]
    assert [result.config for result in results] == [STATIC, DYNAMIC]
    logs = [path.read_text() for path in stages[1].folder.glob('*/*.log')]
    start = f'Load checkpoint from {stages[0].checkpoint}'
    assert any(start in log for log in logs)  # it starts from the static weights

    note = stages[1].folder / 'config_sha256'
    os.utime(note, (0, 0))  # older than the weights: those were trained again since
    assert stages[0].is_done() and not stages[1].is_done()
    os.utime(note)
    assert stages[1].is_done()

    weights = stages[0].checkpoint
    stages[0].record.write_text('{')
    assert not stages[0].is_done() and stages[0].checkpoint == weights
    assert not stages[1].is_done()
    stages[0].run()  # tests again, from the weights that are there
    assert RunResult.load(stages[0].record).checkpoint_sha256 == results[0].checkpoint_sha256

    other = Stage.chain(STATIC, tmp_path, [*small_set, 'model.cls_head.dropout_ratio=0.4'])[0]
    assert other.folder == stages[0].folder and not other.is_done()


def test_a_command_that_fails_is_told_in_one_line(tmp_path):
    options = ['train_dataloader.dataset.data_root=nowhere']
    (stage,) = Stage.chain(STATIC, tmp_path, options)
    with pytest.raises(ValueError, match=f'{STATIC}: train ended with 2: error: .*nowhere'):
        stage.run()


def test_only_stages_let_threads_sleep(monkeypatch):
    """A tool that times small models must not: they would be twice as slow."""
    monkeypatch.delenv('OMP_WAIT_POLICY', raising=False)
    says = [sys.executable, '-c', "import os; exit(len(os.environ.get('OMP_WAIT_POLICY', '')))"]
    assert call(says) == 0
    assert call(says, env=QUICKER) == len('PASSIVE')
    monkeypatch.setenv('OMP_WAIT_POLICY', 'ACTIVE')
    assert call(says, env=QUICKER) == len('ACTIVE')
