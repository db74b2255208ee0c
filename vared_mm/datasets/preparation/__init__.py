"""Building and checking of the lists of real data sets, out of what their authors distribute."""

from vared_mm.datasets.preparation.build import Split, build_lists
from vared_mm.datasets.preparation.check import check_videos
from vared_mm.datasets.preparation.check_images import check_images
from vared_mm.datasets.preparation.class_lists import read_class_list
from vared_mm.datasets.preparation.clip_sets import Clip, ClipSet, write_fold_lists
from vared_mm.datasets.preparation.files import index_videos
from vared_mm.datasets.preparation.folds import Fold, group_folds
from vared_mm.datasets.preparation.kinetics import find_kinetics_csv, read_kinetics
from vared_mm.datasets.preparation.mini_kinetics import read_released_validation
from vared_mm.datasets.preparation.moments import read_moments, read_moments_categories
from vared_mm.datasets.preparation.options import add_preparation_options, run_preparation
from vared_mm.datasets.preparation.probe import Probe, ProbeCache, probe_video
from vared_mm.datasets.preparation.shrink import shrink_video

__all__ = [
    'Clip',
    'ClipSet',
    'Fold',
    'Probe',
    'ProbeCache',
    'Split',
    'add_preparation_options',
    'build_lists',
    'check_images',
    'check_videos',
    'find_kinetics_csv',
    'group_folds',
    'index_videos',
    'probe_video',
    'read_class_list',
    'read_kinetics',
    'read_moments',
    'read_moments_categories',
    'read_released_validation',
    'run_preparation',
    'shrink_video',
    'write_fold_lists',
]
