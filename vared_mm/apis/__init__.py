"""What a Python user, and the tools, call."""

from vared_mm.apis.checkpoint import CheckpointMatch, match_checkpoint
from vared_mm.apis.errors import one_line_errors
from vared_mm.apis.flops import ModelCost, model_cost
from vared_mm.apis.inference import VideoReport, load_recognizer, recognize
from vared_mm.apis.options import add_run_options, build_runner, leave_processes, load_config
from vared_mm.apis.result import count_parameters, count_view, hash_config, make_result
from vared_mm.apis.speed import compare_recognizers, compare_speed
from vared_mm.apis.stage import Stage, find_config
from vared_mm.apis.suite import add_suite_options

__all__ = [
    'CheckpointMatch',
    'ModelCost',
    'Stage',
    'VideoReport',
    'add_run_options',
    'add_suite_options',
    'build_runner',
    'compare_recognizers',
    'compare_speed',
    'count_parameters',
    'count_view',
    'find_config',
    'hash_config',
    'leave_processes',
    'load_config',
    'load_recognizer',
    'make_result',
    'match_checkpoint',
    'model_cost',
    'one_line_errors',
    'recognize',
]
