"""Making of a whole set of shape scenes, laid out as ADE20K."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from vared_mm.datasets.synthetic.set_folder import claim_folder, run_jobs, write_text
from vared_mm.datasets.synthetic.shape_scenes import ShapeScenes

#: Raised whenever the same arguments draw other scenes than before.
DRAWING_VERSION = 1
SPLITS = ('training', 'validation', 'testing')
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 92]


def make_shape_scenes(
    out_dir: str | Path,
    splits: Mapping[str, int],
    seed: int = 0,
    *,
    workers: int = 0,
    progress: bool = False,
    overwrite: bool = False,
    **params,
) -> Path:
    """Make a set of shape scenes; what is there of the same set already is kept.

    Writes ``images/<split>/<number>.jpg``, ``annotations/<split>/<number>.png`` (0: no label),
    ``classes.txt`` and ``manifest.json``. A scene depends on the seed, its split and its number
    only, so a set can grow.

    Args:
        out_dir: folder of the set.
        splits: number of scenes of ``training``, ``validation`` and ``testing``, or some of them.
        seed: of all drawing.
        workers: processes; 0 draws in this one.
        progress: show a progress bar.
        overwrite: delete the set that is there.
        **params: fields of ``ShapeScenes``.

    Returns:
        ``out_dir``.

    Raises:
        ValueError: for an unknown split or a negative size, and if the folder holds a set of
            another seed or other parameters.
    """
    out_dir, scenes = Path(out_dir), ShapeScenes(**params)
    for split, size in splits.items():
        if split not in SPLITS or size < 0:
            raise ValueError(f'split {split}={size}: take {", ".join(SPLITS)} and a size >= 0')
    drawing = {'version': DRAWING_VERSION, 'seed': seed, 'scenes': asdict(scenes)}
    drawing = json.loads(json.dumps(drawing))
    manifest = claim_folder(out_dir, drawing, overwrite, ('images', 'annotations'))
    for split in splits:
        for kind in ('images', 'annotations'):
            (out_dir / kind / split).mkdir(parents=True, exist_ok=True)
    wanted = [(split, number) for split, size in splits.items() for number in range(size)]
    missing = [scene for scene in wanted if not all(p.exists() for p in _paths(out_dir, *scene))]
    run_jobs(partial(_make_scene, out_dir, scenes, seed), missing, workers, progress)
    write_text(out_dir / 'classes.txt', ''.join(f'{name}\n' for name in scenes.classes))
    manifest['lists'].update({split: {'images': size} for split, size in splits.items()})
    manifest['versions'] = {'opencv': cv2.__version__, 'numpy': np.__version__}
    write_text(out_dir / 'manifest.json', json.dumps(manifest, indent=2) + '\n')
    return out_dir


def _paths(out_dir: Path, split: str, number: int) -> tuple[Path, Path]:
    return (
        out_dir / 'images' / split / f'{number:05d}.jpg',
        out_dir / 'annotations' / split / f'{number:05d}.png',
    )


def _make_scene(out_dir: Path, scenes: ShapeScenes, seed: int, scene: tuple[str, int]) -> None:
    split, number = scene
    rng = np.random.default_rng([seed, SPLITS.index(split), number])
    image, labels = scenes.draw(rng)
    for path, picture in zip(_paths(out_dir, *scene), (image[..., ::-1], labels), strict=True):
        options = JPEG if picture.ndim == 3 else []
        part = path.with_name(f'{path.name}.part')
        part.write_bytes(cv2.imencode(path.suffix, np.ascontiguousarray(picture), options)[1])
        os.replace(part, path)
