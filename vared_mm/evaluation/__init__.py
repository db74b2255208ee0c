"""Metrics: how right a model is, and what its clips cost."""

from .cost_metric import CostMetric
from .cost_profile import cost_profile, cost_row
from .recognition_metric import RecognitionMetric

__all__ = ['CostMetric', 'RecognitionMetric', 'cost_profile', 'cost_row']
