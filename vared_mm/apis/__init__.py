"""What a Python user, and the tools, call."""

from vared_mm.apis.checkpoint import CheckpointMatch, match_checkpoint
from vared_mm.apis.cost_report import CostReport
from vared_mm.apis.errors import one_line_errors
from vared_mm.apis.flops import ModelCost, model_cost
from vared_mm.apis.inference import VideoReport, load_recognizer, recognize
from vared_mm.apis.options import add_run_options, build_runner, leave_processes, load_config
from vared_mm.apis.result import count_parameters, hash_config, make_result
from vared_mm.apis.segmentation import ImageReport, load_segmentor, segment
from vared_mm.apis.speed import compare_recognizers, compare_speed

__all__ = [
    'CheckpointMatch',
    'CostReport',
    'ImageReport',
    'ModelCost',
    'VideoReport',
    'add_run_options',
    'build_runner',
    'compare_recognizers',
    'compare_speed',
    'count_parameters',
    'hash_config',
    'leave_processes',
    'load_config',
    'load_recognizer',
    'load_segmentor',
    'make_result',
    'match_checkpoint',
    'model_cost',
    'one_line_errors',
    'recognize',
    'segment',
]
