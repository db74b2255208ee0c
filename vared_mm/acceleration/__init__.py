"""Trained models made quick, for inference."""

from .accelerate import accelerate

__all__ = ['accelerate']
