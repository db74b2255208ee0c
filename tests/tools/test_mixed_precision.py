"""The demo's finetuning in mixed precision ends where that in float32 does."""

import json

import pytest

from vared_mm.datasets.synthetic import make_moving_shapes

TABLES = 'configs/demo/tables/{}_r2plus1d-tiny-4f_moving-shapes-brief.py'
PRECISIONS = {
    'float32': [],
    'bfloat16': ['optim_wrapper.dtype=bfloat16'],
    'float16': ['optim_wrapper.dtype=float16'],  # a scaled loss; slow on a CPU
}


@pytest.mark.faults
def test_the_demo_reaches_the_same_accuracy(run_tool, tmp_path):
    """A static model learns in float32; from it, a dynamic one in each precision."""
    whole = make_moving_shapes(tmp_path / 'a', {'train': 1600, 'val': 1, 'test': 384}, frames=16)
    part = make_moving_shapes(tmp_path / 'b', {'train': 640, 'val': 1, 'test': 1}, frames=16)

    def train(method, name, clips, epochs, *options, flags=()):
        """Accuracy on the test clips, in percent; evaluated in float32."""
        config, folder = TABLES.format(method), tmp_path / name
        options = [f'train_dataloader.dataset.data_root={clips}', *options]
        words = ['--work-dir', folder, '--no-validate', *flags, '--cfg-options', *options]
        assert run_tool('train.py', config, *words) == 0
        words = [folder / f'epoch_{epochs}.pth', '--json', folder / 'result.json']
        words += ['--cfg-options', f'test_dataloader.dataset.data_root={whole}']
        assert run_tool('test.py', config, *words) == 0
        return json.loads((folder / 'result.json').read_text())['metrics']['acc/clip-1']

    assert train('static', 'static', whole, 10) > 40
    schedule = ['train_cfg.max_epochs=1', 'param_scheduler.0.T_max=1']
    start = [*schedule, f'load_from={tmp_path}/static/epoch_10.pth']
    found = {}
    for name, options in PRECISIONS.items():
        flags = ('--amp',) * bool(options)
        method = 'vared-t2c2-finetuned'
        found[name] = train(method, name, part, 1, *start, *options, flags=flags)
    for accuracy in found.values():
        assert accuracy == pytest.approx(found['float32'], abs=6), found
