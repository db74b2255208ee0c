"""What a Python user, and the tools, call."""

from vared_mm.acceleration import accelerate, accelerate_training
from vared_mm.apis.arguments import add_device, device_name, finite, not_negative, positive, share
from vared_mm.apis.benchmark import SpeedReport, Timing, benchmark, time_in_turn
from vared_mm.apis.budget import budget_curve, set_budget
from vared_mm.apis.checkpoint import CheckpointMatch, match_checkpoint
from vared_mm.apis.class_count import check_classes
from vared_mm.apis.config_file import read_config, require_keys
from vared_mm.apis.cost_report import CostReport
from vared_mm.apis.detection import detect
from vared_mm.apis.drawn_detections import Detections
from vared_mm.apis.errors import command, one_line_errors
from vared_mm.apis.fast import accelerate_recognizer, accelerate_runner
from vared_mm.apis.flops import ModelCost, model_cost
from vared_mm.apis.inference import VideoReport, load_recognizer, recognize
from vared_mm.apis.loaders import loader_datasets, loader_pipeline
from vared_mm.apis.memory import keep_freed_memory
from vared_mm.apis.options import (
    add_run_options,
    build_runner,
    leave_processes,
    load_config,
)
from vared_mm.apis.outputs import output_file, output_folder, write_json
from vared_mm.apis.overrides import add_overrides
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
    'add_device',
    'add_overrides',
    'add_run_options',
    'add_suite_options',
    'benchmark',
    'budget_curve',
    'build_runner',
    'check_classes',
    'command',
    'compare_recognizers',
    'compare_speed',
    'count_parameters',
    'count_view',
    'describe_machine',
    'detect',
    'device_name',
    'find_config',
    'finite',
    'hash_config',
    'end_on_signals',
    'keep_freed_memory',
    'leave_processes',
    'list_versions',
    'load_config',
    'load_recognizer',
    'load_segmentor',
    'loader_datasets',
    'loader_pipeline',
    'make_result',
    'match_checkpoint',
    'model_cost',
    'not_negative',
    'one_line_errors',
    'output_file',
    'output_folder',
    'positive',
    'read_config',
    'recognize',
    'require_keys',
    'segment',
    'set_budget',
    'share',
    'time_in_turn',
    'time_pipelines',
    'write_json',
]
