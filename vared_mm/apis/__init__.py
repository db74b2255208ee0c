"""What a Python user calls: recognize, detect, segment, accelerate, and what a model costs."""

from vared_mm.acceleration import accelerate, accelerate_training, fold_convolutions

from .acceleration import accelerate_recognizer, accelerate_runner
from .budget import budget_curve, set_budget
from .checkpoint import CheckpointMatch, match_checkpoint
from .class_count import check_classes
from .class_names import class_names
from .cost import ModelCost, count_parameters, model_cost, view_macs
from .cost_report import CostReport
from .detection import detect
from .drawn_detections import Detections
from .export import export
from .inference_cost import CostedPass, costed_pass
from .loading import load_model
from .machine import describe_machine, list_versions
from .memory import keep_freed_memory
from .recognition import VideoReport, load_recognizer, recognize
from .result import hash_config, make_result
from .segmentation import ImageReport, load_segmentor, names_and_colours, segment

__all__ = [
    'CheckpointMatch',
    'CostReport',
    'CostedPass',
    'Detections',
    'ImageReport',
    'ModelCost',
    'VideoReport',
    'accelerate',
    'accelerate_recognizer',
    'accelerate_runner',
    'accelerate_training',
    'budget_curve',
    'check_classes',
    'class_names',
    'costed_pass',
    'count_parameters',
    'describe_machine',
    'detect',
    'export',
    'fold_convolutions',
    'hash_config',
    'keep_freed_memory',
    'list_versions',
    'load_model',
    'load_recognizer',
    'load_segmentor',
    'make_result',
    'match_checkpoint',
    'model_cost',
    'names_and_colours',
    'recognize',
    'segment',
    'set_budget',
    'view_macs',
]
