"""Channel pruning: whole channels are cut out of a trained model, which is then a smaller one.

Done by ``torch-pruning`` (Fang et al., DepGraph, arXiv 2301.12900), an optional package.
"""

from .narrow import narrow_to
from .narrow_backbone import narrow_backbone

__all__ = ['narrow_backbone', 'narrow_to']
