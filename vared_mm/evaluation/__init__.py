"""Metrics: how right a model is, and what its clips cost."""

from .cost_metric import CostMetric
from .recognition_metric import RecognitionMetric

__all__ = ['CostMetric', 'RecognitionMetric']
