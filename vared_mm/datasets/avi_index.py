"""The index of AVI files, held to the file's size before libav fills the memory by it."""

from io import BufferedReader
from time import monotonic

import numpy as np

from vared_mm.datasets.decoding_limits import DecodingLimits, VideoError

#: So many times may an index name the same bytes.
_SHARE = 8


def check_avi(file: BufferedReader, path: str, limits: DecodingLimits) -> None:
    """Refuse an AVI file whose index promises more bytes than the file has.

    libav cuts a long piece of sound into short ones, each with an entry that it keeps.

    Args:
        file: open for reading; left at any place.
        path: for the error.
        limits: ``seconds`` for the look.

    Raises:
        VideoError: saying what is promised.
    """
    size, place, late = file.seek(0, 2), 12, monotonic() + limits.seconds
    while place + 8 <= size:
        if monotonic() > late:
            limits.refuse(path, 'seconds')
        file.seek(place)
        name, length = file.read(4), int.from_bytes(file.read(4), 'little')
        if name == b'idx1':
            content = file.read(min(length, size - place - 8) // 16 * 16)
            promised = int(np.frombuffer(content, '<u4')[3::4].sum(dtype=np.int64))
            if promised > _SHARE * size:
                raise VideoError(f'{path}: promises {promised:,} bytes, more than it can hold')
        place += 8 + length + length % 2
