"""Making of a whole moving-shapes data set."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

import av
import numpy as np

from vared_mm.datasets.synthetic.moving_shapes import MovingShapes
from vared_mm.datasets.synthetic.set_folder import claim_folder, run_jobs, write_text
from vared_mm.datasets.synthetic.write_video import write_video

#: Raised whenever the same arguments draw other clips than before.
DRAWING_VERSION = 1
SPLITS = ('train', 'val', 'test')


def make_moving_shapes(
    out_dir: str | Path,
    splits: Mapping[str, int],
    seed: int = 0,
    *,
    workers: int = 0,
    progress: bool = False,
    overwrite: bool = False,
    **params,
) -> Path:
    """Make a moving-shapes data set; what is there of the same set already is kept.

    Writes `<split>/<number>.mp4`, one list a split, `<split>.txt`, with lines `path,label,motion`
    (motion level 0 is the slowest), `classes.txt` and `manifest.json`. Labels and motion levels are
    balanced, and a clip depends on the seed, its split and its number only, so a set can grow.

    Args:
        out_dir: folder of the set.
        splits: number of clips of `train`, `val` and `test`, or of some of them.
        seed: of all drawing.
        workers: processes; 0 draws in this one.
        progress: show a progress bar.
        overwrite: delete the set that is there.
        **params: fields of `MovingShapes`.

    Returns:
        `out_dir`.

    Raises:
        ValueError: for an unknown split or a negative size, and if the folder holds a set of
            another seed or other parameters.
    """
    out_dir, shapes = Path(out_dir), MovingShapes(**params)
    for split, size in splits.items():
        if split not in SPLITS or size < 0:
            raise ValueError(f'split {split}={size}: take {", ".join(SPLITS)} and a size >= 0')
    drawing = {'version': DRAWING_VERSION, 'seed': seed, 'shapes': asdict(shapes)}
    manifest = claim_folder(out_dir, json.loads(json.dumps(drawing)), overwrite, SPLITS)

    clips = [(split, number) for split, size in splits.items() for number in range(size)]
    missing = [clip for clip in clips if not _path(out_dir, *clip).exists()]
    for split in splits:
        (out_dir / split).mkdir(exist_ok=True)
    run_jobs(partial(_make_clip, out_dir, shapes, seed), missing, workers, progress)

    write_text(out_dir / 'classes.txt', ''.join(f'{name}\n' for name in shapes.classes))
    for split, size in splits.items():
        lines = [
            '{}/{:05d}.mp4,{},{}\n'.format(split, number, *_class(shapes, number))
            for number in range(size)
        ]
        sha256 = write_text(out_dir / f'{split}.txt', ''.join(lines))
        manifest['lists'][split] = {'clips': size, 'sha256': sha256}
    manifest['versions'] = {'av': av.__version__, 'numpy': np.__version__}
    write_text(out_dir / 'manifest.json', json.dumps(manifest, indent=2) + '\n')
    return out_dir


def _class(shapes: MovingShapes, number: int) -> tuple[int, int]:
    """Label and motion level of a clip: all pairs take turns."""
    labels = len(shapes.classes)
    return number % labels, number // labels % shapes.levels


def _path(out_dir: Path, split: str, number: int) -> Path:
    return out_dir / split / f'{number:05d}.mp4'


def _make_clip(out_dir: Path, shapes: MovingShapes, seed: int, clip: tuple[str, int]) -> None:
    split, number = clip
    rng = np.random.default_rng([seed, SPLITS.index(split), number])
    path = _path(out_dir, split, number)
    part = path.with_suffix('.part.mp4')
    write_video(part, shapes.draw(rng, *_class(shapes, number)), shapes.fps)
    os.replace(part, path)
