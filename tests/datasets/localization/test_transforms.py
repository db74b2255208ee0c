"""Clips that end at a frame, and transforms that carry boxes."""

import numpy as np
import pytest

from vared_mm.datasets import HSVJitter, JitterCrop, SampleClipToKeyFrame
from vared_mm.datasets.transforms.jitter_crop import crop


@pytest.mark.parametrize(
    ('frame', 'step', 'expected'),
    [(20, 1, [17, 18, 19, 20]), (20, 2, [14, 16, 18, 20]), (4, 2, [1, 1, 2, 4])],
)
def test_clip_ends_at_the_key_frame(frame, step, expected):
    there = np.arange(1, 31)
    results = SampleClipToKeyFrame(4, step)({'frame': frame, 'frame_numbers': there})
    assert results['frame_inds'].tolist() == expected


def test_missing_frames_are_replaced_by_the_one_before():
    there = np.array([2, 3, 7])
    results = SampleClipToKeyFrame(6)({'frame': 7, 'frame_numbers': there})
    assert results['frame_inds'].tolist() == [2, 3, 3, 3, 3, 7]


def test_one_of_several_steps_is_drawn():
    np.random.seed(0)
    sampler, there = SampleClipToKeyFrame(3, (1, 2)), np.arange(1, 31)
    firsts = [sampler({'frame': 9, 'frame_numbers': there})['frame_inds'][0] for _ in range(40)]
    assert {*firsts} == {7, 5} and 10 < firsts.count(7) < 30


def test_crop_reaches_outside():
    image = np.arange(1, 13, dtype=np.uint8).reshape(3, 4, 1)
    out = crop(image, (-1, 1, 3, 4))[..., 0]
    assert out.tolist() == [[0, 5, 6, 7], [0, 9, 10, 11], [0, 0, 0, 0]]


def marked(box: tuple[int, ...]) -> dict:
    """Two frames with a white box in them."""
    image = np.zeros((60, 80, 3), np.uint8)
    image[box[1] : box[3], box[0] : box[2]] = 255
    boxes = np.array([box], np.float32)
    labels, tubes = np.array([3]), np.array([0])
    shape = image.shape[:2]
    named = dict(gt_bboxes=boxes, gt_labels=labels, gt_tubes=tubes)
    return dict(imgs=[image, image.copy()], img_shape=shape, **named)


@pytest.mark.parametrize('seed', range(8))
def test_the_box_stays_on_what_it_marks(seed):
    np.random.seed(seed)
    results = JitterCrop(0.2)(marked((30, 20, 50, 42)))
    image, other = results['imgs']
    assert np.array_equal(image, other)
    assert results['img_shape'] == image.shape[:2] != (60, 80)
    rows, columns = image.any((1, 2)).nonzero()[0], image.any((0, 2)).nonzero()[0]
    bounds = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    assert results['gt_bboxes'].tolist() == [bounds]


def test_a_box_that_is_cut_off_is_dropped_or_clipped():
    for seed in range(40):
        np.random.seed(seed)
        results = JitterCrop(0.3, min_side=4)(marked((0, 20, 15, 42)))
        white = results['imgs'][0].any((0, 2)).nonzero()[0]
        count = len(results['gt_bboxes'])
        assert len(results['gt_labels']) == len(results['gt_tubes']) == count
        assert count == (len(white) >= 4)
        if count:
            assert results['gt_bboxes'][0, [0, 2]].tolist() == [white[0], white[-1] + 1]


def test_shifts_stay_within_the_limit():
    np.random.seed(0)
    shapes = [JitterCrop(0.2)(marked((30, 20, 50, 42)))['img_shape'] for _ in range(200)]
    heights, widths = np.array(shapes).T
    assert 36 <= heights.min() < 44 and 76 < heights.max() <= 84
    assert 48 <= widths.min() < 58 and 102 < widths.max() <= 112


def test_colours_change_alike_in_all_frames():
    np.random.seed(0)
    image = np.random.randint(0, 256, (8, 9, 3), np.uint8)
    results = HSVJitter(0.1, 1.5, 1.5)({'imgs': [image, image.copy()]})
    first, second = results['imgs']
    assert np.array_equal(first, second) and not np.array_equal(first, image)
    assert first.dtype == np.uint8


def test_no_jitter_changes_next_to_nothing():
    image = np.random.default_rng(0).integers(0, 256, (8, 9, 3), np.uint8)
    (out,) = HSVJitter(0, 1, 1)({'imgs': [image]})['imgs']
    assert np.abs(out.astype(int) - image).max() <= 8  # hue has 256 steps


def test_brightness_has_the_range_that_is_asked_for():
    np.random.seed(0)
    grey = np.full((1, 1, 3), 100, np.uint8)
    values = [HSVJitter(0, 1, 1.5)({'imgs': [grey]})['imgs'][0].max() for _ in range(300)]
    assert 66 <= min(values) < 70 and 145 < max(values) <= 150


@pytest.mark.parametrize('wrong', [lambda: JitterCrop(0.5), lambda: HSVJitter(value=0.5)])
def test_bad_settings(wrong):
    with pytest.raises(ValueError, match='must be'):
        wrong()
