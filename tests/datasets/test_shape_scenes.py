"""Scenes: each pixel has the class of what is drawn there; nothing is made twice."""

import hashlib
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from vared_mm.datasets.synthetic import ShapeScenes, make_shape_scenes
from vared_mm.datasets.synthetic.textures import TEXTURES

SIZES = {'training': 3, 'testing': 2}


def _bytes(folder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for kind in ('images', 'annotations')
        for path in sorted((folder / kind).rglob('*.*'))
    }


def test_labels_follow_what_is_drawn():
    scenes = ShapeScenes(noise=0, texture=(0, 0), objects=(1, 1), seam=0)
    for seed in range(20):
        image, labels = scenes.draw(np.random.default_rng(seed))
        assert image.shape == (*labels.shape, 3) and image.dtype == labels.dtype == np.uint8
        assert min(labels.shape) >= 64 and max(labels.shape) <= 88
        grounds = {label for label in np.unique(labels) if label <= 3}
        (thing,) = set(np.unique(labels)) - grounds
        assert 4 <= thing <= 6 and 1 <= len(grounds) <= 2
        for label in (*grounds, thing):
            inside = cv2.erode((labels == label).astype(np.uint8), np.ones((5, 5)), borderValue=0)
            if inside.any():  # one colour, but for the edges
                assert np.ptp(image[inside == 1], axis=0).max() <= 1


def test_the_seam_has_no_label():
    labels = [ShapeScenes(seam=3).draw(np.random.default_rng(i))[1] for i in range(10)]
    shares = [float((one == 0).mean()) for one in labels]
    assert 0.01 < np.mean(shares) < 0.1
    assert {int(label) for one in labels for label in np.unique(one)} == set(range(7))


def test_textures_differ_and_have_no_mean():
    y, x = np.mgrid[:60, :60].astype(np.float32)
    rng = np.random.default_rng(0)
    for name, texture in TEXTURES.items():
        waves = np.stack([texture(rng, x, y, 6) for _ in range(30)])
        assert abs(waves.mean()) < 0.02
        assert waves.std() == pytest.approx(0 if name == 'plain' else 2**-0.5, abs=0.03)


def test_set_is_laid_out_as_ade20k(tmp_path):
    folder = make_shape_scenes(tmp_path, SIZES, seed=3)
    found = _bytes(folder)
    assert {f'images/training/{i:05d}.jpg' for i in range(3)} <= set(found)
    assert {f'annotations/testing/{i:05d}.png' for i in range(2)} <= set(found)
    assert len({hashlib.sha256(one).digest() for one in found.values()}) == 10
    manifest = json.loads((folder / 'manifest.json').read_text())
    assert manifest['drawing']['seed'] == 3 and manifest['lists']['testing'] == {'images': 2}
    assert (folder / 'classes.txt').read_text().split() == ShapeScenes().classes


def test_a_set_grows_and_does_not_mix(tmp_path):
    alone = _bytes(make_shape_scenes(tmp_path / 'alone', SIZES, seed=3))
    folder = make_shape_scenes(tmp_path / 'grown', {'training': 2}, seed=3)
    (folder / 'annotations/training/00001.png').unlink()
    assert _bytes(make_shape_scenes(folder, SIZES, seed=3, workers=2)) == alone
    for change in (dict(seed=1), dict(seed=3, noise=3.0)):
        with pytest.raises(ValueError, match=r'manifest.json: made with another seed'):
            make_shape_scenes(folder, SIZES, **change)
    assert _bytes(folder) == alone
    after = _bytes(make_shape_scenes(folder, {'training': 1}, noise=3.0, overwrite=True))
    assert set(after) == {'images/training/00000.jpg', 'annotations/training/00000.png'}
    assert not set(after.values()) & set(alone.values())


@pytest.mark.parametrize(
    'params', [dict(shapes=('disc', 'star')), dict(textures=('plain',)), dict(shapes=('disc',) * 2)]
)
def test_bad_parameters(params):
    with pytest.raises(ValueError, match='take two or more of'):
        ShapeScenes(**params)


def test_tool(tmp_path, root):
    command = [sys.executable, root / 'tools/data/synthetic/make_shape_scenes.py', tmp_path]
    command += ['--train', '2', '--val', '1', '--test', '1']
    environment = {'PYTHONPATH': str(root), 'PATH': ''}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(_bytes(tmp_path)) == 8
    refused = subprocess.run([*command, '--seed', '1'], env=environment, capture_output=True)
    assert refused.returncode != 0 and b'manifest.json' in refused.stderr
