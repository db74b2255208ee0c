"""Metrics: how right a model is, and what its clips cost."""

from .average_precision import assign, average_precision, precision_recall
from .confusion import Confusion
from .cost_metric import CostMetric
from .cost_profile import cost_profile
from .cost_row import CostRow
from .detections import FrameDetections
from .dump import DumpPredictions, read_dump
from .frame_map import FrameMAP
from .recognition_metric import RecognitionMetric
from .subset_accuracy import SubsetAccuracy
from .tubes import Tube, link_tubes, true_tubes, tube_iou
from .video_map import VideoMAP
from .yowo_frame_map import YOWOFrameMAP

__all__ = [
    'Confusion',
    'CostMetric',
    'CostRow',
    'DumpPredictions',
    'FrameDetections',
    'FrameMAP',
    'RecognitionMetric',
    'SubsetAccuracy',
    'Tube',
    'VideoMAP',
    'YOWOFrameMAP',
    'assign',
    'average_precision',
    'cost_profile',
    'link_tubes',
    'precision_recall',
    'read_dump',
    'true_tubes',
    'tube_iou',
]
