"""The whole way in half a minute: made clips, two steps of training, resuming, finetuning, testing.

The second leg of continuous integration runs it with the original distributions.
"""

import json

import pytest

from tests.one_process import last_scalars, run_tool
from vared_mm.datasets.synthetic import make_moving_shapes

pytestmark = pytest.mark.original

CONFIG = """
_base_ = '{root}/configs/demo/{name}_r2plus1d-tiny_moving-shapes.py'
data = dict(data_root='{data}')
small = dict(batch_size=2, num_workers=0, persistent_workers=False, dataset=data)
train_dataloader = val_dataloader = test_dataloader = small
train_cfg = dict(max_epochs={epochs}, val_interval=1)
default_hooks = dict(
    logger=dict(interval=1), checkpoint=dict(_delete_=True, type='CheckpointHook', interval=1))
load_from = None
"""


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """A data set of two training batches."""
    return make_moving_shapes(tmp_path_factory.mktemp('clips'), {'train': 4, 'val': 2, 'test': 4})


@pytest.fixture
def tool(root, tmp_path, data):
    """Run one of the tools on a config; return what it printed and the scalars that it logged."""

    def run(script, name, *args, epochs=1):
        config = tmp_path / f'{name}.py'
        config.write_text(CONFIG.format(root=root, data=data, name=name, epochs=epochs))
        work_dir = tmp_path / name
        done = run_tool(script, config, *args, '--work-dir', work_dir)
        assert done.returncode == 0, done.stdout
        return done.stdout, last_scalars(work_dir), work_dir

    return run


def test_train_resume_finetune_test(tool, tmp_path):
    _, scalars, work_dir = tool('train.py', 'vared-t2c2')
    assert [one['iter'] for one in scalars if 'loss' in one] == [1, 2]

    printed, scalars, _ = tool('train.py', 'vared-t2c2', '--resume', epochs=2)
    assert 'resumed epoch: 1, iter: 2' in printed
    assert [one['iter'] for one in scalars if 'loss' in one] == [3, 4]

    start = f'load_from={work_dir / "epoch_2.pth"}'
    _, scalars, _ = tool('train.py', 'vared-t2c2-finetuned', '--cfg-options', start)
    losses = [one['loss_efficiency'] for one in scalars if 'loss' in one]
    assert len(losses) == 2
    assert min(losses) > 0

    result = tmp_path / 'result.json'
    tool('test.py', 'vared-t2c2', work_dir / 'epoch_2.pth', '--json', result)
    tested = json.loads(result.read_text())
    assert tested['videos'] == 4
    assert tested['metrics']['acc/video-1'] in (0, 25, 50, 75, 100)
    assert tested['metrics']['cost/gflops/average'] > 0
