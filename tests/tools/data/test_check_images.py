"""A set of labelled images: every bad file is named in a line, and the status tells."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from vared_mm.datasets.synthetic import make_shape_scenes

TOOL = 'data/check_dataset.py'
CONFIG = """
_base_ = '{root}/configs/_base_/datasets/{name}.py'
default_scope = 'mmseg'
train_dataloader = val_dataloader = test_dataloader = dict(dataset=dict(data_root='{folder}'))
"""


@pytest.fixture
def scenes(tmp_path) -> Path:
    return make_shape_scenes(tmp_path / 'set', {'training': 6, 'validation': 6, 'testing': 0})


@pytest.fixture
def config(scenes, root, tmp_path):
    def write(name: str) -> Path:
        path = tmp_path / f'{name}.py'
        path.write_text(CONFIG.format(root=root, name=name, folder=scenes))
        return path

    return write


def spoil(folder: Path) -> list[str]:
    """One mistake of each kind in the training split; returns the lines that shall name them."""
    images, labels = folder / 'images/training', folder / 'annotations/training'
    (labels / '00000.png').unlink()
    (images / '00001.jpg').unlink()
    picture = cv2.imread(str(images / '00002.jpg'))
    cv2.imwrite(str(images / '00002.jpg'), picture[..., 0])
    deep = cv2.imencode('.png', picture.astype(np.uint16) * 256)[1]
    (images / '00003.jpg').write_bytes(deep)
    marks = cv2.imread(str(labels / '00004.png'), cv2.IMREAD_UNCHANGED)
    height, width = marks.shape
    cv2.imwrite(str(labels / '00004.png'), marks[:-3])
    marks = cv2.imread(str(labels / '00005.png'), cv2.IMREAD_UNCHANGED)
    marks[0, 0] = 7
    cv2.imwrite(str(labels / '00005.png'), marks)
    return [
        f'{labels}/00000.png: no such label file, for {images}/00000.jpg',
        f'{images}/00001.jpg: no such image, for {labels}/00001.png',
        f'{images}/00002.jpg: a greyscale image; convert it to RGB, or set greyscale=True of '
        'LoadRGBImage',
        f'{images}/00003.jpg: 16 bits a channel; convert it to 8',
        f'{labels}/00004.png: labels of {width} x {height - 3} pixels for an image of '
        f'{width} x {height}',
        f'{labels}/00005.png: label 7, but the highest of 6 classes is 6',
    ]


def test_every_mistake_is_one_line(scenes, config, call_tool, tmp_path):
    expected, path = spoil(scenes), tmp_path / 'report.json'
    words = [config('shape_scenes'), '--split', 'train', '--all', '--report', path]
    status, output, _ = call_tool(TOOL, *words)
    assert status == 1
    assert [line for line in output.splitlines() if line.startswith('/')] == expected
    report = json.loads(path.read_text())
    assert (report['images'], report['checked'], report['good']) == (5, 5, 0)
    assert report['list'] == f'{scenes}/images/training'


def test_a_good_split(scenes, config, call_tool, tmp_path):
    path = tmp_path / 'report.json'
    status, _, _ = call_tool(TOOL, config('shape_scenes'), '--all', '--report', path)
    report = json.loads(path.read_text())
    assert (status, report['good'], report['undecodable']) == (0, 6, [])
    assert 64 <= report['width'][0] <= report['width'][1] <= 88
    assert report['greyscale'] == []


def test_ade20k_takes_greyscale_images_and_lists_them(scenes, config, call_tool, tmp_path):
    image, path = scenes / 'images/validation/00002.jpg', tmp_path / 'report.json'
    cv2.imwrite(str(image), cv2.imread(str(image), cv2.IMREAD_GRAYSCALE))
    status, _, _ = call_tool(TOOL, config('ade20k'), '--all', '--report', path)
    report = json.loads(path.read_text())
    assert (status, report['good'], report['greyscale']) == (0, 6, [str(image)])
    assert len(report['classes_without_pixel']) >= 144
