"""Labelled images: data sets whose pairs are checked, reading that refuses what would mislead."""

from vared_mm.datasets.segmentation.ade20k_dataset import ADE20KDataset
from vared_mm.datasets.segmentation.image_error import ImageError
from vared_mm.datasets.segmentation.load_labels import LoadLabels
from vared_mm.datasets.segmentation.load_rgb_image import LoadRGBImage
from vared_mm.datasets.segmentation.name_sequence import NameSequence
from vared_mm.datasets.segmentation.paired_files import PairedFiles, find_unpaired
from vared_mm.datasets.segmentation.scene_dataset import SceneDataset

__all__ = [
    'ADE20KDataset',
    'ImageError',
    'LoadLabels',
    'LoadRGBImage',
    'NameSequence',
    'PairedFiles',
    'SceneDataset',
    'find_unpaired',
]
