"""Decode video files in a process of its own, again and again, and tell what became of it as JSON.

``python decode_files.py ROUNDS FILE...``: a crash of the decoder ends this process, not the test's.
"""

import gc
import json
import os
import sys
from pathlib import Path
from time import monotonic

from vared_mm.datasets import EncodedVideo, VideoError


def decode(path: str) -> str:
    """Read first, middle and last frame and all of them; '' or the error."""
    try:
        video = EncodedVideo(path)
        video.read([0, len(video) // 2, len(video) - 1])
        video.verify()
    except VideoError as error:
        return str(error)
    return ''


def main() -> None:
    """Decode, and watch memory and open files from the end of the first quarter on."""
    rounds, paths = int(sys.argv[1]), sys.argv[2:]
    longest, decodes, memory, files = 0.0, 0, [], []
    for turn in range(rounds):
        found = {}
        for path in paths:
            start = monotonic()
            found[path] = decode(path)
            longest = max(longest, monotonic() - start)
            decodes += 1
        if turn >= rounds // 4:
            gc.collect()
            pages = int(Path('/proc/self/statm').read_text().split()[1])
            memory.append(pages * os.sysconf('SC_PAGESIZE'))
            files.append(len(os.listdir('/proc/self/fd')))
    json.dump(
        {
            'found': found,
            'decodes': decodes,
            'longest': longest,
            'memory': memory,
            'files': files,
        },
        sys.stdout,
    )


if __name__ == '__main__':
    main()
