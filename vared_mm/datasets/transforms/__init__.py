"""Transforms that upstream lacks."""

from vared_mm.datasets.transforms.cached_open import CachedOpen
from vared_mm.datasets.transforms.hsv_jitter import HSVJitter
from vared_mm.datasets.transforms.jitter_crop import JitterCrop
from vared_mm.datasets.transforms.pyav_open import PyAVOpen
from vared_mm.datasets.transforms.pyav_read import PyAVRead
from vared_mm.datasets.transforms.read_frames import ReadFrames
from vared_mm.datasets.transforms.sample_clip_to_key_frame import SampleClipToKeyFrame
from vared_mm.datasets.transforms.stack_frames import StackFrames

__all__ = [
    'CachedOpen',
    'HSVJitter',
    'JitterCrop',
    'PyAVOpen',
    'PyAVRead',
    'ReadFrames',
    'SampleClipToKeyFrame',
    'StackFrames',
]
