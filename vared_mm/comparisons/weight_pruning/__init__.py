"""Weight pruning: small weights are dropped, the others retrained.

Source: Han et al. (arXiv 1506.02626). Reading order: ``masks``, ``quality``, ``prunable_backbone``;
the rounds are run by ``vared_mm.engine.hooks.WeightPruningHook``.
"""

from .masks import PrunedRecord, add_masks, masked_layers
from .prunable_backbone import prunable_backbone
from .quality import find_quality, keep_strong, pruned_macs

__all__ = [
    'PrunedRecord',
    'add_masks',
    'find_quality',
    'keep_strong',
    'masked_layers',
    'prunable_backbone',
    'pruned_macs',
]
