"""Other ways to spend fewer MACs, each on its own; all leave the same cost record."""

from .ar_net import AdaptiveFrames, ScoreHead
from .cgnet import gated_backbone
from .channel_pruning import narrow_backbone
from .fixed_choice import blind_backbone
from .frame_exit import ExitHead, ExitingFrames
from .weight_pruning import prunable_backbone

__all__ = [
    'AdaptiveFrames',
    'ExitHead',
    'ExitingFrames',
    'ScoreHead',
    'blind_backbone',
    'gated_backbone',
    'narrow_backbone',
    'prunable_backbone',
]
