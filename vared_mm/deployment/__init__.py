"""Models as files that run without this package: their formats, and the check of them."""

from .formats import FORMATS, format_of, runtime_version
from .manifest import describe_input, describe_outputs, thresholds
from .networks import count_classes, example_shape, network_of, random_clips
from .program import Choice, chosen, export_program
from .self_check import check_exported

__all__ = [
    'FORMATS',
    'Choice',
    'check_exported',
    'chosen',
    'count_classes',
    'describe_input',
    'describe_outputs',
    'example_shape',
    'export_program',
    'format_of',
    'network_of',
    'random_clips',
    'runtime_version',
    'thresholds',
]
