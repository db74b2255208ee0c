"""J-HMDB-21: annotated frames of its public layouts, checked."""

from vared_mm.datasets.localization.anchors import fit_anchors, mean_overlap
from vared_mm.datasets.localization.check_images import check_images
from vared_mm.datasets.localization.ground_truth_pickle import GroundTruth, read_ground_truth
from vared_mm.datasets.localization.jhmdb_dataset import CLASSES, JHMDBDataset
from vared_mm.datasets.localization.key_frame import KeyFrame, check_boxes, make_key_frame
from vared_mm.datasets.localization.label_files import (
    parse_rows,
    read_label_file,
    read_label_files,
    write_label_files,
)
from vared_mm.datasets.localization.plain_pickle import load_plain_pickle
from vared_mm.datasets.localization.problems import Problems

__all__ = [
    'CLASSES',
    'GroundTruth',
    'JHMDBDataset',
    'KeyFrame',
    'Problems',
    'check_boxes',
    'check_images',
    'fit_anchors',
    'load_plain_pickle',
    'make_key_frame',
    'mean_overlap',
    'parse_rows',
    'read_ground_truth',
    'read_label_file',
    'read_label_files',
    'write_label_files',
]
