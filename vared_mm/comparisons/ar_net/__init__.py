"""Adaptive resolution: frame by frame, a policy picks a network and a resolution, or skips.

Source: Meng et al., AR-Net (arXiv 2007.15796). Reading order: ``frame_features``,
``frame_classifier``, ``policy``, ``skips``, ``walk``, ``usage``, ``adaptive_frames``.
"""

from .adaptive_frames import AdaptiveFrames
from .frame_classifier import FrameClassifier
from .frame_features import FrameFeatures
from .policy import FramePolicy
from .score_head import ScoreHead
from .skips import Skips
from .usage import FrameCosts, UsageRecord, usage_loss

__all__ = [
    'AdaptiveFrames',
    'FrameClassifier',
    'FrameCosts',
    'FrameFeatures',
    'FramePolicy',
    'ScoreHead',
    'Skips',
    'UsageRecord',
    'usage_loss',
]
