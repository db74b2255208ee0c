"""A set of one's own, as tools/data/small_sets.md says, through the suite on real clips."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vared_mm.reporting.clip_runs import ClipRun

pytest.importorskip('sklearn')
ROOT = Path(__file__).parents[2]
CLASSES, GROUPS = 3, 15


@pytest.fixture
def checkout(clips: Path, tmp_path: Path) -> Path:
    """A checkout with clips of a set called `shapes`, and of the set of the common start."""
    for folder in ('configs/_base_', 'configs/real', 'tools'):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / 'data').mkdir()
    shutil.copytree(clips, tmp_path / 'data' / 'moving_shapes')
    notes, rows = tmp_path / 'shapes', ['clip,class,group,frames,source']
    notes.mkdir()
    (notes / 'classes.txt').write_text(''.join(f'class {i}\n' for i in range(CLASSES)))
    originals = sorted((clips / 'train').iterdir())
    for i in range(2 * GROUPS):
        source = originals[i % len(originals)].relative_to(clips)
        rows.append(f'{i}.mp4,class {i % CLASSES},g{i % GROUPS},10,{source}')
    (notes / 'clips.csv').write_text('\n'.join(rows))
    return tmp_path


def _run(checkout: Path, *words: str | Path) -> str:
    environment = {**os.environ, 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1'}
    command = [sys.executable, '-W', 'ignore', *map(str, words)]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f'{done.stdout[-2000:]}\n{done.stderr[-2000:]}'
    return done.stdout


@pytest.mark.slow
def test_from_originals_to_records(checkout: Path, clips: Path) -> None:
    _run(checkout, 'tools/data/prepare_clips.py', 'shapes', '--originals', clips)
    page = (ROOT / 'tools/data/small_sets.md').read_text()
    config = re.search(r'```python\n(.*?)```', page, re.DOTALL)
    assert config is not None
    lines = [line.strip() for line in config[1].replace('NAME', 'shapes').splitlines()]
    assert len(lines) <= 10
    (checkout / 'configs/_base_/datasets/real/shapes.py').write_text('\n'.join(lines))
    methods = ('static', 'dynamic')
    words = ['suite', 'real', '--sets', 'shapes', '--folds', '0', '--seeds', '0', '--methods']
    words += [*methods, '--backbones', 'r2plus1d-small']
    words += ['--cfg-options', 'train_cfg.max_epochs=1', 'default_hooks.checkpoint.interval=1']
    said = _run(checkout, 'tools/leaderboard.py', *words)
    assert said.splitlines()[-1] == f'{len(methods)} of {len(methods)} done'
    tested = len((checkout / 'data/shapes/fold0-test.txt').read_text().split('\n')) - 1
    for prefix in ('static', 'vared-t2c2', 'vared-t2c2-finetuned'):
        name = f'{prefix}_r2plus1d-small_real_fold0_seed0.json'
        run = ClipRun.load(checkout / 'results/real/shapes' / name)
        assert len(run.right) == run.result.videos == tested
        assert run.label is not None and set(np.unique(run.label)) <= set(range(CLASSES))
        assert run.result.dataset.endswith('fold0-test.txt')
