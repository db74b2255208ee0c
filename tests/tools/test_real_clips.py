"""Tools beside the suite on real clips, on generated ones."""

import argparse
import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from tools.experiments import real_speed, real_tables
from vared_mm.benchmarking import Timing
from vared_mm.benchmarking.recognizer_speed import RecognizerSpeed
from vared_mm.reporting import RunResult
from vared_mm.reporting.clip_runs import ClipRun


@pytest.fixture
def small_set(clips, tmp_path) -> Path:
    """A set of generated clips, with the lists of one fold."""
    root = tmp_path / 'data' / 'small'
    shutil.copytree(clips / 'train', root / 'clips')
    shutil.copy(clips / 'classes.txt', root)
    names = sorted(path.name for path in (root / 'clips').iterdir())
    for place, split in enumerate(('train', 'val', 'test')):
        lines = [
            f'clips/{name},{number % 2},g{number},small'
            for number, name in enumerate(names)
            if number // 2 % 3 == place
        ]
        (root / f'fold0-{split}.txt').write_text('\n'.join(lines))
    return root


def test_linear_models_leave_records_and_features_a_line_a_clip(
    small_set, tmp_path, run_tool, capsys
) -> None:
    pytest.importorskip('sklearn')
    data, out = small_set.parent, tmp_path / 'results'
    words = ['--sets', 'small', '--data', data]
    assert run_tool('real_clips.py', 'trivial', *words, '--folds', '0', '--results', out) == 0
    for kind in ('colours', 'movement'):
        run = ClipRun.load(out / 'small' / f'{kind}-ridge_fold0_seed0.json')
        assert run.result.metrics['acc/video-1'] == pytest.approx(100 * run.right.mean())
        assert run.macs is None and set(run.subset) == {b'small'}
        assert run.clip[0].startswith('small/0')
    assert run_tool('real_clips.py', 'features', *words, '--out', out / 'clip_features.csv') == 0
    with (out / 'clip_features.csv').open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(list((small_set / 'clips').iterdir()))
    assert all(float(row['flow']) > 0 for row in rows)
    assert run_tool('real_clips.py', 'features', '--sets', 'none', '--data', data) == 2
    assert 'none/clips: holds no *.mp4' in capsys.readouterr().err


def _record(config: str) -> RunResult:
    return RunResult(
        config=config, config_sha256='0', checkpoint=None, checkpoint_sha256=None, seed=0,
        dataset='mine/fold0-test.txt', generated_data=False, videos=8, metrics={},
        static_macs=None, parameters=1, parameters_without_gates=1,
    )  # fmt: skip


def _save(folder: Path, config: str, macs: int, right: int, **columns: np.ndarray) -> None:
    _record(config).save(folder / f'{config}_fold0_seed0.json')
    scores = np.full((8, 2), 0.1, np.float16)  # of two classes, the first is true
    scores[np.arange(8), (np.arange(8) >= right).astype(int)] = 0.9
    table = dict(label=np.zeros(8, np.int16), scores=scores, macs=np.full(8, macs))
    table['group'] = np.array([f'g{i // 2}'.encode() for i in range(8)])
    table['subset'] = np.array([b'mine'] * 8)
    np.savez_compressed(folder / f'{config}_fold0_seed0.npz', **{**table, **columns})


def test_tables_of_a_set_of_ones_own(tmp_path, run_tool, capsys) -> None:
    choices = np.arange(16, dtype=np.uint8).reshape(8, 2) % 2
    folder = tmp_path / 'mine'
    folder.mkdir()
    _save(folder, 'static_r2plus1d-small_real', 1_000_000, 4)
    dynamic = 'vared-t2c2-finetuned_r2plus1d-small_real'
    _save(folder, dynamic, 600_000, 6, temporal=choices, channel=choices)
    _save(folder, 'fixed-t2c2_r2plus1d-small_real', 590_000, 4)
    assert run_tool('real_clips.py', 'tables', '--results', tmp_path) == 0
    said = capsys.readouterr().out
    worth = next(line for line in said.splitlines() if line.startswith('| mine, r2plus1d-small'))
    assert worth.split('|')[2].strip().startswith('+25.0 (')  # above the best fixed choice
    row = next(line for line in said.splitlines() if line.startswith('| VA-RED²   '))
    cells = [cell.strip() for cell in row.split('|')]
    assert cells[2:4] == ['1', '75.0'] and cells[5:7] == ['0.6', '60 %']


