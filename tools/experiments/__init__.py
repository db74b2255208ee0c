"""Recipes trained and tested by this folder's tools: those of the demos and of the tables."""

from .configs import DEMO_PROFILE, ROOT, find_config, starts_from
from .experiment import Experiment
from .tables import add_table_options
from .tools import call

__all__ = [
    'DEMO_PROFILE',
    'ROOT',
    'Experiment',
    'add_table_options',
    'call',
    'find_config',
    'starts_from',
]
