"""Backbones that upstream lacks, or has in another variant."""

from vared_mm.models.backbones.r2plus1d import R2Plus1D

__all__ = ['R2Plus1D']
