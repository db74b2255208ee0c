"""YOWO: boxes and classes of the last frame of a clip, from one 3-D backbone."""

from .anchor_coder import AnchorCoder
from .boxes import box_iou, non_maximum_suppression
from .cfam import CFAM, ChannelAttention
from .region_loss import RegionLoss
from .yowo import YOWO
from .yowo_head import YOWOHead

__all__ = [
    'CFAM',
    'YOWO',
    'AnchorCoder',
    'ChannelAttention',
    'RegionLoss',
    'YOWOHead',
    'box_iou',
    'non_maximum_suppression',
]
