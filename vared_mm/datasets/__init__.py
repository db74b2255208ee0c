"""Data sets and transforms that upstream lacks; importing this fills their registries."""

from vared_mm.datasets.decoding_limits import DecodingLimits, VideoError
from vared_mm.datasets.encoded_video import EncodedVideo
from vared_mm.datasets.loaders import loader_datasets, loader_pipeline
from vared_mm.datasets.localization import JHMDBDataset
from vared_mm.datasets.segmentation import (
    ADE20KDataset,
    ImageError,
    LoadLabels,
    LoadRGBImage,
    NameSequence,
    SceneDataset,
)
from vared_mm.datasets.transforms import (
    CachedOpen,
    HSVJitter,
    JitterCrop,
    PyAVOpen,
    PyAVRead,
    ReadFrames,
    SampleClipToKeyFrame,
    StackFrames,
)
from vared_mm.datasets.video_dataset import VideoDataset

__all__ = [
    'ADE20KDataset',
    'CachedOpen',
    'DecodingLimits',
    'EncodedVideo',
    'HSVJitter',
    'ImageError',
    'JHMDBDataset',
    'JitterCrop',
    'LoadLabels',
    'LoadRGBImage',
    'NameSequence',
    'PyAVOpen',
    'PyAVRead',
    'ReadFrames',
    'SampleClipToKeyFrame',
    'SceneDataset',
    'StackFrames',
    'VideoDataset',
    'VideoError',
    'loader_datasets',
    'loader_pipeline',
]
