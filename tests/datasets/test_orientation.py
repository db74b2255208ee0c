"""Pictures are upright and not mirrored, whatever way they are stored."""

from pathlib import Path
from struct import pack

import numpy as np
import pytest
from PIL import Image

from tests.datasets.bad_videos import encode
from vared_mm.datasets import EncodedVideo, ImageError, LoadRGBImage, ReadFrames, VideoError

HEIGHT, WIDTH = 64, 96
COLOURS = {'R': (230, 30, 30), 'G': (30, 230, 30), 'B': (30, 30, 230), 'W': (230, 230, 230)}
#: a, b, c, d of the track's matrix; corners that ffmpeg and players show: top left, top right,
#: bottom left, bottom right.
ORIENTATIONS = {
    'as stored': ((1, 0, 0, 1), 'RGBW'),
    'quarter right': ((0, 1, -1, 0), 'BRWG'),
    'half': ((-1, 0, 0, -1), 'WBGR'),
    'quarter left': ((0, -1, 1, 0), 'GWRB'),
    'left and right': ((-1, 0, 0, 1), 'GRWB'),
    'top and bottom': ((1, 0, 0, -1), 'BWRG'),
    'transposed': ((0, 1, 1, 0), 'RBGW'),
    'transposed the other way': ((0, -1, -1, 0), 'WGBR'),
}


def corners(image: np.ndarray) -> str:
    """The letters of the colours in the corners."""
    height, width = image.shape[:2]
    places = [(y, x) for y in (height // 4, -height // 4) for x in (width // 4, -width // 4)]
    away = {c: [abs(image[p].astype(int) - v).sum() for p in places] for c, v in COLOURS.items()}
    return ''.join(min(away, key=lambda colour: away[colour][i]) for i in range(4))


def draw() -> np.ndarray:
    """R and G above B and W."""
    quarters = np.array([[COLOURS['R'], COLOURS['G']], [COLOURS['B'], COLOURS['W']]], np.uint8)
    return quarters.repeat(HEIGHT // 2, 0).repeat(WIDTH // 2, 1)


def with_matrix(path: Path, matrix: tuple[float, ...]) -> str:
    """An MP4 file whose track header has a, b, c and d."""
    content = bytearray(encode(path, [draw()] * 3).read_bytes())
    start = content.index(b'tkhd') + 4 + 40
    a, b, c, d = (round(value * 65536) for value in matrix)
    content[start : start + 36] = pack('>9i', a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return str(path)


#: The same eight as a camera marks a photograph.
MARKS = (1, 6, 3, 8, 2, 4, 5, 7)


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.webp', '.tif', '.avif'])
@pytest.mark.parametrize(('mark', 'name'), [*zip(MARKS, ORIENTATIONS, strict=True)])
def test_of_a_photograph(mark, name, suffix, tmp_path) -> None:
    """Upright where frames of a video, or a single image, are read; or refused."""
    path, exif = tmp_path / f'1{suffix}', Image.Exif()
    exif[0x0112] = mark
    Image.fromarray(draw()).save(path, exif=exif)
    frames = dict(frame_dir=tmp_path, filename_tmpl=f'{{}}{suffix}', frame_inds=[1])
    for read in (
        lambda: ReadFrames().transform(frames)['imgs'][0],
        lambda: LoadRGBImage().transform({'img_path': str(path)})['img'][..., ::-1],
    ):
        if suffix == '.avif' and mark > 1:
            with pytest.raises((VideoError, ImageError), match=f'^{path}: '):
                read()
        else:
            assert corners(read()) == ORIENTATIONS[name][1]


@pytest.mark.parametrize('name', ORIENTATIONS)
def test_of_a_video(name, tmp_path) -> None:
    matrix, shown = ORIENTATIONS[name]
    image = EncodedVideo(with_matrix(tmp_path / 'turned.mp4', matrix)).read([1])[0]
    assert corners(image) == shown
    assert image.shape == ((WIDTH, HEIGHT, 3) if matrix[0] == 0 else (HEIGHT, WIDTH, 3))
    assert image.flags.c_contiguous


def test_other_angles_are_refused(tmp_path) -> None:
    path = with_matrix(tmp_path / 'tilted.mp4', (0.7, 0.7, -0.7, 0.7))
    for look in (lambda video: video.read([0]), EncodedVideo.verify):
        with pytest.raises(VideoError, match='tilted.mp4: turned by an angle that is no quarter'):
            look(EncodedVideo(path))