def test_pictures_of_what_has_run(tmp_path, run_tool, capsys) -> None:
    """Three budgets on one line; cost against motion of the clips that are described."""
    choices = np.zeros((8, 2), np.uint8)
    names = np.array([f'data/mine/clips/{i}.mp4'.encode() for i in range(8)])
    folder = tmp_path / 'mine'
    folder.mkdir()
    _save(folder, 'static_r2plus1d-small_real', 1_000_000, 4)
    _save(folder, 'vared-t2c2-low_r2plus1d-small_real', 800_000, 6, filename=names)
    tuned = {'temporal': choices, 'channel': choices, 'filename': names}
    _save(folder, 'vared-t2c2-finetuned_r2plus1d-small_real', 600_000, 5, **tuned)
    rows = ['clip,flow', *(f'mine/{i}.mp4,{i + 1}' for i in range(7))]
    (tmp_path / 'clip_features.csv').write_text('\n'.join(rows))
    words = ['pictures', '--results', tmp_path, '--out-dir', tmp_path / 'drawn']
    assert run_tool('real_clips.py', *words) == 0
    said = capsys.readouterr().out.split()
    ends = ['mine_r2plus1d-small_pareto.png', 'mine_r2plus1d-small_motion.png']
    assert [Path(path).name for path in said] == ends
    assert all(Path(path).read_bytes()[1:4] == b'PNG' for path in said)


def test_tables_of_images(tmp_path, run_tool, capsys) -> None:
    """mIoU for accuracy; titles of clips' methods; nothing where images have none."""
    folder = tmp_path / 'camvid11'
    folder.mkdir()
    hits, others = np.array([[9, 1], [1, 9]]), np.array([[7, 3], [3, 7]])
    images = np.array([f'images/test/a_{i}.jpg'.encode() for i in range(8)])
    columns = dict(group=np.array([b'a'] * 4 + [b'b'] * 4), img_path=images)
    for config, macs, confusion in (
        ('static', 1_000_000, others),
        ('vared-c2-finetuned', 600_000, hits),
        ('fixed-c2', 600_000, others),
    ):
        extra = dict(columns, confusion=np.stack([confusion] * 8))
        if config.startswith('vared'):
            choice = np.arange(16, dtype=np.uint8).reshape(8, 2) % 2
            extra.update(temporal=0 * choice, channel=choice)
        _save(folder, f'{config}_pspnet-small_real', macs, 4, **extra)
    assert run_tool('real_clips.py', 'tables', '--results', tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith('| method') and 'mIoU' in line for line in lines)
    rows = [line for line in lines if line.startswith('| VA-RED²')]
    assert len(rows) == 3  # of all images, and of each drive
    cells = [cell.strip() for cell in rows[0].split('|')]
    gain = 100 * (9 / 11 - 7 / 13)
    assert cells[1:4] == ['VA-RED²', '1', '81.8'] and cells[4].startswith(f'+{gain:.1f} (')
    worth = next(line for line in lines if line.startswith('| camvid11, pspnet-small, VA-RED²'))
    assert worth.split('|')[2].strip() == f'+{gain:.1f} (+{gain:.1f} to +{gain:.1f})'
    adaptive = [line for line in lines if line.startswith('| camvid11, pspnet-small, VA-RED²')][1]
    cells = [cell.strip() for cell in adaptive.split('|')]
    assert cells[2:4] == ['8', '1'] and cells[7:9] == ['–', '–'] and cells[11] == '–'


def test_speeds_are_of_what_was_trained_and_stand_in_the_table(tmp_path, monkeypatch) -> None:
    work, results = tmp_path / 'work', tmp_path / 'results'
    for prefix in ('static', 'shuffled-t2c2'):  # the latter is another one, tested
        config = f'{prefix}_r2plus1d-small_real'
        folder = work / 'mix/fold0/seed0' / config
        folder.mkdir(parents=True)
        _record(config).save(folder / 'result.json')
        (folder / 'last_checkpoint').write_text(f'{prefix}.pth')
    (results / 'mix').mkdir(parents=True)
    for config in ('static', 'slim'):
        _save(results / 'mix', f'{config}_r2plus1d-small_real', 1_000_000, 4)
    seen = {}

    def compare(trained: dict, *_: object, **__: object) -> dict:
        seen.update({name: checkpoint for name, (_, checkpoint) in trained.items()})
        return {name: RecognizerSpeed(Timing((0.5,), (1.0,)), 64, 1) for name in trained}

    monkeypatch.setattr(real_speed, 'compare_recognizers', compare)
    monkeypatch.setattr(torch, 'set_num_threads', lambda _: None)
    parser = argparse.ArgumentParser()
    real_speed.add_speed_options(parser)
    words = ['--work-dir', str(work), '--results', str(results), '--backbones', 'r2plus1d-small']
    real_speed.time_methods(parser.parse_args(words))
    assert seen == {'static_r2plus1d-small_real': 'static.pth'}
    table = real_tables.page_blocks(results)['methods'].splitlines()
    last = [line.split('|')[-2].strip() for line in table if line.startswith('| ')]
    assert last[0] == 'clips/s' and last[-2:] == ['128', '–']
