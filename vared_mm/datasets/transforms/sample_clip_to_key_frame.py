"""The clip whose last frame is the one to look at."""

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class SampleClipToKeyFrame(BaseTransform):
    """Choose the frames of a clip that ends at the key frame.

    Before the first frame of a video the first one is repeated; in place of one that is missing
    stands the nearest before it.

    Required keys: frame, frame_numbers (those that there are, in order).
    Added keys: frame_inds, clip_len, frame_interval, num_clips.

    Args:
        clip_len: number of frames.
        frame_interval: steps between them; of several, one is drawn at random.
    """

    def __init__(self, clip_len: int, frame_interval: int | Sequence[int] = 1) -> None:
        self.clip_len = clip_len
        self.frame_interval = frame_interval

    def transform(self, results: dict) -> dict:
        """Choose the frames."""
        step = int(np.random.choice(self.frame_interval)) if self._many() else self.frame_interval
        wanted = results['frame'] - step * np.arange(self.clip_len)[::-1]
        there = results['frame_numbers']
        places = np.searchsorted(there, wanted, side='right') - 1
        results['frame_inds'] = there[places.clip(min=0)]
        results.update(clip_len=self.clip_len, frame_interval=step, num_clips=1)
        return results

    def _many(self) -> bool:
        return not isinstance(self.frame_interval, int)

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(clip_len={self.clip_len}, '
            f'frame_interval={self.frame_interval})'
        )
