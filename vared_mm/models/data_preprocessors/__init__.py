"""What turns samples into a batch."""

from vared_mm.models.data_preprocessors.seg_data_preprocessor import SegDataPreProcessor

__all__ = ['SegDataPreProcessor']
