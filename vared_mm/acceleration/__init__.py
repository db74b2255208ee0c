"""Accelerated models: trained ones for inference, others for training. See docs/acceleration.md."""

from .accelerate import accelerate
from .accelerate_training import accelerate_training
from .fold_convolutions import fold_convolutions

__all__ = ['accelerate', 'accelerate_training', 'fold_convolutions']
