"""Images are measured before they are decoded."""

from io import BytesIO
from struct import pack
from zlib import compress, crc32

import numpy as np
import pytest
from PIL import Image

from vared_mm.datasets import ImageError, LoadLabels, LoadRGBImage, ReadFrames, VideoError
from vared_mm.datasets.image_limit import MAX_PIXELS, image_problem


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack('>I', len(content)) + kind + content + pack('>I', crc32(kind + content))


def _bomb(side: int) -> bytes:
    """A PNG of a few bytes that claims side x side pixels."""
    header = pack('>IIBBBBB', side, side, 8, 2, 0, 0, 0)
    parts = (_chunk(b'IHDR', header), _chunk(b'IDAT', compress(bytes(999))), _chunk(b'IEND', b''))
    return b'\x89PNG\r\n\x1a\n' + b''.join(parts)


def _load(loader: str, path) -> None:
    if loader == 'frames':
        results = dict(frame_dir=path.parent, filename_tmpl=path.name, frame_inds=[0])
        ReadFrames().transform(results)
    elif loader == 'image':
        LoadRGBImage().transform({'img_path': str(path)})
    else:
        results = {'seg_map_path': str(path), 'reduce_zero_label': False, 'seg_fields': []}
        LoadLabels(num_classes=3).transform(results)


@pytest.mark.parametrize(
    ('side', 'message'),
    [
        (9500, '9500 x 9500 pixels, above the limit of 89,478,485 .max_pixels.'),
        (30_000, 'more pixels than Pillow opens'),
    ],
)
@pytest.mark.parametrize('loader', ['frames', 'image', 'labels'])
def test_bombs_are_refused_before_they_are_decoded(loader, side, message, tmp_path) -> None:
    path = tmp_path / 'bomb.png'
    path.write_bytes(_bomb(side))
    with pytest.raises((VideoError, ImageError), match=f'^{path}: {message}'):
        _load(loader, path)


def test_the_limit_is_a_parameter(tmp_path) -> None:
    path = tmp_path / 'small.png'
    Image.fromarray(np.zeros((30, 40, 3), np.uint8)).save(path)
    _load('frames', path)
    _load('image', path)
    for step, results in (
        (ReadFrames, dict(frame_dir=tmp_path, filename_tmpl='small.png', frame_inds=[0])),
        (LoadRGBImage, {'img_path': str(path)}),
    ):
        assert step(max_pixels=1200).transform(dict(results))
        with pytest.raises(
            (VideoError, ImageError), match='40 x 30 pixels, above the limit of 1,199'
        ):
            step(max_pixels=1199).transform(dict(results))


@pytest.mark.parametrize('content', [b'', b'GIF89a', b'\x89PNG\r\n\x1a\n' + bytes(30)])
def test_headers_that_cannot_be_read(content) -> None:
    assert image_problem(BytesIO(content), MAX_PIXELS) == 'not an image, or damaged'


COLOURS = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
COLOURS[0, 0], COLOURS[0, 1] = 0, 255
CLEAR = np.dstack([COLOURS, np.zeros((6, 8), np.uint8)])
DEEP = COLOURS[..., 0].astype(np.uint16) * 256 + 37
#: How a file is written; the RGB that it is, or what is said of it.
KINDS = {
    'alpha.png': (Image.fromarray(CLEAR), COLOURS),
    'grey.jpg': (Image.new('L', (8, 6), 77), np.full((6, 8, 3), 77)),
    'grey_alpha.png': (Image.new('LA', (8, 6), (77, 9)), np.full((6, 8, 3), 77)),
    'deep.png': (Image.fromarray(DEEP), np.repeat(COLOURS[..., :1], 3, 2)),
    'palette.png': (Image.new('RGB', (8, 6), (9, 99, 199)).quantize(2), (9, 99, 199)),
    'bits.png': (Image.new('1', (8, 6), 1), 255),
    'printed.tif': (Image.new('CMYK', (8, 6), (255, 0, 0, 0)), (0, 255, 255)),
    'printed.jpg': (Image.new('CMYK', (8, 6), (255, 0, 0, 0)), (1, 255, 255)),
    'one_pixel.png': (Image.fromarray(COLOURS[:1, :1]), COLOURS[:1, :1]),
    'whole_numbers.tif': (Image.new('I', (8, 6), 70_000), '32 bits a channel'),
    'fractions.tif': (Image.new('F', (8, 6), 0.5), '32 bits a channel'),
    'lab.tif': (Image.new('LAB', (8, 6), (99, 9, 9)), 'colours of the kind LAB'),
    'series.gif': (Image.new('L', (8, 6)), 'several images in one file'),
    'series.png': (Image.new('L', (8, 6)), 'several images in one file'),
    'series.webp': (Image.new('RGB', (8, 6)), 'several images in one file'),
    'series.tif': (Image.new('L', (8, 6)), 'several images in one file'),
}


@pytest.mark.parametrize('name', KINDS)
def test_kinds_of_images(name, tmp_path) -> None:
    """A frame has the colours that were written, or is refused."""
    image, outcome = KINDS[name]
    others = [Image.new(image.mode, image.size, 255)] if name.startswith('series') else []
    image.save(tmp_path / name, **(dict(save_all=True, append_images=others) if others else {}))
    frames = dict(frame_dir=tmp_path, filename_tmpl=name, frame_inds=[0])
    if isinstance(outcome, str):
        with pytest.raises(VideoError, match=f'{name}: {outcome}'):
            ReadFrames().transform(frames)
        with pytest.raises(ImageError, match=f'{name}: {outcome}'):
            LoadRGBImage(greyscale=True).transform({'img_path': str(tmp_path / name)})
        return
    (read,) = ReadFrames().transform(frames)['imgs']
    assert read.dtype == np.uint8 and read.shape == (*image.size[::-1], 3)
    np.testing.assert_array_equal(read, np.broadcast_to(outcome, read.shape))
    load = LoadRGBImage(greyscale=True).transform
    if 'alpha' in name or name in ('deep.png', 'printed.tif'):  # four channels, or 16 bits
        with pytest.raises(ImageError, match=f'{name}: .*convert it'):
            load({'img_path': str(tmp_path / name)})
    else:
        image = load({'img_path': str(tmp_path / name)})['img']
        np.testing.assert_array_equal(image[..., ::-1], read)
