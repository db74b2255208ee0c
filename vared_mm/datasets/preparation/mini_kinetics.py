"""The validation videos of Mini-Kinetics-200, as AR-Net's authors released them."""

from vared_mm.datasets.preparation.annotations import Annotations
from vared_mm.datasets.preparation.class_lists import LISTS, read_class_list
from vared_mm.datasets.preparation.kinetics import read_kinetics


def read_released_validation() -> Annotations:
    """Read the list of 9,867 validation videos, in its own order.

    Source: Meng et al. 2020, arXiv 2007.15796. Kinetics-400 has 50 validation videos a class; the
    list holds those that its authors could still get, 39 to 50 a class.
    """
    return read_kinetics(LISTS / 'mini_kinetics200_val.csv.gz', read_class_list('mini_kinetics200'))
