"""Looking into video files, once each."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import av

from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.datasets.preparation.parallel import run_parallel


@dataclass(frozen=True)
class Probe:
    """What a look into a video file found.

    Args:
        size: of the file, bytes.
        changed: when the file was last changed, nanoseconds.
        frames: of the video; 0 if it cannot be read.
        fps: mean frame rate.
        verified: every frame was decoded, not the first only.
        error: why it cannot be read; empty if it can.
    """

    size: int = 0
    changed: int = 0
    frames: int = 0
    fps: float = 0.0
    verified: bool = False
    error: str = ''


def probe_video(path: Path, verify: bool = False) -> Probe:
    """Count the frames of a video and decode the first, or all of them.

    Args:
        path: of the file.
        verify: decode all.
    """
    try:
        status = os.stat(path)
        video = EncodedVideo(str(path))
        if verify:
            video.verify()
        else:
            video.read([0])
    except (ValueError, OSError, av.FFmpegError) as error:
        reason = getattr(error, 'strerror', None) or str(error).removeprefix(f'{path}: ')
        return Probe(error=reason or type(error).__name__)
    return Probe(status.st_size, status.st_mtime_ns, len(video), round(video.fps, 3), verify)


class ProbeCache:
    """Probes of good files, kept in a file with one JSON line each, written as they are made.

    So a run that was stopped goes on where it was. A file is probed anew if it has changed since,
    if more of it shall be decoded than before, or if it was bad.

    Args:
        path: of the cache.
        root: folder of the videos; the cache holds paths relative to it.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self.path, self.root = path, root
        self._probes: dict[str, Probe] = {}
        if path.is_file():
            for line in path.read_text(encoding='utf-8', errors='replace').splitlines():
                self._load(line)

    def _load(self, line: str) -> None:
        try:
            file, values = json.loads(line)
            self._probes[file] = Probe(**values)
        except (ValueError, TypeError):
            pass  # the last line of a run that was killed while it wrote

    def probe(self, files: Sequence[Path], workers: int, verify: bool = False) -> dict[Path, Probe]:
        """Probe files, with a progress bar.

        Args:
            files: below the root.
            workers: threads.
            verify: decode every frame.
        """
        known = {file: self._lookup(file, verify) for file in files}
        unknown = [file for file, probe in known.items() if probe is None]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open('a', encoding='utf-8') as cache:
            probes = run_parallel(partial(probe_video, verify=verify), unknown, workers)
            for file, probe in zip(unknown, probes, strict=True):
                known[file] = probe
                if not probe.error:
                    # A line is closed first: the one before it may have been cut short.
                    cache.write('\n' + json.dumps([self._key(file), asdict(probe)]))
                    cache.flush()
        return known

    def _key(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()

    def _lookup(self, file: Path, verify: bool) -> Probe | None:
        probe = self._probes.get(self._key(file))
        # A link whose file is gone is found, but it is not there.
        if probe is None or (verify and not probe.verified) or not file.exists():
            return None
        status = os.stat(file)
        same = (status.st_size, status.st_mtime_ns) == (probe.size, probe.changed)
        return probe if same else None
