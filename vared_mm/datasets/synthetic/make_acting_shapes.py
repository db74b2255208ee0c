"""Making of a whole acting-shapes data set, laid out as J-HMDB-21 is."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from vared_mm.datasets.localization import make_key_frame, write_label_files
from vared_mm.datasets.synthetic.acting_shapes import ActingShapes

#: Raised whenever the same arguments draw other videos than before.
DRAWING_VERSION = 1
SPLITS = ('train', 'test')
GROUND_TRUTH = 'JHMDB-GT.pkl'


def make_acting_shapes(
    out_dir: str | Path, videos: Mapping[str, int], seed: int = 0, **params
) -> Path:
    """Make a data set of acting shapes in both layouts of J-HMDB; one that is there is kept.

    Writes ``rgb-images/<class>/<video>/00001.png`` and on, ``labels/<class>/<video>/00001.txt``
    (``class x1 y1 x2 y2``, class from 1), ``trainlist.txt`` and ``testlist.txt``; the same ground
    truth as ``JHMDB-GT.pkl``; ``classes.txt``; and, last, ``manifest.json``. A video depends on
    the seed, its split and its number only; classes take turns.

    Args:
        out_dir: folder of the set.
        videos: number of them in ``train`` and ``test``.
        seed: of all drawing.
        **params: fields of ``ActingShapes``.

    Raises:
        ValueError: if the folder holds a set of another size, seed or other parameters.
    """
    out_dir, shapes = Path(out_dir), ActingShapes(**params)
    sizes = {split: int(videos[split]) for split in SPLITS}
    drawing = {'version': DRAWING_VERSION, 'seed': seed, 'videos': sizes, 'shapes': asdict(shapes)}
    drawing = json.loads(json.dumps(drawing))
    manifest = out_dir / 'manifest.json'
    if manifest.is_file():
        if json.loads(manifest.read_text())['drawing'] != drawing:
            raise ValueError(f'{manifest}: made with another size, seed or parameters: delete it')
        return out_dir
    tubes: dict[str, tuple[int, np.ndarray]] = {}
    names: dict[str, list[str]] = {}
    for split, count in sizes.items():
        frames = []
        for number in range(count):
            label = number % len(shapes.classes)
            video = f'{shapes.classes[label]}/{split}_{number:04d}'
            rng = np.random.default_rng([seed, SPLITS.index(split), number])
            clip, boxes = shapes.draw_with_boxes(rng, label)
            _write_images(out_dir / 'rgb-images' / video, clip)
            frames += [
                make_key_frame(video, frame, [[label, *box]], GROUND_TRUTH)
                for frame, box in enumerate(boxes, start=1)
            ]
            tubes[video] = label, boxes
            names.setdefault(split, []).append(video)
        write_label_files(frames, out_dir, out_dir / f'{split}list.txt')
    (out_dir / GROUND_TRUTH).write_bytes(_ground_truth(shapes, names, tubes))
    (out_dir / 'classes.txt').write_text(''.join(f'{name}\n' for name in shapes.classes))
    manifest.write_text(json.dumps({'drawing': drawing}, indent=2) + '\n')
    return out_dir


def _write_images(folder: Path, clip: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for frame, image in enumerate(clip, start=1):
        cv2.imwrite(str(folder / f'{frame:05}.png'), image[..., ::-1])


def _ground_truth(
    shapes: ActingShapes,
    names: Mapping[str, list[str]],
    tubes: Mapping[str, tuple[int, np.ndarray]],
) -> bytes:
    """What `JHMDB-GT.pkl` holds, of one split."""
    numbers = np.arange(1, shapes.frames + 1, dtype=np.float32)[:, None]
    values = {
        'labels': shapes.classes,
        'gttubes': {
            video: {label: [np.concatenate([numbers, boxes], 1)]}
            for video, (label, boxes) in tubes.items()
        },
        'nframes': dict.fromkeys(tubes, shapes.frames),
        'train_videos': [names.get('train', [])],
        'test_videos': [names.get('test', [])],
        'resolution': dict.fromkeys(tubes, (shapes.height, shapes.width)),
    }
    return pickle.dumps(values, protocol=2)
