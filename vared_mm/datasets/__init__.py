"""Data sets and transforms that upstream lacks; importing this fills their registries."""

from vared_mm.datasets.encoded_video import EncodedVideo, VideoError
from vared_mm.datasets.transforms import PyAVOpen, PyAVRead, StackFrames
from vared_mm.datasets.video_dataset import VideoDataset

__all__ = ['EncodedVideo', 'PyAVOpen', 'PyAVRead', 'StackFrames', 'VideoDataset', 'VideoError']
