"""Images and labels are read as they are, or refused with one line that names the file."""

import cv2
import numpy as np
import pytest
from PIL import Image

from vared_mm.datasets import ImageError, LoadLabels, LoadRGBImage, NameSequence

COLOURS = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)


def read_image(path, **kwargs) -> dict:
    return LoadRGBImage(**kwargs).transform({'img_path': str(path)})


def read_labels(path, shape=(6, 8), zero=True, classes=150) -> np.ndarray:
    results = {'seg_map_path': str(path), 'reduce_zero_label': zero, 'seg_fields': []}
    return LoadLabels(classes).transform({**results, 'ori_shape': shape})['gt_seg_map']


def refused(read, path) -> str:
    with pytest.raises(ImageError) as error:
        read(path)
    message = str(error.value)
    assert message.startswith(f'{path}: ') and '\n' not in message
    return message.removeprefix(f'{path}: ')


def test_an_rgb_image(tmp_path):
    path = tmp_path / 'a.png'
    Image.fromarray(COLOURS).save(path)
    found = read_image(path)
    np.testing.assert_array_equal(found['img'], COLOURS[..., ::-1])  # BGR
    assert found['img_shape'] == found['ori_shape'] == (6, 8)


def test_a_greyscale_image_is_refused_or_taken_as_told(tmp_path):
    path = tmp_path / 'grey.jpg'
    Image.fromarray(COLOURS[..., 0]).save(path)
    assert refused(read_image, path) == (
        'a greyscale image; convert it to RGB, or set greyscale=True of LoadRGBImage'
    )
    taken = read_image(path, greyscale=True)['img']
    assert taken.shape == (6, 8, 3) and (taken == taken[..., :1]).all()


def test_images_that_are_refused(tmp_path):
    deep, clear, text = (tmp_path / name for name in ('deep.png', 'clear.png', 'text.jpg'))
    cv2.imwrite(str(deep), COLOURS.astype(np.uint16) * 256)
    assert refused(read_image, deep) == '16 bits a channel; convert it to 8'
    cv2.imwrite(str(deep), COLOURS[..., 0].astype(np.uint16) * 256)
    assert refused(lambda p: read_image(p, greyscale=True), deep).startswith('16 bits')
    Image.fromarray(COLOURS).convert('RGBA').save(clear)
    assert refused(read_image, clear) == 'a four-channel image; convert it to RGB'
    text.write_text('no image')
    assert refused(read_image, text) == 'not an image, or damaged'
    text.write_bytes(b'')
    assert refused(read_image, text) == 'not an image, or damaged'
    assert refused(read_image, tmp_path / 'none.jpg') == 'no such image'


def test_a_photograph_marked_as_turned_is_refused_beside_labels(tmp_path):
    """Labels have no such mark: they may be drawn on the stored pixels or upright."""
    path, mark = tmp_path / 'turned.jpg', Image.Exif()
    mark[0x0112] = 6
    Image.fromarray(COLOURS).save(path, exif=mark)
    found = read_image(path)
    assert found['img'].shape == (8, 6, 3) and found['ori_shape'] == found['img_shape'] == (8, 6)
    loader, pair = LoadRGBImage(), {'img_path': str(path), 'seg_map_path': 'labels.png'}
    with pytest.raises(ImageError, match='turned.jpg: turned by a camera.s mark .EXIF., and its'):
        loader.transform(pair)
    labels = tmp_path / 'labels.png'
    Image.fromarray(COLOURS[..., 0] % 9).save(labels, exif=mark)
    assert refused(read_labels, labels).startswith("turned by a camera's mark")


def test_labels_by_hand(tmp_path):
    path, labels = tmp_path / 'l.png', np.zeros((6, 8), np.uint8)
    labels[0], labels[1], labels[2] = 1, 150, 255
    Image.fromarray(labels).save(path)
    found = read_labels(path)
    assert [found[row, 0] for row in (0, 1, 2, 3)] == [0, 149, 255, 255]
    assert (read_labels(path, zero=False, classes=151) == labels).all()


def test_labels_that_are_refused(tmp_path):
    path, labels = tmp_path / 'l.png', np.ones((6, 8), np.uint8)
    labels[3, 3] = 151
    Image.fromarray(labels).save(path)
    assert refused(read_labels, path) == 'label 151, but the highest of 150 classes is 150'
    without_zero = refused(lambda p: read_labels(p, zero=False), path)
    assert without_zero == 'label 151, but the highest of 150 classes is 149'
    Image.fromarray(labels[:, :5]).save(path)
    assert refused(read_labels, path) == 'labels of 5 x 6 pixels for an image of 8 x 6'
    Image.fromarray(COLOURS).save(path)
    assert refused(read_labels, path) == 'labels must be one channel of 8 bits, not RGB'
    cv2.imwrite(str(path), np.full((6, 8), 300, np.uint16))  # would be 44 if cut to eight bits
    assert refused(read_labels, path).startswith('labels must be one channel of 8 bits')
    path.write_bytes(path.read_bytes()[:30])
    assert refused(read_labels, path) == 'not an image, or damaged'
    assert refused(read_labels, tmp_path / 'none.png') == 'no such label file'


def test_labels_are_held_to_the_size_before_resizing(scenes):
    """In testing the image is resized before its labels are read, which stay as they are."""
    image = {'img_path': f'{scenes}/images/validation/00000.jpg', 'scale': (40, 40)}
    found = read_image(image['img_path'])
    labels = f'{scenes}/annotations/validation/00000.png'
    assert read_labels(labels, found['ori_shape']).shape == found['img'].shape[:2]


def test_the_sequence_of_an_image_is_what_its_name_begins_with():
    named = NameSequence(r'[^_]+(?=_)')
    assert named.transform({'img_path': 'a_b/Seq05VD_f00030.jpg'})['group'] == 'Seq05VD'
    assert refused(lambda path: named.transform({'img_path': path}), 'a_b/30.jpg') == (
        "its name does not begin with '[^_]+(?=_)', a sequence"
    )
