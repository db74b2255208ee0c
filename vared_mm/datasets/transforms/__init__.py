"""Transforms that upstream lacks."""

from vared_mm.datasets.transforms.pyav_open import PyAVOpen
from vared_mm.datasets.transforms.pyav_read import PyAVRead
from vared_mm.datasets.transforms.stack_frames import StackFrames

__all__ = ['PyAVOpen', 'PyAVRead', 'StackFrames']
