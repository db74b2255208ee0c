"""The compressed half of a video file: its packets, when each is shown, its decoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

import av

from vared_mm.datasets.containers import open_video
from vared_mm.datasets.decoding_limits import DecodingLimits, VideoError

#: Formats that store when each frame is shown. Others store decoding times at most, and what
#: libav guesses from those can be wrong (AVI with packed B-frames).
_TIMED_FORMATS = ('mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm')


@dataclass
class VideoPackets:
    """What was read of a video file.

    Args:
        decoder: of its video stream.
        packets: of that stream, in decoding order.
        times: when each frame is shown, in showing order; None if the file can't be trusted there.
        time_base: seconds of a unit of time.
        rate: frames per second that the header promises; None if it does not.
    """

    decoder: av.VideoCodecContext
    packets: list[av.Packet]
    times: list[int] | None
    time_base: Fraction
    rate: Fraction | None


def read_packets(path: str, threads: int, limits: DecodingLimits) -> VideoPackets:
    """Read a video file into memory, and close it.

    Args:
        path: of the file.
        threads: of the decoder.
        limits: beyond which it is refused.

    Raises:
        VideoError: if the file is missing, is no video or goes beyond a limit.
    """
    start = monotonic()
    with open_video(path, limits) as container:
        stream = _video_stream(container, path)
        # Everything that belongs to the container must be read before it is closed.
        decoder, rate, time_base = stream.codec_context, stream.average_rate, stream.time_base
        limits.require(path, 'pixels', decoder.width * decoder.height)
        decoder.options = {'max_pixels': str(limits.pixels)}
        decoder.thread_count = threads
        if threads > 1:
            decoder.thread_type = 'AUTO'
        packets, size = [], 0
        for packet in container.demux(stream):
            limits.require(path, 'seconds', monotonic() - start)
            if packet.size:
                packets.append(packet)
                size += packet.size
                limits.require(path, 'frames', len(packets))
                limits.require(path, 'bytes', size)
        timed = container.format.name in _TIMED_FORMATS
    while packets and packets[-1].is_corrupt:  # where the file was cut off
        packets.pop()
    times = _presentation_times(packets, timed, decoder.has_b_frames)
    return VideoPackets(decoder, packets, times, time_base, rate)


def _video_stream(container: av.container.InputContainer, path: str) -> av.VideoStream:
    stream = container.streams.best('video')
    if stream is None or stream.disposition & av.stream.Disposition.attached_pic:
        raise VideoError(f'{path}: holds no video stream')
    if stream.codec_context is None:
        raise VideoError(f'{path}: no decoder for its video stream')
    return stream


def _presentation_times(
    packets: Sequence[av.Packet], timed: bool, reordered: bool
) -> list[int] | None:
    """List the time stamps of all frames in showing order; None if there is no trusting them.

    Frames that hang on a key frame before the first one, and those that an edit list hides,
    are never shown.
    """
    if any(packet.pts is None for packet in packets):
        return None
    # Without reordering, even a format without time stamps shows one frame after the other.
    if not timed and (reordered or any(packet.pts != packet.dts for packet in packets)):
        return None
    first = next((packet.pts for packet in packets if packet.is_keyframe), None)
    if first is None:
        return None
    shown = [packet.pts for packet in packets if packet.pts >= first and not packet.is_discard]
    return sorted(shown) if len(set(shown)) == len(shown) else None
