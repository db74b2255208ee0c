"""Models made quick: trained ones for inference, others for training."""

from .accelerate import accelerate
from .accelerate_training import accelerate_training

__all__ = ['accelerate', 'accelerate_training']
