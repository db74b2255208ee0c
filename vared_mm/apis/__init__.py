"""What a Python user, and the tools, call."""

from vared_mm.acceleration import accelerate, accelerate_training
from vared_mm.apis.benchmark import SpeedReport, Timing, benchmark, time_in_turn
from vared_mm.apis.budget import budget_curve, set_budget
from vared_mm.apis.checkpoint import CheckpointMatch, match_checkpoint
from vared_mm.apis.class_count import check_classes
from vared_mm.apis.cost_report import CostReport
from vared_mm.apis.detection import detect
from vared_mm.apis.drawn_detections import Detections
from vared_mm.apis.errors import one_line_errors
from vared_mm.apis.fast import accelerate_recognizer, accelerate_runner
from vared_mm.apis.flops import ModelCost, model_cost
from vared_mm.apis.inference import VideoReport, load_recognizer, recognize
from vared_mm.apis.memory import keep_freed_memory
from vared_mm.apis.options import (
    add_run_options,
    build_runner,
    leave_processes,
    load_config,
    read_config,
)
from vared_mm.apis.pipeline_speed import time_pipelines
from vared_mm.apis.result import (
    count_parameters,
    count_view,
    describe_machine,
    hash_config,
    list_versions,
    make_result,
)
from vared_mm.apis.segmentation import ImageReport, load_segmentor, segment
from vared_mm.apis.signals import end_on_signals
from vared_mm.apis.speed import compare_recognizers, compare_speed
from vared_mm.apis.stage import ROOT, Stage, call, find_config, starts_from
from vared_mm.apis.suite import add_suite_options

__all__ = [
    'ROOT',
    'call',
    'starts_from',
    'CheckpointMatch',
    'CostReport',
    'Detections',
    'ImageReport',
    'ModelCost',
    'SpeedReport',
    'Stage',
    'Timing',
    'VideoReport',
    'accelerate',
    'accelerate_recognizer',
    'accelerate_runner',
    'accelerate_training',
    'add_run_options',
    'add_suite_options',
    'benchmark',
    'budget_curve',
    'build_runner',
    'check_classes',
    'compare_recognizers',
    'compare_speed',
    'count_parameters',
    'count_view',
    'describe_machine',
    'detect',
    'find_config',
    'hash_config',
    'end_on_signals',
    'keep_freed_memory',
    'leave_processes',
    'list_versions',
    'load_config',
    'load_recognizer',
    'load_segmentor',
    'make_result',
    'match_checkpoint',
    'model_cost',
    'one_line_errors',
    'read_config',
    'recognize',
    'segment',
    'set_budget',
    'time_in_turn',
    'time_pipelines',
]
