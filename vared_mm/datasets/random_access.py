"""Packets of a video where decoding may start and gives what it gives from the first packet on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import av

#: Types of NAL units: parameter sets; pictures that need no other.
_H264_SETS, _H264_IDR, _H264_SEI = (7, 8), 5, 6
_HEVC_SETS, _HEVC_IRAP = (32, 33, 34), range(16, 22)
_RECOVERY_POINT = 6


@dataclass(frozen=True)
class RandomAccess:
    """Where the decoding of a video may start.

    Args:
        points: numbers of packets, rising; the first packet is always one.
        bare: those of them that hold no parameters of the decoder, but rely on the file's header.
        replaced: the first packet that replaces the header's parameters; None if there is none.
    """

    points: list[int]
    bare: set[int]
    replaced: int | None = None

    def is_spoiled(self, start: int, reached: int) -> bool:
        """Whether a decoder that got the packets up to one can no longer start at another."""
        return self.replaced is not None and start in self.bare and start < self.replaced <= reached


def find_random_access(packets: Sequence[av.Packet], decoder: av.VideoCodecContext) -> RandomAccess:
    """Find the packets from which decoding is exact.

    Told from the pictures' own headers, as containers mark what is none, or mark nothing. Of codecs
    whose headers are not read here, there is only the first. A packet after others that hold
    parameters of the decoder (which it keeps) is one only if it repeats them.

    Args:
        packets: in decoding order.
        decoder: of them.
    """
    if decoder.codec.intra_only:
        return RandomAccess(list(range(len(packets))), set())
    look = _LOOKS.get(decoder.codec.canonical_name)
    if look is None:
        return RandomAccess([0], set())
    known, points, bare, seen = decoder.extradata or b'', [0], set[int](), set[bytes]()
    replaced = None
    for number, packet in enumerate(packets):
        opens, sets = look(memoryview(packet).tobytes(), known)
        here = {one for one in sets if one not in known}
        if number and opens and seen <= here:
            points.append(number)
        if not sets:
            bare.add(number)
        if replaced is None and here - seen:
            replaced = number
        seen |= here
    return RandomAccess(points, bare.intersection(points), replaced)


def _h264(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    opens, sets = False, []
    for unit in _units(content, known, 4):
        kind = unit[0] & 31
        opens |= kind == _H264_IDR or (kind == _H264_SEI and _recovers_at_once(unit))
        if kind in _H264_SETS:
            sets.append(unit)
    return opens, sets


def _hevc(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    units = [(unit[0] >> 1 & 63, unit) for unit in _units(content, known, 21)]
    opens = any(kind in _HEVC_IRAP for kind, _ in units)
    return opens, [unit for kind, unit in units if kind in _HEVC_SETS]


def _units(content: bytes, known: bytes, place: int) -> Iterator[bytes]:
    """NAL units, by start codes, or by lengths of so many bytes as the decoder's header says."""
    if known[:1] != b'\1' or len(known) <= place:
        # A start code may have four bytes: the zero before it is none of the unit's.
        yield from filter(None, (part.rstrip(b'\0') for part in content.split(b'\0\0\1')[1:]))
        return
    width, start, units = (known[place] & 3) + 1, 0, []
    while start + width < len(content):
        end = start + width + int.from_bytes(content[start : start + width], 'big')
        units.append(content[start + width : end])
        start = end
    if start == len(content):  # else damaged
        yield from filter(None, units)


def _recovers_at_once(unit: bytes) -> bool:
    """Whether a message says that this picture and those shown after it come out exactly."""
    place = 1
    while place + 2 < len(unit):
        values = []
        for _ in range(2):  # type and size, each with 255 for every 255
            value = 0
            while place < len(unit) and unit[place] == 255:
                value, place = value + 255, place + 1
            values.append(value + unit[place] if place < len(unit) else 0)
            place += 1
        kind, size = values
        if kind == _RECOVERY_POINT:
            # One bit each: after no more frames, with an exact match.
            return place < len(unit) and unit[place] & 0xC0 == 0xC0
        place += size
    return False


def _vp8(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    return bool(content) and content[0] & 1 == 0, []


def _vp9(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    # Two bits of a mark, two of the profile (with one more in the last), not a frame that is
    # there already, a key frame.
    first = content[0] if content else 0
    return first & (0xCE if first & 0x30 == 0x30 else 0xCC) == 0x80, []


def _av1(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    """A sequence header, then a key frame that is shown."""
    place, header = 0, False
    while place + 2 < len(content):
        kind, extended, sized = (content[place] >> 3) & 15, content[place] & 4, content[place] & 2
        place += 2 if extended else 1
        size, shift = 0, 0
        while sized and place < len(content):
            byte = content[place]
            size, shift, place = size | (byte & 127) << shift, shift + 7, place + 1
            if byte < 128:
                break
        header |= kind == 1
        if kind in (3, 6):
            return header and place < len(content) and content[place] & 0xF0 == 0x10, []
        place = place + size if sized else len(content)
    return False, []


def _mpeg4(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    parts = content.split(b'\0\0\1')[1:]
    pictures = [part for part in parts if part[:1] == b'\xb6']
    opens = bool(pictures) and len(pictures[0]) > 1 and pictures[0][1] >> 6 == 0
    return opens, [part.rstrip(b'\0') for part in parts if 0x20 <= part[0] < 0x30]


def _mpeg2(content: bytes, known: bytes) -> tuple[bool, list[bytes]]:
    """A sequence header, then a picture of its own."""
    parts = [part for part in content.split(b'\0\0\1')[1:] if part]
    pictures = [part for part in parts if part[0] == 0 and len(part) > 2]
    opens = any(part[0] == 0xB3 for part in parts) and bool(pictures)
    return opens and pictures[0][2] >> 3 & 7 == 1, []


_LOOKS: dict[str, Callable[[bytes, bytes], tuple[bool, list[bytes]]]] = {
    'h264': _h264,
    'hevc': _hevc,
    'vp8': _vp8,
    'vp9': _vp9,
    'av1': _av1,
    'mpeg4': _mpeg4,
    'mpeg1video': _mpeg2,
    'mpeg2video': _mpeg2,
}
