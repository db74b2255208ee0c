"""Any backbone with masks on its weights, by one entry of a config."""

from mmengine.config import ConfigDict
from torch import nn

from vared_mm.registry import MODELS

from .masks import add_masks


@MODELS.register_module(name='PrunableBackbone')
def prunable_backbone(backbone: dict | ConfigDict, **masks) -> nn.Module:
    """Build a backbone and give its convolutions masks; it stays of its own class.

    ``WeightPruningHook`` then drops weights.

    Args:
        backbone: config of the static backbone, of any scope.
        **masks: further arguments of :func:`add_masks`.

    Raises:
        ValueError: as ``add_masks`` does.
    """
    return add_masks(MODELS.build(backbone), **masks)
