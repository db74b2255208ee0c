"""Every frame is the one that was asked for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from mmaction.datasets.transforms import OpenCVDecode, OpenCVInit
from mmcv import VideoReader

from vared_mm.datasets import EncodedVideo, VideoError, orientation

UNEVEN = np.cumsum(np.random.default_rng(0).integers(1, 9, 50)).tolist()
B_FRAMES = {'bf': '3', 'b_strategy': '0', 'threads': '1'}
VIDEOS = {
    'constant.mp4': {},
    'b_frames.mp4': dict(options={**B_FRAMES, 'g': '12'}),
    'long_gop.mp4': dict(options={**B_FRAMES, 'g': '1000', 'sc_threshold': '0'}),
    'variable.mp4': dict(options={**B_FRAMES, 'g': '12'}, ticks=UNEVEN, fps=100),
    'variable.mkv': dict(options={**B_FRAMES, 'g': '12'}, ticks=UNEVEN, fps=100),
    'open_gop.mp4': dict(options={**B_FRAMES, 'g': '12', 'x264-params': 'open-gop=1'}),
    'refresh.mp4': dict(options={'bf': '0', 'g': '12', 'x264-params': 'intra-refresh=1'}),
    'stream.ts': dict(options={**B_FRAMES, 'g': '12'}),
    'bare.h264': dict(options={**B_FRAMES, 'g': '12'}),
    'b_frames.avi': dict(codec='mpeg4', options={'bf': '2', 'g': '12'}),
    'mpeg4.avi': dict(codec='mpeg4', options={'g': '12'}),
}


@pytest.mark.parametrize('name', VIDEOS)
def test_each_frame_is_the_one_that_was_drawn(name, numbered_video, read_number) -> None:
    path = numbered_video(name, **VIDEOS[name])
    assert len(EncodedVideo(path)) == 50
    alone = [read_number(EncodedVideo(path).read([i])[0]) for i in range(50)]
    assert alone == list(range(50))
    mixed = [41, 3, 3, 17, 49, 18]
    assert [read_number(image) for image in EncodedVideo(path).read(mixed)] == mixed


def test_threads_change_nothing(numbered_video, read_number) -> None:
    path = numbered_video('b_frames.mp4', **VIDEOS['b_frames.mp4'])
    images = EncodedVideo(path, threads=3).read(range(50))
    assert [read_number(image) for image in images] == list(range(50))


@pytest.mark.parametrize('name', ['test.mp4', 'test.avi', 'demo.mp4'])
def test_real_clips_as_when_everything_is_decoded(name, shared_dir) -> None:
    path = str(shared_dir / 'clips' / name)
    with av.open(path) as container:
        frames = [
            frame.to_ndarray(format='rgb24') if i % 13 == 0 else None
            for i, frame in enumerate(container.decode(video=0))
        ]
    assert len(EncodedVideo(path)) == len(frames)
    # Scattered over the file, each in a reader of its own and then all of them in one.
    numbers = range(0, len(frames), 13)
    for number in list(numbers)[::5]:
        np.testing.assert_array_equal(EncodedVideo(path).read([number])[0], frames[number])
    for number, image in zip(numbers, EncodedVideo(path).read(numbers), strict=True):
        np.testing.assert_array_equal(image, frames[number])


def test_opencv_is_wrong_on_a_variable_rate(numbered_video, read_number) -> None:
    """What mmaction2's OpenCVDecode does; when this fails, the reason for PyAV is gone."""
    ticks = np.cumsum(np.random.default_rng(0).integers(1, 9, 90)).tolist()
    options = {**B_FRAMES, 'g': '20'}
    path = numbered_video('long.mp4', frames=90, fps=100, ticks=ticks, options=options)
    assert [read_number(image) for image in EncodedVideo(path).read(range(90))] == list(range(90))
    got = []
    for i in range(90):
        results = OpenCVInit().transform(dict(filename=path))
        results['frame_inds'] = np.array([i])
        got.append(read_number(OpenCVDecode().transform(results)['imgs'][0]))
    assert got != list(range(90))


def test_mean_frame_rate(numbered_video) -> None:
    assert EncodedVideo(numbered_video('constant.mp4')).fps == 25
    for name in ('variable.mp4', 'variable.mkv'):
        video = EncodedVideo(numbered_video(name, **VIDEOS[name]))
        assert video.fps == pytest.approx(49 * 100 / (UNEVEN[-1] - UNEVEN[0]), rel=1e-3)


