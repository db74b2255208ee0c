"""Decoding that starts in the middle gives what decoding of everything gives, bit for bit."""

from collections.abc import Callable, Iterable
from pathlib import Path

import av
import numpy as np
import pytest

from tests.datasets.bad_videos import draw, encode, encoder_of
from vared_mm.datasets import EncodedVideo

FRAMES, GROUP = 40, 8
B_FRAMES = {'bf': '3', 'b_strategy': '0', 'g': str(GROUP), 'sc_threshold': '0'}
OPEN = {**B_FRAMES, 'x264-params': 'open-gop=1'}
X265 = {'preset': 'ultrafast', 'x265-params': f'log-level=none:keyint={GROUP}:bframes=3'}
TICKS = [i * i + i for i in range(FRAMES)]


def _copy(source: Path, path: Path, change: Callable[[list[av.Packet]], Iterable[av.Packet]]):
    """Write a video's packets again, changed."""
    with av.open(str(source)) as read, av.open(str(path), 'w') as write:
        stream = write.add_stream_from_template(read.streams.video[0])
        for packet in change([packet for packet in read.demux(video=0) if packet.size]):
            packet.stream = stream
            write.mux(packet)


def _mark_all(packets: list[av.Packet]) -> list[av.Packet]:
    for packet in packets:
        packet.is_keyframe = True
    return packets


def _unmarked(path: Path, **how) -> None:
    """Without the table of key frames every picture counts as one."""
    content = encode(path, IMAGES, **how).read_bytes()
    assert content.count(b'stss') == 1
    path.write_bytes(content.replace(b'stss', b'free'))


def _marks_lie(path: Path) -> None:
    source = encode(path.with_name('truth.mkv'), IMAGES, options=B_FRAMES)
    _copy(source, path, _mark_all)


def _late(path: Path) -> None:
    """The first pictures hang on one that is not there."""
    source = encode(path.with_name('whole.mkv'), IMAGES, options=B_FRAMES)
    _copy(source, path, lambda packets: packets[3:])


