"""Other ways to spend fewer MACs, each on its own; all leave the same cost record."""

from .cgnet import gated_backbone
from .weight_pruning import prunable_backbone

__all__ = ['gated_backbone', 'prunable_backbone']
