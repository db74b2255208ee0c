"""Heads that upstream has in another variant."""

from vared_mm.models.heads.tsn_head import TSNHead

__all__ = ['TSNHead']