def _two_parts(path: Path) -> None:
    """Half way the decoder's parameters change, under the same numbers."""
    parts = []
    for number, options in enumerate((B_FRAMES, {**B_FRAMES, 'coder': 'vlc', 'refs': '1'})):
        half = IMAGES[number * FRAMES // 2 : (number + 1) * FRAMES // 2]
        parts.append(encode(path.with_name(f'part{number}.h264'), half, options=options))
    path.write_bytes(b''.join(part.read_bytes() for part in parts))


IMAGES = [draw(i) for i in range(FRAMES)]
#: How each is written, and whether single groups of its pictures can be decoded.
VIDEOS: dict[str, tuple[dict | Callable[[Path], None], bool]] = {
    'closed.mp4': (dict(options=B_FRAMES), True),
    'open.mp4': (dict(options=OPEN), True),
    'open.mkv': (dict(options=OPEN), True),
    'refresh.mp4': (dict(options={'g': '8', 'bf': '0', 'x264-params': 'intra-refresh=1'}), False),
    'uneven.mkv': (dict(options=B_FRAMES, ticks=TICKS), True),
    'stream.ts': (dict(options=OPEN), True),
    'flash.flv': (dict(options=B_FRAMES), True),
    'bare.h264': (dict(options=B_FRAMES), False),
    'open_hevc.mp4': (dict(codec='libx265', options=X265), True),
    'open_hevc.ts': (dict(codec='libx265', options=X265), True),
    'vp8.webm': (dict(codec='libvpx', options={'g': str(GROUP)}), True),
    'vp9.webm': (dict(codec='libvpx-vp9'), True),
    'av1.mp4': (dict(codec='libsvtav1', options={'g': str(GROUP)}), True),
    'mpeg4.avi': (dict(codec='mpeg4', options={'g': str(GROUP)}), True),
    'b_frames_mpeg4.mp4': (dict(codec='mpeg4', options={'g': str(GROUP), 'bf': '2'}), True),
    'b_frames_mpeg4.avi': (dict(codec='mpeg4', options={'g': str(GROUP), 'bf': '2'}), False),
    'mpeg2.mpg': (dict(codec='mpeg2video', options={'g': str(GROUP), 'bf': '2'}), True),
    'mjpeg.avi': (dict(codec='mjpeg', pix_fmt='yuvj420p'), True),
    'wmv.asf': (dict(codec='wmv2', options={'g': str(GROUP)}), False),
    'unmarked.mp4': (lambda path: _unmarked(path, options=B_FRAMES), True),
    'unmarked_mpeg4.mp4': (
        lambda path: _unmarked(path, codec='mpeg4', options={'g': str(GROUP), 'bf': '2'}),
        True,
    ),
    'marks_lie.mkv': (_marks_lie, True),
    'late.mkv': (_late, True),
    'late.ts': (_late, True),
    'two_parts.h264': (_two_parts, False),
    'two_parts.ts': (
        lambda path: (
            _two_parts(path.with_suffix('.h264')),
            _copy(path.with_suffix('.h264'), path, _stamp),
        ),
        False,
    ),
}


def _stamp(packets: list[av.Packet]) -> list[av.Packet]:
    """Bare H.264 has decoding times only; without B-frames they are enough."""
    for number, packet in enumerate(packets):
        packet.pts = packet.dts = number * round(1 / (25 * packet.time_base))
    return packets


@pytest.mark.parametrize('name', VIDEOS)
def test_exactly_as_when_everything_is_decoded(name, tmp_path) -> None:
    if encoder_of(name) not in {'', *av.codecs_available}:
        pytest.skip(f'this libav has no {encoder_of(name)}')
    path, (how, skips) = tmp_path / name, VIDEOS[name]
    how(path) if callable(how) else encode(path, IMAGES, **how)
    with av.open(str(path)) as container:
        frames = [frame for frame in container.decode(video=0) if not frame.is_corrupt]
        whole = [frame.to_ndarray(format='rgb24') for frame in frames]
    video = EncodedVideo(str(path))
    assert len(video) == len(whole) >= FRAMES - 3 - GROUP
    for number, image in enumerate(whole):
        np.testing.assert_array_equal(EncodedVideo(str(path)).read([number])[0], image)
    rng = np.random.default_rng(0)
    for _ in range(8):
        numbers = rng.integers(0, len(whole), rng.integers(1, 6)).tolist()
        for number, image in zip(numbers, video.read(numbers), strict=True):
            np.testing.assert_array_equal(image, whole[number])
    for image, truth in zip(video.frames(), whole, strict=True):
        np.testing.assert_array_equal(image, truth)
    decoded = count_decoded(video, [len(whole) - 1])
    assert decoded <= 2 * GROUP if skips else decoded == len(whole)


def test_a_decoder_that_lost_its_parameters_is_not_used(tmp_path) -> None:
    """They stand in the header, and packets of the second half replace them."""
    path, source = tmp_path / 'replaced.mp4', tmp_path / 'source.h264'
    _two_parts(source)
    _copy(source, path, _stamp_bare)
    whole = [EncodedVideo(str(path)).read([number])[0] for number in range(FRAMES)]
    video = EncodedVideo(str(path))
    for numbers in ((5, 30), (5,), (35,), (6,)):
        for number, image in zip(numbers, video.read(numbers), strict=True):
            np.testing.assert_array_equal(image, whole[number])
    video.verify()


def _stamp_bare(packets: list[av.Packet]) -> list[av.Packet]:
    """Take the parameters out of the first half; those in the header are the same."""
    changed = []
    for number, packet in enumerate(_stamp(packets)):
        content = bytes(packet)
        if number < FRAMES // 2:
            units = content.split(b'\0\0\1')[1:]
            kept = [unit for unit in units if unit[0] & 31 not in (7, 8)]
            content = b''.join(b'\0\0\1' + unit for unit in kept)
        new = av.Packet(content)
        new.pts, new.dts, new.time_base = packet.pts, packet.dts, packet.time_base
        new.is_keyframe = packet.is_keyframe
        changed.append(new)
    return changed


def count_decoded(video: EncodedVideo, numbers: list[int]) -> int:
    """How many frames it takes to read some."""
    count, decode = 0, video._decode_packets

    def counted(*args):
        nonlocal count
        for frame in decode(*args):
            count += 1
            yield frame

    video._decode_packets = counted
    video.read(numbers)
    return count


def test_what_lies_between_clips_is_not_decoded(tmp_path) -> None:
    """Three clips of a long video cost three groups, not the whole."""
    images = [draw(i, 16, 16) for i in range(600)]
    path = encode(tmp_path / 'long.mp4', images, options={**B_FRAMES, 'g': '20'})
    video = EncodedVideo(str(path))
    clips = [10, 11, 12, 13, 300, 301, 302, 303, 590, 591, 592, 593]
    assert count_decoded(video, clips) <= 3 * 20
    assert count_decoded(EncodedVideo(str(path)), list(range(600))) == 600
