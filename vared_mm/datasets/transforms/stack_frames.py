"""Neighbouring frames on top of each other, as one image of more channels."""

import numpy as np
from mmcv.transforms import BaseTransform

from vared_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class StackFrames(BaseTransform):
    """Let a model of single frames see motion: every ``count`` frames become one.

    After ``FormatShape(input_format='NCHW')`` of clips of ``clip_len=count``.
    Shapes: (M * count, C, H, W) -> (M, count * C, H, W).

    Args:
        count: frames on top of each other.

    Raises:
        ValueError: in the call, if the frames do not make whole stacks.
    """

    def __init__(self, count: int = 2) -> None:
        self.count = count

    def transform(self, results: dict) -> dict:
        """Stack ``imgs`` and correct ``input_shape``."""
        frames = results['imgs']
        if len(frames) % self.count:
            raise ValueError(f'StackFrames: {len(frames)} frames are no multiple of {self.count}')
        stacked = np.reshape(frames, (len(frames) // self.count, -1, *frames.shape[2:]))
        results.update(imgs=stacked, input_shape=stacked.shape)
        return results
