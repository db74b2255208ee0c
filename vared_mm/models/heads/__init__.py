"""Heads that upstream has in another variant, and what the scores of any head say."""

from vared_mm.models.heads.probabilities import probabilities, video_probabilities
from vared_mm.models.heads.tsn_head import TSNHead

__all__ = ['TSNHead', 'probabilities', 'video_probabilities']
