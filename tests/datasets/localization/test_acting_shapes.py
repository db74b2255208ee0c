"""The generated set: boxes are tight, and it is made once."""

import json
import shutil

import cv2
import numpy as np
import pytest

from vared_mm.datasets.synthetic import ActingShapes, make_acting_shapes


@pytest.mark.parametrize('label', range(6))
def test_boxes_are_tight(label):
    """On a plain ground and without noise, what differs from it is the shape."""
    shapes = ActingShapes(texture=0, noise=0, contrast=(100, 100))
    clip, boxes = shapes.draw_with_boxes(np.random.default_rng(label), label)
    assert clip.shape == (20, 60, 80, 3) and boxes.shape == (20, 4)
    for image, box in zip(clip.astype(int), boxes, strict=True):
        seen = np.abs(image - image[[0, 0, -1, -1], [0, -1, 0, -1]].min(0)).max(-1) > 50
        rows, columns = seen.any(1).nonzero()[0], seen.any(0).nonzero()[0]
        bounds = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        assert np.abs(box - bounds).max() <= 1
    moved = np.ptp(boxes, axis=0)
    axis = label % 2
    assert moved[axis] >= 5 and moved[1 - axis] <= 1


def test_a_video_depends_on_seed_split_and_number_only(acting_shapes, tmp_path):
    again = make_acting_shapes(
        tmp_path / 'b', {'train': 6, 'test': 2}, frames=5, shapes=('disc', 'triangle')
    )
    for name in ('train_0003/00004.png', 'test_0001/00001.png'):
        (path,) = acting_shapes.glob(f'rgb-images/*/{name}')
        other = cv2.imread(str(again / path.relative_to(acting_shapes)))
        np.testing.assert_array_equal(cv2.imread(str(path)), other)


def test_it_is_made_once(acting_shapes, tmp_path):
    copy = tmp_path / 'copy'
    shutil.copytree(acting_shapes, copy)
    image = next(copy.glob('rgb-images/*/*/*.png'))
    image.write_bytes(b'')
    sizes, options = {'train': 4, 'test': 2}, dict(frames=5, shapes=('disc', 'triangle'))
    make_acting_shapes(copy, sizes, **options)
    assert image.read_bytes() == b''
    with pytest.raises(ValueError, match='manifest.json: made with another size'):
        make_acting_shapes(copy, sizes, seed=1, **options)
    assert 'drawing' in json.loads((copy / 'manifest.json').read_text())
