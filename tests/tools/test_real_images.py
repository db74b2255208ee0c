"""The suite on a few synthetic images, from pretraining to the tables: every step is a real one."""

import numpy as np
import pytest
from PIL import Image

from tests.one_process import run_tool
from vared_mm.reporting.clip_runs import ClipRun

METHODS = ('static', 'fixed', 'shuffled')
NAME = '{}_pspnet-small_real_fold0_seed0'


@pytest.fixture
def options(tmp_path) -> list[str]:
    """Overrides that make every training an epoch of a few images, which pretraining sees too."""
    rng, root = np.random.default_rng(0), tmp_path / 'data'
    for split, count, other in (
        ('train', 6, 'training'),
        ('val', 2, 'validation'),
        ('test', 4, 'testing'),
    ):
        for kind, also in (('images', 'images'), ('labels', 'annotations')):
            (root / kind / split).mkdir(parents=True)
            (root / also).mkdir(exist_ok=True)
            (root / also / other).symlink_to(root / kind / split)
        for number in range(count):
            labels = np.kron(rng.integers(0, 6, (4, 4)), np.ones((24, 32))).astype(np.uint8)
            colours = np.stack([40 * labels] * 3, axis=-1) + rng.integers(0, 9, (96, 128, 1))
            name = f'drive{number % 2}_{number:03}'
            Image.fromarray(colours.astype(np.uint8)).save(root / f'images/{split}/{name}.jpg')
            Image.fromarray(labels).save(root / f'labels/{split}/{name}.png')
    (root / 'classes.txt').write_text('\n'.join(f'class {i}' for i in range(6)))
    return [
        *(f'{loader}_dataloader.dataset.data_root={root}' for loader in ('train', 'val', 'test')),
        'model.decode_head.num_classes=6',
        'model.auxiliary_head.num_classes=6',
        'train_dataloader.batch_size=3',
        'train_cfg.max_epochs=1',
        'train_cfg.val_interval=1',
    ]


@pytest.mark.slow
def test_the_suite_runs_on_images(options, tmp_path) -> None:
    out = tmp_path / 'results'
    words = ['suite', 'real', '--sets', 'camvid11', '--seeds', '0', '--methods', *METHODS]
    words += ['--work-dir', tmp_path / 'work', '--results', out, '--cfg-options', *options]
    done = run_tool('leaderboard.py', *words)
    assert done.returncode == 0, done.stdout
    runs = {
        prefix: ClipRun.load(out / 'camvid11' / f'{NAME.format(prefix)}.json')
        for prefix in ('static', 'vared-c2', 'vared-c2-finetuned', 'fixed-c2', 'shuffled-c2')
    }
    for run in runs.values():
        assert run.score.of(run.counts.sum(axis=0)) == pytest.approx(
            run.result.metrics['mIoU'], abs=0.006
        )
        assert run.counts.sum() == 4 * 96 * 128
        assert sorted(set(run.group)) == [b'drive0-0', b'drive1-0']
    dynamic, fixed = runs['vared-c2-finetuned'], runs['fixed-c2']
    shuffled = runs['shuffled-c2']
    assert dynamic.channel.shape == (4, 12) and len(set(dynamic.temporal.ravel())) == 1
    assert sorted(shuffled.macs) == sorted(dynamic.macs)
    assert len(set(fixed.macs)) == 1 and (fixed.channel == fixed.channel[0]).all()
    done = run_tool('real_clips.py', 'tables', '--results', out)
    assert '**camvid11, pspnet-small: drive1**' in done.stdout, done.stdout
