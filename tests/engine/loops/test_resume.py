"""Killed at any moment and resumed, a training ends as if nothing had happened, to the bit."""

import random
import re
from pathlib import Path

import pytest

from tests.engine.loops.killing import differences, final_state, moments, train
from vared_mm.datasets.synthetic import make_moving_shapes, make_shape_scenes

CONFIGS = Path(__file__).parents[3] / 'configs' / 'demo'
#: Workers that live on; checkpoints and validations within and between epochs.
LOADERS = """
_base_ = '{base}'
train_dataloader = dict(batch_size=4, num_workers=2, dataset=dict(data_root='{data}'))
val_dataloader = dict(num_workers=0, persistent_workers=False, dataset=dict(data_root='{data}'))
load_from = None
"""
EPOCHS = (
    LOADERS
    + """
train_cfg = dict(max_epochs=2, val_interval=1)
default_hooks = dict(
    logger=dict(interval=1),
    checkpoint=dict(by_epoch=False, interval=2, save_best='acc/video-5', rule='greater'))
"""
)
RECIPES = {
    # Gates, the efficiency loss, dropout, an average of the weights.
    'vared-t2c2-finetuned_r2plus1d-tiny_moving-shapes': EPOCHS
    + """
custom_hooks = [
    dict(type='vared_mm.EfficiencyLossHook', weight=0.8), dict(type='mmengine.EMAHook')]
""",
    # Masks, dropped before both epochs.
    'pruning_r2plus1d-tiny_moving-shapes': EPOCHS
    + """
custom_hooks = [dict(
    type='vared_mm.WeightPruningHook', target=14.3e6, input_shape=(1, 1, 3, 8, 32, 32),
    epochs=(0, 1))]
""",
    # Random decisions, and a temperature that cools.
    'arnet-joint_ar-net-tiny_moving-shapes': EPOCHS,
    # Counted in steps, an endless sampler, crops and flips.
    'vared-c2-finetuned_pspnet-tiny_shape-scenes': LOADERS
    + """
train_cfg = dict(max_iters=6, val_interval=3)
default_hooks = dict(logger=dict(interval=1), checkpoint=dict(interval=2))
""",
}
DYNAMIC, PRUNING, AR_NET, SCENES = RECIPES


@pytest.fixture(scope='session')
def data(tmp_path_factory) -> dict[str, Path]:
    """A few clips and images."""
    folder = tmp_path_factory.mktemp('data')
    splits = {'training': 12, 'validation': 2, 'testing': 1}
    make_shape_scenes(folder / 'scenes', splits)
    make_moving_shapes(folder / 'clips', {'train': 12, 'val': 2, 'test': 1}, frames=10)
    return {'scenes': folder / 'scenes', 'clips': folder / 'clips'}


def steps(log: str) -> list[str]:
    """Epochs and steps in them, as a log names them."""
    return re.findall(r'Epoch\(train\) +(\[\d+\]\[ *\d+/\d+\])', log)


class Training:
    """A recipe as a file, and what it leaves when nothing interrupts it."""

    def __init__(self, name: str, folder: Path, data: dict[str, Path]) -> None:
        self.config = folder / f'{name}.py'
        place = data['scenes' if 'scenes' in name else 'clips']
        self.config.write_text(RECIPES[name].format(base=CONFIGS / f'{name}.py', data=place))
        self.log = folder / 'whole.log'
        assert train([self.config, '--work-dir', folder / 'whole'], self.log) == 0
        self.moments = moments(self.log)
        self.whole = final_state(folder / 'whole')

    def unlike(self, folder: Path) -> list[str]:
        """Where what a folder holds is not what the uninterrupted training left."""
        return [f'{folder.name}{line}' for line in differences(self.whole, final_state(folder))]

    def unlike_if_killed(self, folder: Path, at: list[int]) -> list[str]:
        """Start, be killed at each of these moments after a start, go on to the end."""
        log = folder.with_suffix('.log')
        for moment in at:
            status = train([self.config, '--work-dir', folder, '--resume'], log, moment)
            if status == 0:  # it had come to its end before
                break
            assert status == -9, log.read_text()[-3000:]
        status = train([self.config, '--work-dir', folder, '--resume'], log)
        assert status == 0, log.read_text()[-3000:]
        return self.unlike(folder)


@pytest.fixture(scope='session')
def training(request, tmp_path_factory, data):
    """One recipe after the other."""
    return Training(request.param, tmp_path_factory.mktemp('training'), data)


@pytest.mark.parametrize('training', [DYNAMIC], indirect=True)
def test_killed_in_a_row(training, tmp_path):
    """Within an epoch, while a checkpoint is written, in validation."""
    names = training.moments
    writing = [i for i, name in enumerate(names, 1) if name == 'replace']
    validating = [i for i, name in enumerate(names, 1) if name == 'after_val_iter']
    assert training.unlike_if_killed(tmp_path / 'w', [writing[1], validating[0]]) == []


@pytest.mark.parametrize('training', [DYNAMIC], indirect=True)
def test_a_full_disk_and_a_damaged_checkpoint(training, tmp_path):
    """The second checkpoint can't be written; then a bit of the first of two is flipped."""
    folder, log = tmp_path / 'w', tmp_path / 'w.log'
    words = [training.config, '--work-dir', folder, '--resume']
    flushed = [i for i, name in enumerate(training.moments, 1) if name == 'fsync']
    assert train(words, log, flushed[2], full=True) == 2
    last = log.read_text().splitlines()[-1]
    assert last.startswith('error: ') and 'could not be written (No space left on device)' in last
    assert [path.name for path in folder.glob('iter_*')] == ['iter_2.pth']

    validated = [i for i, name in enumerate(training.moments, 1) if name == 'before_val']
    assert train(words, log, validated[0] + 40) in (-9, 0)
    newest = max(folder.glob('iter_*.pth'), key=lambda path: path.stat().st_mtime)
    data = newest.read_bytes()
    newest.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
    assert train(words, log) == 0
    text = log.read_text()
    assert f'{newest}: not a checkpoint (damaged: wrong checksum of ' in text
    resumed = text.rpartition('wrong checksum')[2]
    assert f'Load checkpoint from {newest}' not in resumed
    whole = steps(training.log.read_text())
    assert 0 < len(steps(resumed)) < len(whole)
    assert steps(resumed) == whole[-len(steps(resumed)) :]
    assert training.unlike(folder) == []


@pytest.mark.faults
@pytest.mark.parametrize('training', RECIPES, indirect=True)
def test_killed_at_every_step_and_while_writing(training, tmp_path):
    wanted = ('after_train_iter', 'replace', 'unlink', 'before_train_epoch', 'after_val_epoch')
    at = [i for i, name in enumerate(training.moments, 1) if name in wanted]
    assert len(at) >= 12
    for moment in at:
        assert training.unlike_if_killed(tmp_path / f'at{moment}', [moment]) == []


@pytest.mark.faults
@pytest.mark.parametrize('training', RECIPES, indirect=True)
def test_killed_again_and_again(training, tmp_path):
    """At random moments, each after some progress or none, until it is through."""
    draw = random.Random(0)
    for run in range(2):
        at = [draw.randrange(5, len(training.moments) * 2 // 3) for _ in range(6)]
        assert training.unlike_if_killed(tmp_path / f'run{run}', at) == []
