"""Speed: one timer, models with random weights, mmaction2's own models, memory."""

from .drawn_choice import drawn_choice
from .model_speed import benchmark
from .pipeline_speed import time_pipelines
from .recognizer_speed import compare_recognizers
from .speed_report import SpeedReport
from .timer import Timing, time_in_turn

__all__ = [
    'SpeedReport',
    'Timing',
    'benchmark',
    'compare_recognizers',
    'drawn_choice',
    'time_in_turn',
    'time_pipelines',
]
