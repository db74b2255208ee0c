"""The last frames of a stream, as the clip that ends at the newest."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope

from vared_mm.datasets.loaders import loader_pipeline

#: What opens and reads a video, in whose place the stream stands.
_READING = ('vared_mm.PyAVOpen', 'vared_mm.CachedOpen', 'vared_mm.PyAVRead', 'vared_mm.ReadFrames')
#: What is done with each frame by itself, so once, however many clips it is in.
_OF_FRAMES = ('Resize', 'CenterCrop')
_OF_CLIPS = ('FormatShape', 'PackActionInputs')


class ClipWindow:
    """Makes the samples of a config's validation pipeline out of frames that come one by one.

    A clip ends at the newest frame; where one was dropped, the nearest before it stands in its
    place, and before the first frame the first one, as for localization.

    Args:
        cfg: of a recognizer of clips or of a detector.

    Raises:
        ValueError: if its pipeline samples frames over a whole video, which a stream has not, or
            has a step of another kind than those that are known to work frame by frame.
    """

    def __init__(self, cfg: Config) -> None:
        init_default_scope(cfg.get('default_scope', 'mmaction'))
        steps = loader_pipeline(cfg, 'val')
        place = f'{cfg.filename}: key val_dataloader.dataset.pipeline'
        sampling = [s for s in steps if 'clip_len' in s]
        if len(sampling) != 1 or sampling[0].get('num_clips', 1) != 1:
            raise ValueError(f'{place} samples frames over a whole video, which a stream has not')
        self.clip_len = sampling[0]['clip_len']
        self.interval = sampling[0].get('frame_interval', 1)
        if not isinstance(self.interval, int):
            raise ValueError(f'{place} draws its frame_interval; give it one number')
        known = (*_READING, *_OF_FRAMES, *_OF_CLIPS, sampling[0]['type'])
        if unknown := [s['type'] for s in steps if s['type'] not in known]:
            raise ValueError(f'{place}: step {unknown[0]} can not run on a stream')
        shrunk = [
            {'type': 'Resize', 'scale': (-1, s['short_side'])} for s in steps if 'short_side' in s
        ]
        self._of_frames = Compose([*shrunk, *(s for s in steps if s['type'] in _OF_FRAMES)])
        self._of_clips = Compose([s for s in steps if s['type'] in _OF_CLIPS])
        self._held: deque[tuple[int, np.ndarray]] = deque()
        self._shapes: dict[str, Any] = {}

    @property
    def span(self) -> int:
        """Frames from a clip's first to its last."""
        return (self.clip_len - 1) * self.interval + 1

    def add(self, number: int, image: np.ndarray) -> None:
        """Take a frame in, and let go of those that no later clip needs.

        Args:
            number: of the frame, rising.
            image: uint8 (H, W, 3).
        """
        size = image.shape[:2]
        results = {'imgs': [image], 'img_shape': size, 'original_shape': size, 'modality': 'RGB'}
        results = self._of_frames({**results, 'num_clips': 1, 'clip_len': self.clip_len})
        (small,) = results.pop('imgs')
        self._shapes = results
        self._held.append((number, small))
        while len(self._held) > 1 and self._held[1][0] <= number - self.span + 1:
            self._held.popleft()

    def sample(self) -> dict[str, Any]:
        """The clip that ends at the newest frame, as a data loader gives it."""
        newest = self._held[-1][0]
        wanted = newest - self.interval * np.arange(self.clip_len)[::-1]
        frames = [image.copy() for image in self._nearest(wanted)]
        clip = {'imgs': frames, 'frame_interval': self.interval, 'frame_inds': wanted.clip(min=0)}
        sample: dict[str, Any] = self._of_clips({**self._shapes, **clip})
        return sample

    def _nearest(self, wanted: Sequence[int]) -> list[np.ndarray]:
        numbers = [number for number, _ in self._held]
        places = np.searchsorted(numbers, wanted, side='right') - 1
        return [self._held[place][1] for place in places.clip(min=0)]
