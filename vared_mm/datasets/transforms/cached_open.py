"""First half of reading a video of which the frames are kept on disk."""

import os
from collections.abc import Iterable, Mapping

import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.datasets.decoding_limits import DecodingLimits
from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.datasets.frame_cache import FrameCache
from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class CachedOpen(BaseTransform):
    """Take the place of `PyAVOpen` where the same short clips are read again and again.

    The first time, a video is decoded in whole, made smaller and kept in a folder; from then on its
    frames are mapped into memory, and nothing is decoded. `PyAVRead` follows as ever. With or
    without room in the folder, the frames are the same.

    Required keys: filename (a local path).
    Added keys: video_reader, total_frames, avg_fps.

    Args:
        folder: of the frames; see :class:`vared_mm.datasets.frame_cache.FrameCache`. The variable
            ``VARED_MM_FRAMES`` of the environment, where it is set, names another.
        short_side: of the frames, pixels; None keeps their size.
        gigabytes: that the folder may take.
        limits: as of `PyAVOpen`.

    Raises:
        ValueError: naming a limit that there is not.
        VideoError: naming a file that is missing, no video or beyond a limit.
    """

    def __init__(
        self,
        folder: str = 'data/frames',
        short_side: int | None = None,
        gigabytes: float = 8,
        limits: Mapping[str, float] | None = None,
    ) -> None:
        folder = os.environ.get('VARED_MM_FRAMES') or folder
        self.cache = FrameCache(folder, short_side, int(gigabytes * 1e9))
        self.limits = DecodingLimits.of(limits)

    def transform(self, results: dict) -> dict:
        """Open `results['filename']`."""
        name = results['filename']
        video = self.cache.find(name)
        if video is None:
            encoded = EncodedVideo(name, limits=self.limits)
            video = self.cache.write(name, encoded) or _Resized(encoded, self.cache)
        results.update(video_reader=video, total_frames=len(video), avg_fps=video.fps)
        return results

    def __repr__(self) -> str:
        cache = self.cache
        return f'{self.__class__.__name__}({cache.folder}, short_side={cache.short_side})'


class _Resized:
    """A video that is decoded each time, in the size that the cache would have kept."""

    def __init__(self, video: EncodedVideo, cache: FrameCache) -> None:
        self._video, self._cache = video, cache
        self.fps = video.fps

    def __len__(self) -> int:
        return len(self._video)

    def read(self, numbers: Iterable[int]) -> list[np.ndarray]:
        return [self._cache.resize(frame) for frame in self._video.read(numbers)]
