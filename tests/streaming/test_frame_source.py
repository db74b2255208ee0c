"""Frames of files and streams: none lost of a file, none kept of a stream."""

import resource
import socket
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from tests.streaming.conftest import FRAMES
from vared_mm.datasets import EncodedVideo, VideoError
from vared_mm.streaming import FrameSource


def test_a_file_waits_and_loses_nothing(clip):
    with FrameSource(str(clip), held=2) as source:
        frames = []
        for frame in source:
            time.sleep(0.002)
            frames.append(frame)
    assert [frame.number for frame in frames] == list(range(FRAMES)) and source.dropped == 0
    for frame, wanted in zip(frames, EncodedVideo(str(clip)).frames(), strict=True):
        np.testing.assert_array_equal(frame.image, wanted)


def test_standard_input_and_no_file_that_a_playlist_names(clip, tmp_path, monkeypatch):
    with open(clip, 'rb') as file:
        monkeypatch.setattr(sys, 'stdin', SimpleNamespace(buffer=file))
        with FrameSource('-') as source:
            assert len(list(source)) == FRAMES
    playlist = tmp_path / 'list.m3u8'
    playlist.write_text(f'#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n')
    with FrameSource(str(playlist)) as source, pytest.raises(VideoError, match='list.m3u8'):
        list(source)


def test_a_stream_drops_frames_rather_than_fall_behind(serve):
    numbers = []
    with FrameSource(serve(10_000), held=3) as source:
        for frame in source:
            numbers.append(frame.number)
            assert len(source._frames) <= 3
            time.sleep(0.01)
            if len(numbers) == 30:
                break
    assert source.dropped > 0 and source.reconnected == 0
    assert numbers == sorted(set(numbers)) and numbers[-1] - numbers[0] > 30
    assert not source._thread.is_alive()


def test_memory_stays_flat(serve):
    def used() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with FrameSource(serve(10_000)) as source:
        for frame in source:
            if frame.number < 500:
                before = used()
            elif frame.number > 4000:
                break
    assert used() - before < 4000  # KiB; 3,500 frames take 32 MB


def test_a_lost_stream_is_opened_again(serve):
    with FrameSource(serve(1), drops=False) as source:
        for frame in source:
            if frame.number > 2 * FRAMES:
                break
    assert source.reconnected == 2


def test_a_stream_that_does_not_come_back_ends(serve, monkeypatch):
    monkeypatch.setattr('vared_mm.streaming.frame_source.RETRIES', 1)
    address = serve(1)
    with FrameSource(address, drops=False) as source:
        monkeypatch.setattr(
            'vared_mm.streaming.frame_source.open_source', _fail_after_first(address)
        )
        with pytest.raises(VideoError, match='live.ts: gone'):
            list(source)


def _fail_after_first(address):
    def fail(source, timeout):
        raise VideoError(f'{source}: gone')

    return fail


@pytest.mark.parametrize(
    ('source', 'words'),
    [
        ('none.mp4', 'none.mp4: no such camera, address or file'),
        ('99', '99: No such file or directory'),
        (__file__, r'test_frame_source\.py: Invalid data'),
        ('http://127.0.0.1:9/x', 'http://127.0.0.1:9/x: Connection refused'),
    ],
)
def test_what_can_not_be_opened(source, words):
    with FrameSource(source, timeout=2) as frames, pytest.raises(VideoError, match=words):
        list(frames)


def test_an_address_that_never_answers():
    with socket.create_server(('127.0.0.1', 0)) as server:
        address = f'http://127.0.0.1:{server.getsockname()[1]}/x.ts'
        begun = time.monotonic()
        with FrameSource(address, timeout=0.5) as frames, pytest.raises(VideoError, match='0.5 s'):
            list(frames)
        assert time.monotonic() - begun < 5
