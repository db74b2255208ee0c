"""A corpus of videos that are damaged, unusual or hostile, each with what must become of it."""

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from struct import pack

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from PIL import Image

FRAMES, HEIGHT, WIDTH = 20, 48, 64
#: How many frames are used, all of them right; or what the one line of the error says.
Outcome = int | range | str


def draw(number: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """One frame: waves that move, dark on the left, which tells how a picture is turned."""
    y, x = np.mgrid[:height, :width]
    waves = 130 + 50 * np.sin((x + 3 * number) / 7) + 30 * np.cos((y + 2 * number) / 5)
    waves[:, : width // 4] *= 0.3
    return np.repeat(waves[..., None], 3, axis=2).astype(np.uint8)


def encode(
    path: Path,
    images: Sequence[np.ndarray] | None = None,
    codec: str = 'libx264',
    pix_fmt: str = 'yuv420p',
    ticks: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Write frames, 25 a second, in any codec and container that libav has."""
    images = [draw(i) for i in range(FRAMES)] if images is None else images
    quick = {'libsvtav1': {'preset': '12'}, 'libvpx-vp9': {'cpu-used': '8', 'g': '8'}}
    with av.open(str(path), 'w', options=container_options or {}) as container:
        options = {'threads': '1', **quick.get(codec, {'g': '8'}), **(options or {})}
        stream = container.add_stream(codec, rate=25, options=options)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, 25)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format='rgb24')
            frame.pts = number if ticks is None else ticks[number]
            frame.time_base = Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _sound(path: Path, codec: str = 'aac') -> None:
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec, rate=48000, layout='mono')
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), 'fltp', 'mono')
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _cover(path: Path) -> None:
    """Sound with a picture, as music files have it."""
    with av.open(str(path), 'w') as container:
        sound = container.add_stream('aac', rate=48000, layout='mono')
        cover = container.add_stream('png')
        cover.height, cover.width, cover.pix_fmt = HEIGHT, WIDTH, 'rgb24'
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), 'fltp', 'mono')
        frame.sample_rate = 48000
        container.mux(cover.encode(av.VideoFrame.from_ndarray(draw(0), format='rgb24')))
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))


def _subtitles(path: Path) -> None:
    path.write_text('1\n00:00:00,000 --> 00:00:01,000\nNo picture here.\n')


def _cut(path: Path, share: float, **container_options: str) -> None:
    encode(path, container_options=container_options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def _filtered(path: Path, name: str) -> None:
    """Copy a video through a filter of its stream, such as one that turns the picture."""
    plain = encode(path.with_name(f'plain_{path.name}'))
    with av.open(str(plain)) as source, av.open(str(path), 'w') as target:
        stream = source.streams.video[0]
        change = BitStreamFilterContext(name, stream)
        copied = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            for changed in change.filter(packet if packet.size else None):
                changed.stream = copied
                target.mux(changed)
    plain.unlink()


def _turned(path: Path) -> None:
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=25, options={'threads': '1'})
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, 'yuv420p'
        stream.set_display_rotation(90)
        for i in range(FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(draw(i), format='rgb24')))
        container.mux(stream.encode(None))


def _wrong_duration(path: Path) -> None:
    """A header that promises 13 hours: of the file, the track and its media."""
    content = bytearray(encode(path).read_bytes())
    for box, place in ((b'mvhd', 20), (b'tkhd', 24), (b'mdhd', 20)):
        start = content.index(box) + place
        content[start : start + 4] = pack('>I', 2**31 - 1)
    path.write_bytes(content)


def _corrupt_middle(path: Path, codec: str = 'libx264', fill: int | None = 0) -> None:
    """Bytes of the pictures themselves, in the second third, are other ones; headers stay."""
    encode(path, codec=codec)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    content, rng = bytearray(path.read_bytes()), np.random.default_rng(0)
    for packet in packets[len(packets) // 3 : 2 * len(packets) // 3]:
        size = packet.size - 8
        content[packet.pos + 8 : packet.pos + 8 + size] = (
            rng.bytes(size) if fill is None else bytes([fill]) * size
        )
    path.write_bytes(content)


def _changing_size(path: Path) -> None:
    """A stream whose picture shrinks half way, as of a broadcast."""
    large = encode(path.with_name('large.h264')).read_bytes()
    small = encode(path.with_name('small.h264'), [draw(i, 32, 48) for i in range(8)]).read_bytes()
    path.write_bytes(large + small)


def _vp8_bomb(path: Path) -> None:
    """1.5 kB whose pictures, by the codec's own header, have 16383 x 16383 pixels."""
    content = bytearray(encode(path, codec='libvpx').read_bytes())
    header_of_frame = 32 + 12
    assert content[header_of_frame + 3 : header_of_frame + 6] == b'\x9d\x01\x2a'
    for start in (12, header_of_frame + 6):  # of the file, of the first picture
        content[start : start + 4] = pack('<HH', 16383, 16383)
    path.write_bytes(content)


def _text(path: Path) -> None:
    path.write_text('no video here\n' * 99)


def _playlist(path: Path, text: str) -> None:
    """A text that names another video beside it."""
    other = path.with_name(f'other_{path.stem}.ts')
    encode(other)
    path.write_text(text.format(other.name))


def _promise(path: Path, name: bytes, values: dict[int, int], **container_options: str) -> None:
    """A small file whose table promises what is not there: 32-bit values by their place."""
    content = bytearray(encode(path, container_options=container_options).read_bytes())
    start = content.index(name) + 4
    for place, value in values.items():
        content[start + place : start + place + 4] = pack('>I', value)
    path.write_bytes(content)


def _long_sound(path: Path) -> None:
    """An index with a gigabyte of sound in it, which libav cuts into a million pieces."""
    content = encode(path, codec='mpeg4').read_bytes()
    place = content.rindex(b'idx1') + 8
    entry = pack('<4s3I', b'01wb', 16, 4, 2**29 - 1)
    path.write_bytes(content[: place + 16] + entry + content[place + 32 :])


def _other_file(path: Path) -> None:
    """Pictures that lie in another file, by a Macintosh alias, as of editing programs."""
    content = bytearray(encode(path).read_bytes())
    other = os.fsencode(encode(path.with_name('pictures.mp4')))
    start = content.index(b'url ') - 4
    alias = bytes(4 + 150) + pack('>HH', 2, len(other)) + other + bytes(len(other) % 2)
    alias += pack('>HH', 0xFFFF, 0)
    content[start : start + 12] = pack('>I4s', 8 + len(alias), b'alis') + alias
    for box in (b'moov', b'trak', b'mdia', b'minf', b'dinf', b'dref'):
        place = content.index(box) - 4
        size = int.from_bytes(content[place : place + 4], 'big') + len(alias) - 4
        content[place : place + 4] = pack('>I', size)
    path.write_bytes(content)


DAMAGED = 'Invalid data|cannot be decoded'
NO_VIDEO = 'not a kind of video file that is read|Invalid data'
PROMISES = 'promises 1[\\d,]+ (entries|samples)'
FRAGMENTED = {'movflags': 'frag_keyframe+empty_moov'}
MANY = 10**8
BAD_VIDEOS: dict[str, tuple[Callable[[Path], object], Outcome]] = {
    # Nothing to see: named and skipped.
    'zero_length.mp4': (lambda path: path.write_bytes(b''), 'Invalid data'),
    'zeros.mp4': (lambda path: path.write_bytes(bytes(5000)), 'Invalid data'),
    'text.mp4': (_text, 'Invalid data'),
    'no_index.mp4': (lambda path: _cut(path, 0.6), 'Invalid data'),
    'sound.mp4': (_sound, 'holds no video stream'),
    'sound.wav': (lambda path: _sound(path, 'pcm_f32le'), NO_VIDEO),
    'cover.mp4': (_cover, 'holds no video stream'),
    'subtitles.srt': (_subtitles, NO_VIDEO),
    # Texts that libav draws, or that make it read other files.
    'text.txt': (_text, NO_VIDEO),
    'text.nfo': (_text, NO_VIDEO),
    'list.mp4': (lambda path: _playlist(path, 'ffconcat version 1.0\nfile {}\n'), NO_VIDEO),
    'list.ffconcat': (lambda path: _playlist(path, 'ffconcat version 1.0\nfile {}\n'), NO_VIDEO),
    'live.m3u8': (
        lambda path: _playlist(path, '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n'),
        NO_VIDEO,
    ),
    'live.mp4': (
        lambda path: _playlist(path, '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n'),
        NO_VIDEO,
    ),
    'photo.jpg': (lambda path: Image.fromarray(draw(0)).save(path), NO_VIDEO),
    'photo.mp4': (lambda path: Image.fromarray(draw(0)).save(path, 'PNG'), NO_VIDEO),
    'elsewhere.mp4': (_other_file, 'holds no frame'),
    # Tables that promise more than the file holds.
    'trun.mp4': (lambda path: _promise(path, b'trun', {0: 0, 4: MANY}, **FRAGMENTED), PROMISES),
    'trun_table.mp4': (lambda path: _promise(path, b'trun', {4: MANY}, **FRAGMENTED), PROMISES),
    'stsz.mp4': (lambda path: _promise(path, b'stsz', {4: 1, 8: MANY}), PROMISES),
    'stsz_table.mp4': (lambda path: _promise(path, b'stsz', {8: MANY}), PROMISES),
    'stsc.mp4': (lambda path: _promise(path, b'stsc', {12: MANY}), PROMISES),
    'ctts.mp4': (lambda path: _promise(path, b'ctts', {8: MANY}), PROMISES),
    'stts_table.mp4': (lambda path: _promise(path, b'stts', {4: MANY}), PROMISES),
    'elst_table.mp4': (lambda path: _promise(path, b'elst', {4: MANY}), PROMISES),
    'sound.avi': (_long_sound, 'promises 536,[\\d,]+ bytes'),
    'bomb.ivf': (_vp8_bomb, 'more than 33,554,432 pixels a frame'),
    # Cut off: what is there is used.
    'cut.mkv': (lambda path: _cut(path, 0.7), range(5, FRAMES)),
    'cut.ts': (lambda path: _cut(path, 0.7), range(5, FRAMES)),
    'cut_fragments.mp4': (
        lambda path: _cut(path, 0.7, movflags='frag_keyframe+empty_moov'),
        range(5, FRAMES),
    ),
    'cut_data.mp4': (lambda path: _cut(path, 0.8, movflags='faststart'), range(5, FRAMES)),
    # Unusual, but whole: every frame is used.
    'one_frame.mp4': (lambda path: encode(path, [draw(0)]), 1),
    'one_pixel.mp4': (
        lambda path: encode(path, [draw(i, 1, 1) for i in range(5)], pix_fmt='yuv444p'),
        5,
    ),
    'one_pixel.webm': (
        lambda path: encode(path, [draw(i, 1, 1) for i in range(5)], 'libvpx-vp9'),
        5,
    ),
    'odd_size.webm': (
        lambda path: encode(path, [draw(i, 33, 17) for i in range(FRAMES)], 'libvpx-vp9'),
        FRAMES,
    ),
    'odd_size.mp4': (
        lambda path: encode(path, [draw(i, 17, 33) for i in range(FRAMES)], pix_fmt='yuv444p'),
        FRAMES,
    ),
    'turned_by_matrix.mp4': (_turned, FRAMES),
    'turned_by_metadata.h264': (
        lambda path: _filtered(path, 'h264_metadata=display_orientation=insert:rotate=90'),
        FRAMES,
    ),
    'variable_rate.mp4': (
        lambda path: encode(path, ticks=[i * i + i for i in range(FRAMES)]),
        FRAMES,
    ),
    'variable_rate.mkv': (
        lambda path: encode(path, ticks=[i * i + i for i in range(FRAMES)]),
        FRAMES,
    ),
    'wrong_duration.mp4': (_wrong_duration, FRAMES),
    'av1.mp4': (lambda path: encode(path, codec='libsvtav1'), FRAMES),
    'av1.webm': (lambda path: encode(path, codec='libsvtav1'), FRAMES),
    'vp9.webm': (lambda path: encode(path, codec='libvpx-vp9'), FRAMES),
    'ten_bit.mp4': (lambda path: encode(path, pix_fmt='yuv420p10le'), FRAMES),
    'ten_bit_hevc.mp4': (
        lambda path: encode(
            path,
            codec='libx265',
            pix_fmt='yuv420p10le',
            options={'preset': 'ultrafast', 'x265-params': 'log-level=none'},
        ),
        FRAMES,
    ),
    'ten_bit_prores.mov': (
        lambda path: encode(path, codec='prores_ks', pix_fmt='yuv422p10le'),
        FRAMES,
    ),
    'grey.mkv': (lambda path: encode(path, codec='ffv1', pix_fmt='gray'), FRAMES),
    'animation.gif': (lambda path: encode(path, codec='gif', pix_fmt='rgb8'), FRAMES),
    # Damaged inside: the frames that decode are used, one that does not is named.
    'corrupt_middle.mp4': (_corrupt_middle, DAMAGED),
    'corrupt_middle.mkv': (lambda path: _corrupt_middle(path, fill=None), DAMAGED),
    'corrupt_vp9.webm': (lambda path: _corrupt_middle(path, 'libvpx-vp9', None), DAMAGED),
    'corrupt_mpeg4.avi': (lambda path: _corrupt_middle(path, 'mpeg4', None), DAMAGED),
    'changing_size.h264': (_changing_size, 'differ in size'),
}

#: What bytes are changed in at random: codecs and containers of most videos there are.
FLIPPED = {
    'flip.mp4': {},
    'flip.mkv': {},
    'flip.ts': {},
    'flip_hevc.mp4': {'codec': 'libx265', 'options': {'x265-params': 'log-level=none'}},
    'flip_vp9.webm': {'codec': 'libvpx-vp9'},
    'flip_av1.mp4': {'codec': 'libsvtav1'},
    'flip_mpeg4.avi': {'codec': 'mpeg4'},
    'flip.gif': {'codec': 'gif', 'pix_fmt': 'rgb8'},
}


def encoder_of(name: str) -> str:
    """The encoder that a video of the corpus needs beside libx264, or ''."""
    marks = {'av1': 'libsvtav1', 'vp9': 'libvpx-vp9', 'hevc': 'libx265', 'webm': 'libvpx-vp9'}
    return next((codec for mark, codec in marks.items() if mark in name), '')


def write_corpus(folder: Path) -> dict[str, Outcome]:
    """Write the videos that this libav has encoders for; gives what must become of each."""
    outcomes = {}
    for name, (make, outcome) in BAD_VIDEOS.items():
        if encoder_of(name) in {'', *av.codecs_available}:
            make(folder / name)
            outcomes[name] = outcome
    return outcomes


def write_flipped(folder: Path, count: int, seed: int = 0) -> list[Path]:
    """Write videos of which 1 to 30 bytes, anywhere in the file, are changed at random."""
    rng = np.random.default_rng(seed)
    whole = [
        encode(folder / name, **how)
        for name, how in FLIPPED.items()
        if encoder_of(name) in {'', *av.codecs_available}
    ]
    paths = []
    for number in range(count):
        source = whole[number % len(whole)]
        content = np.frombuffer(source.read_bytes(), np.uint8).copy()
        places = rng.integers(0, len(content), rng.integers(1, 31))
        content[places] ^= rng.integers(1, 256, len(places)).astype(np.uint8)
        path = folder / f'{number:04d}_{source.name}'
        path.write_bytes(content.tobytes())
        paths.append(path)
    return paths
