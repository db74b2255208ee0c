"""Necks that upstream has in another variant."""

from vared_mm.models.necks.tpn import TPN

__all__ = ['TPN']