def test_only_wanted_frames_are_converted(numbered_video, monkeypatch) -> None:
    converted = []
    reformatter = orientation.VideoReformatter()

    def reformat(frame, **kwargs):
        converted.append(frame.pts)
        return reformatter.reformat(frame, **kwargs)

    stand_in = SimpleNamespace(reformat=reformat)
    monkeypatch.setattr(orientation, 'VideoReformatter', lambda: stand_in)
    EncodedVideo(numbered_video('constant.mp4')).read([30, 2, 30, 30, 11])
    assert len(converted) == len(set(converted)) == 3


def test_repeated_frames_do_not_share_memory(numbered_video) -> None:
    first, second = EncodedVideo(numbered_video('constant.mp4')).read([7, 7])
    first[:] = 0
    assert second.any()


@pytest.mark.parametrize('degrees', [90, 180, -90])
def test_turned_video_is_upright(degrees, numbered_video) -> None:
    plain = EncodedVideo(numbered_video('constant.mp4')).read([5])[0]
    path = numbered_video(f'turned{degrees}.mp4', rotation=degrees)
    turned = EncodedVideo(path).read([5])[0]
    np.testing.assert_array_equal(turned, np.rot90(plain, degrees // 90))
    # OpenCV turns a picture too; a second opinion on the sense of the turn.
    other = VideoReader(path)[5][..., ::-1]
    assert other.shape == turned.shape
    assert np.abs(other.astype(int) - turned).mean() < 5


def test_cut_off_file_has_the_frames_that_are_left(numbered_video, tmp_path, read_number) -> None:
    whole = numbered_video('start.mkv', options={'bf': '0', 'g': '10', 'threads': '1'})
    cut = tmp_path / 'cut.mkv'
    shutil.copy(whole, cut)
    os.truncate(cut, os.path.getsize(whole) * 2 // 3)
    video = EncodedVideo(str(cut))
    assert 20 < len(video) < 50
    images = video.read(range(len(video) - 1))
    assert [read_number(image) for image in images] == list(range(len(video) - 1))


def test_frames_that_an_edit_list_hides_do_not_count(numbered_video, tmp_path, read_number) -> None:
    """As when a player's cut, or `ffmpeg -ss 0.32 -c copy`, starts between two key frames."""
    path = str(tmp_path / 'cut.mp4')
    options = {'avoid_negative_ts': 'disabled'}
    whole = numbered_video('b_frames.mp4', **VIDEOS['b_frames.mp4'])
    with av.open(whole) as source, av.open(path, 'w', options=options) as target:
        stream = source.streams.video[0]
        copied = target.add_stream_from_template(stream)
        cut = int(8 / (25 * stream.time_base))
        for packet in source.demux(stream):
            if packet.size:
                packet.pts, packet.dts, packet.stream = packet.pts - cut, packet.dts - cut, copied
                target.mux(packet)
    assert len(EncodedVideo(path)) == 42
    alone = [read_number(EncodedVideo(path).read([i])[0]) for i in range(42)]
    assert alone == list(range(8, 50))


def _bad_files(tmp_path, numbered_video) -> Iterator[str]:
    yield str(tmp_path / 'missing.mp4')
    for name, content in (('empty.mp4', b''), ('text.mp4', b'no video here\n' * 99)):
        (tmp_path / name).write_bytes(content)
        yield str(tmp_path / name)
    cut = tmp_path / 'no_index.mp4'
    shutil.copy(numbered_video('constant.mp4'), cut)
    os.truncate(cut, 4000)
    yield str(cut)
    sound = tmp_path / 'sound.wav'
    with av.open(str(sound), 'w') as container:
        stream = container.add_stream('pcm_s16le', rate=8000, layout='mono')
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout='mono')
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    yield str(sound)


def test_bad_files_are_named_and_closed(tmp_path, numbered_video) -> None:
    paths = list(_bad_files(tmp_path, numbered_video))
    open_before = os.listdir('/proc/self/fd')
    for path in paths:
        with pytest.raises(VideoError, match=f'^{path}: '):
            EncodedVideo(path)
    videos = [EncodedVideo(numbered_video('constant.mp4')) for _ in range(5)]
    assert len(os.listdir('/proc/self/fd')) == len(open_before)
    assert len(videos[0]) == 50


def test_damaged_packets_are_found(numbered_video, tmp_path) -> None:
    path = numbered_video('long_gop.mp4', **VIDEOS['long_gop.mp4'])
    EncodedVideo(path).verify()
    with av.open(path) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][20]
        place, size = packet.pos, packet.size
    damaged = tmp_path / 'damaged.mp4'
    content = bytearray(Path(path).read_bytes())
    content[place : place + size] = bytes(255 for _ in range(size))
    damaged.write_bytes(content)
    with pytest.raises(VideoError, match='damaged.mp4'):
        EncodedVideo(str(damaged)).verify()
