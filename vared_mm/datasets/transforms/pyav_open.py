"""First half of decoding: how many frames are there?"""

from collections.abc import Mapping

from mmcv.transforms import BaseTransform

from vared_mm.datasets.decoding_limits import DecodingLimits
from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class PyAVOpen(BaseTransform):
    """Read a video file into memory, still compressed, and count its frames exactly.

    Goes before a transform that samples frames; `PyAVRead` follows it. The file is closed when
    this returns, whatever happens later.

    Required keys: filename (a local path).
    Added keys: video_reader, total_frames, avg_fps.

    Args:
        threads: of the decoder. One is best when data loader workers fill the cores.
        limits: of :class:`vared_mm.datasets.DecodingLimits` that shall be others than its own, such
            as ``dict(seconds=10)``.

    Raises:
        ValueError: naming a limit that there is not.
        VideoError: naming a file that is missing, no video or beyond a limit.
    """

    def __init__(self, threads: int = 1, limits: Mapping[str, float] | None = None) -> None:
        self.threads, self.limits = threads, DecodingLimits.of(limits)

    def transform(self, results: dict) -> dict:
        """Open `results['filename']`."""
        video = EncodedVideo(results['filename'], self.threads, self.limits)
        results.update(video_reader=video, total_frames=len(video), avg_fps=video.fps)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(threads={self.threads}, limits={self.limits})'
