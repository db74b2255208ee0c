"""The tables of MP4 and MOV files, held to the size of the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from time import monotonic

import numpy as np

from vared_mm.datasets.decoding_limits import DecodingLimits, VideoError

#: Types of the first box of a file, by which it is told from other formats.
MP4_BEGINNINGS = (
    b'ftyp', b'moov', b'mdat', b'free', b'skip', b'wide', b'pnot', b'udta', b'styp', b'moof',
    b'sidx', b'uuid', b'junk', b'pict', b'prfl', b'emsg', b'ssix', b'meta',
)  # fmt: skip
_HOLDS_BOXES = (
    b'moov', b'trak', b'mdia', b'minf', b'stbl', b'edts', b'mvex', b'moof', b'traf', b'mfra',
    b'udta', b'meta', b'dinf', b'tref', b'sinf', b'schi', b'wave', b'gmhd', b'hoov', b'strk',
)  # fmt: skip
#: Where a table holds its number of entries, and the least bytes of an entry.
_TABLES = {
    b'stts': (4, 8), b'ctts': (4, 8), b'stsc': (4, 12), b'stco': (4, 4), b'co64': (4, 8),
    b'stss': (4, 4), b'stps': (4, 4), b'elst': (4, 12), b'sbgp': (8, 8), b'sgpd': (8, 0),
    b'stsz': (8, 4), b'stz2': (8, 0.5), b'trun': (4, 0), b'tfra': (12, 11), b'sidx': (22, 12),
    b'saiz': (5, 0), b'saio': (4, 4), b'senc': (4, 0),
}  # fmt: skip
#: Entries that a byte of the file may stand for where no table lists them: old codecs of sound
#: have up to six samples a byte, and an edit may show a part of the video again.
_SHARE = 8


@dataclass
class _Box:
    kind: bytes
    start: int
    end: int

    def read(self, file: BufferedReader, place: int, count: int) -> bytes:
        """Bytes of what the box holds; zeros stand for those beyond its end."""
        file.seek(self.start + place)
        return file.read(max(min(count, self.end - self.start - place), 0)).ljust(count, b'\0')

    def number(self, file: BufferedReader, place: int, count: int = 4) -> int:
        return int.from_bytes(self.read(file, place, count), 'big')

    def table(self, file: BufferedReader, columns: int) -> np.ndarray:
        """Shape (entries, columns), of a table of 32 bits a value."""
        entries = min(self.number(file, 4), (self.end - self.start - 8) // (4 * columns))
        content = self.read(file, 8, 4 * columns * entries)
        return np.frombuffer(content, '>u4').reshape(entries, columns).astype(np.int64)


class _Checker:
    def __init__(self, file: BufferedReader, path: str, limits: DecodingLimits) -> None:
        self.file, self.path, self.limits = file, path, limits
        self.size = file.seek(0, 2)
        self.late = monotonic() + limits.seconds
        self.tracks, self.fragments, self.samples = 0, 0, 0
        self.entries: dict[bytes, int] = {}
        self.chunks = np.zeros((0, 3), np.int64)

    def check(self) -> None:
        """Visit every box; raise a VideoError where a table promises more than there is."""
        self._visit(_Box(b'', 0, self.size), 0)
        self._end_track()
        self._require('fragments', self.tracks * self.fragments, self.size)
        # What libav keeps of a sample is some 48 bytes.
        self.limits.require(self.path, 'bytes', 48 * self.samples)

    def _require(self, what: str, promised: int, held: float) -> None:
        if promised > held:
            raise VideoError(f'{self.path}: promises {promised:,} {what}, more than it can hold')

    def _boxes(self, parent: _Box) -> Iterator[_Box]:
        place = parent.start
        while place + 8 <= parent.end:
            if monotonic() > self.late:
                self.limits.refuse(self.path, 'seconds')
            self.file.seek(place)
            header = self.file.read(16).ljust(16, b'\0')
            size, kind, skip = int.from_bytes(header[:4], 'big'), header[4:8], 8
            if size == 1:
                size, skip = int.from_bytes(header[8:], 'big'), 16
            end = parent.end if size == 0 else min(place + size, parent.end)
            if end < place + skip:
                return
            yield _Box(kind, place + skip, end)
            place = end

    def _visit(self, parent: _Box, depth: int) -> None:
        for box in self._boxes(parent):
            if box.kind == b'trak':
                self._end_track()
                self.tracks += 1
            self.fragments += box.kind == b'moof'
            inner = box
            if box.kind == b'free' and box.read(self.file, 4, 4) in (b'mvhd', b'cmov'):
                inner = _Box(b'moov', box.start, box.end)
            elif box.kind == b'meta' and box.read(self.file, 4, 4) != b'hdlr':
                inner = _Box(b'meta', box.start + 4, box.end)
            if inner.kind in _HOLDS_BOXES and depth < 12:
                self._visit(inner, depth + 1)
            elif box.kind == b'cmov':
                raise VideoError(f'{self.path}: has a compressed header, which is not read')
            elif box.kind == b'stsd':
                self._check_hidden(box)
            elif box.kind in _TABLES:
                self._check_table(box)

    def _check_hidden(self, box: _Box) -> None:
        """A description of samples has no tables, but libav would read them there."""
        content = box.read(self.file, 0, box.end - box.start)
        if any(name in content for name in _TABLES):
            raise VideoError(f'{self.path}: has a table in the description of its samples')

    def _check_table(self, box: _Box) -> None:
        place, width = _TABLES[box.kind]
        version, flags = box.number(self.file, 0, 1), box.number(self.file, 1, 3)
        if box.kind == b'elst' and version == 1:
            width = 20
        elif box.kind == b'trun':
            width = 4 * (flags & 0xF00).bit_count()
        elif box.kind == b'stsz' and box.number(self.file, 4):
            width = 0
        elif box.kind == b'sgpd' or (box.kind == b'sbgp' and version == 1):
            place += 4 * min(version, 2)
        elif box.kind == b'sidx' and version or box.kind in (b'saiz', b'saio') and flags & 1:
            place += 8
        count = box.number(self.file, place, 2 if box.kind == b'sidx' else 4)
        name = box.kind.decode()
        self._require(f'entries ({name})', count, (box.end - box.start) / width if width else 1e99)
        self.entries[box.kind] = self.entries.get(box.kind, 0) + count
        if box.kind == b'stsz':
            self._require('samples', count, self.size if width else _SHARE * self.size)
        elif box.kind in (b'trun', b'sgpd', b'saiz', b'senc'):
            self._require('samples', self.entries[box.kind], self.size)
        elif box.kind in (b'ctts', b'sbgp'):
            counts = box.table(self.file, 2) if box.kind == b'ctts' else self._groups(box, place)
            self._require(f'samples ({name})', int(counts[:, 0].sum()), _SHARE * self.size)
        elif box.kind == b'stsc':
            self.chunks = np.concatenate([self.chunks, box.table(self.file, 3)])
        elif box.kind in (b'sidx', b'tfra'):
            self.fragments += count

    def _groups(self, box: _Box, place: int) -> np.ndarray:
        return _Box(box.kind, box.start + place - 4, box.end).table(self.file, 2)

    def _end_track(self) -> None:
        """Hold the tables of a track to each other."""
        count = self.entries.pop
        samples = count(b'stsz', 0) + count(b'stz2', 0)
        shown = samples * max(count(b'elst', 0), 1)
        self._require('samples, by its edits', shown, _SHARE * self.size)
        ends = count(b'stco', 0) + count(b'co64', 0)
        first, each = self.chunks[:, 0] - 1, self.chunks[:, 1]
        lasts = np.maximum(np.append(first[1:], ends), first)
        in_chunks = sum(n * c for n, c in zip(each.tolist(), (lasts - first).tolist(), strict=True))
        self._require('samples, in chunks', in_chunks, _SHARE * self.size)
        self.samples += shown
        self.chunks = self.chunks[:0]


def check_mp4(file: BufferedReader, path: str, limits: DecodingLimits) -> None:
    """Refuse an MP4 or MOV file whose tables promise more than a file of its size can hold.

    libav makes room for every sample that a header speaks of, and a header of a few bytes may speak
    of billions. Boxes are looked through as libav does, without the pictures.

    Args:
        file: open for reading; left at any place.
        path: for the error.
        limits: ``bytes`` of what libav would keep, and ``seconds`` for the look.

    Raises:
        VideoError: saying what is promised.
    """
    _Checker(file, path, limits).check()
