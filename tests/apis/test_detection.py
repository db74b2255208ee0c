"""A video is gone through once, in little memory, and what is drawn on it can be read."""

import weakref

import numpy as np
import pytest
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope

from vared_mm.apis.detection import _write, clips_to_each_frame
from vared_mm.apis.drawn_detections import Detections, draw
from vared_mm.datasets import EncodedVideo
from vared_mm.datasets.synthetic import write_video

FRAMES, LENGTH, STEP = 60, 4, 3


@pytest.fixture
def video(tmp_path) -> str:
    """One group of pictures."""
    images = np.random.default_rng(0).integers(0, 256, (FRAMES, 16, 16, 3), np.uint8)
    write_video(tmp_path / 'clip.mp4', images, 25, options={'g': '1000', 'bf': '3'})
    return str(tmp_path / 'clip.mp4')


def pipeline(step: int | tuple[int, ...] = STEP) -> Compose:
    init_default_scope('mmaction')
    sampling = dict(type='vared_mm.SampleClipToKeyFrame', clip_len=LENGTH, frame_interval=step)
    return Compose([sampling, dict(type='vared_mm.ReadFrames')])


def test_each_frame_is_decoded_once_and_let_go(video, monkeypatch) -> None:
    decoded, seen, most = 0, [], 0
    decode = EncodedVideo._decode

    def counted(self, *args):
        nonlocal decoded
        for pair in decode(self, *args):
            decoded += 1
            yield pair

    truth = EncodedVideo(video).read(range(FRAMES))
    reader = EncodedVideo(video)
    frames = reader.frames

    def watched():
        for image in frames():
            seen.append(weakref.ref(image))
            yield image

    monkeypatch.setattr(EncodedVideo, '_decode', counted)
    monkeypatch.setattr(reader, 'frames', watched)
    for number, (image, clip) in enumerate(clips_to_each_frame(pipeline(), reader)):
        wanted = [max(number - STEP * back, 0) for back in reversed(range(LENGTH))]
        np.testing.assert_array_equal(image, truth[number])
        np.testing.assert_array_equal(clip['imgs'], [truth[i] for i in wanted])
        most = max(most, sum(one() is not None for one in seen))
        del image, clip
    assert number + 1 == decoded == FRAMES
    assert most <= (LENGTH - 1) * STEP + 3


def test_a_pipeline_that_draws_its_frames_is_refused(video) -> None:
    np.random.seed(0)
    with pytest.raises(ValueError, match='the test pipeline draws its frame_interval'):
        for _ in clips_to_each_frame(pipeline((1, 3)), EncodedVideo(video)):
            pass


@pytest.mark.parametrize(('height', 'width'), [(60, 80), (240, 320), (1080, 1920), (1920, 1080)])
def test_text_can_be_read_at_any_size(height, width) -> None:
    boxes = np.array([[0, 0, width, height], [width - 4, height - 4, width, height]], float)
    found = Detections(boxes, np.array([0.9, 0.1]), np.array([1, 0]))
    blank = np.full((height, width, 3), 90, np.uint8)
    drawn = draw(blank, found, ['stand', 'swing_baseball'], threshold=0.5)
    factor = drawn.shape[0] // height
    assert drawn.shape == (height * factor, width * factor, 3) and min(drawn.shape[:2]) >= 240
    rows, columns = (drawn > 150).all(2).nonzero()  # green lines are not
    share = (rows.max() - rows.min()) / min(drawn.shape[:2])
    assert 0.025 < share < 0.08 and rows.max() - rows.min() >= 10
    assert columns.max() < drawn.shape[1] - 1 and rows.min() > 0
    last = draw(blank, found, ['stand', 'swing_baseball'])
    assert (last[-drawn.shape[0] // 10 :] > 150).all(2).any()  # the text of the corner's box


@pytest.mark.parametrize(
    ('name', 'message'), [('a.xyz', 'output format'), ('folder.mp4', 'is a folder')]
)
def test_what_cannot_be_written_is_said_first(name, message, tmp_path) -> None:
    (tmp_path / 'folder.mp4').mkdir()

    def frames():
        raise AssertionError('looked at')
        yield

    with pytest.raises(ValueError, match=f'{name}: cannot be written: .*{message}'):
        _write(tmp_path / name, frames(), 25)
    assert [path.name for path in tmp_path.iterdir()] == ['folder.mp4']
