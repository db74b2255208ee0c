"""A set is made from its originals by one command, and checked by another."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vared_mm.datasets.synthetic import write_video

pytest.importorskip('sklearn')
ROOT = Path(__file__).parents[3]


def _run(*words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, 'tools/data/prepare_clips.py', *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_from_originals_to_lists(tmp_path) -> None:
    rng, rows = np.random.default_rng(0), ['clip,class,group,frames,source']
    for i in range(20):
        write_video(tmp_path / f'{i}.mp4', rng.integers(60, 255, (6, 64, 96, 3), np.uint8), 25)
        rows.append(f'{i}.mp4,{"ab"[i % 2]},g{i // 2},4,{i}.mp4')
    notes = tmp_path / 'small'
    notes.mkdir()
    (notes / 'classes.txt').write_text('a\nb\n')
    (notes / 'clips.csv').write_text('\n'.join(rows))
    root = tmp_path / 'data'
    missing = _run(str(notes), '--root', str(root))
    assert missing.returncode == 2 and len(missing.stderr.splitlines()) == 1
    assert '20 of 20 are missing' in missing.stderr and not root.exists()
    done = _run(str(notes), '--root', str(root), '--originals', str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert len(list((root / 'clips').iterdir())) == 20
    lists = {path.name: path.read_text() for path in root.glob('*.txt')}
    assert len(lists) == 16
    assert sum(len(lists[f'fold{fold}-test.txt'].split()) for fold in range(5)) == 20
    # Clips that are there need no originals.
    assert _run(str(notes), '--root', str(root)).returncode == 0
