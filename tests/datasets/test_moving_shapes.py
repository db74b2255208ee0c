"""A class is a shape and a motion; a level is a speed; nothing else tells them apart."""

import numpy as np
import pytest

from vared_mm.datasets.synthetic import MovingShapes
from vared_mm.datasets.synthetic.moving_shapes import MOTIONS
from vared_mm.datasets.synthetic.shapes import SHAPES

BARE = dict(
    distractors=(0, 0), texture=0, noise=0, jitter=(0, 0, 0, 0), contrast=(100, 100), sweep=16
)


def _centres(clip: np.ndarray) -> np.ndarray:
    """Return the middle (T, 2), x and y, of what is brighter than the corner of each frame."""
    light = clip.astype(float).sum(axis=3)
    light -= light[:, :1, :1]
    y, x = np.mgrid[: light.shape[1], : light.shape[2]]
    total = light.sum(axis=(1, 2))
    return np.stack([(light * axis).sum(axis=(1, 2)) / total for axis in (x, y)], axis=1)


@pytest.mark.parametrize('level', range(4))
@pytest.mark.parametrize('label', range(12))
def test_shape_moves_as_its_class_says(label, level) -> None:
    shapes = MovingShapes(**BARE)
    clip = shapes.draw(np.random.default_rng(label), label, level)
    assert clip.shape == (20, 40, 56, 3) and clip.dtype == np.uint8
    steps = np.diff(_centres(clip), axis=0)
    steps = steps[np.abs(steps).max(axis=1) < 8]  # but for the jump back, if there is one
    assert len(steps) >= 16
    motion = shapes.classes[label].split('_')[1]
    along, across = steps @ MOTIONS[motion], steps @ MOTIONS[motion][::-1]
    assert along.mean() == pytest.approx(shapes.speed[level], rel=0.2)
    assert np.abs(across).max() < 0.1
    # Even the slowest shape travels some pixels.
    assert along.sum() > 4


def test_a_single_frame_does_not_tell_the_motion() -> None:
    shapes, rng = MovingShapes(), np.random.default_rng(0)
    for motion in MOTIONS:
        paths = np.stack([shapes._path(rng, motion, 1.8) for _ in range(2000)])
        for frame in (0, 10, 19):
            # Uniform over the square: mean in the middle, standard deviation side / sqrt(12).
            places = paths[:, frame] - (27.5, 19.5)
            assert np.abs(places.mean(axis=0)).max() < 0.7
            np.testing.assert_allclose(places.std(axis=0), shapes.sweep / np.sqrt(12), rtol=0.05)


def test_size_does_not_tell_the_shape() -> None:
    y, x = np.mgrid[-30:30:0.1, -30:30:0.1]
    for name, distance in SHAPES.items():
        area = (distance(x, y, 10.0) < 0).sum() * 0.01
        assert area == pytest.approx(np.pi * 100, rel=0.01), name


def test_shapes_differ() -> None:
    y, x = np.mgrid[-15:16, -15:16]
    inside = [distance(x, y, 10.0) < 0 for distance in SHAPES.values()]
    for i, one in enumerate(inside):
        assert one[15, 15]
        assert all((one != other).sum() > 20 for other in inside[:i])


def test_distractors_are_of_another_shape_and_motion() -> None:
    rng = np.random.default_rng(0)
    others = {MovingShapes._other(rng, ('a', 'b', 'c'), 1) for _ in range(50)}
    assert others == {'a', 'c'}


def test_noise_and_jitter_grow_as_told() -> None:
    still = MovingShapes(**{**BARE, 'speed': (0, 0, 0, 0), 'noise': 8})
    clip = still.draw(np.random.default_rng(0), 0, 0).astype(float)
    assert np.diff(clip[:, :5, :5, 0], axis=0).std() == pytest.approx(8 * np.sqrt(2), rel=0.1)
    shaky = MovingShapes(**{**BARE, 'speed': (0, 0), 'jitter': (0.0, 2.0), 'sweep': 0.01})
    still_clip, shaky_clip = (shaky.draw(np.random.default_rng(0), 0, i) for i in (0, 1))
    assert _centres(still_clip).std(axis=0).max() < 0.05
    assert _centres(shaky_clip).std(axis=0).min() > 1


@pytest.mark.parametrize(
    'params',
    [
        dict(shapes=('disc', 'star')),
        dict(shapes=('disc',)),
        dict(motions=('up', 'up', 'down')),
        dict(speed=(1.0, 2.0)),
    ],
)
def test_bad_parameters(params) -> None:
    with pytest.raises(ValueError):
        MovingShapes(**params)
