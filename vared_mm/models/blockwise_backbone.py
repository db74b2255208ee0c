"""Any backbone with dynamic blocks, by one entry of a config."""

from collections.abc import Sequence

from mmengine.config import ConfigDict
from torch import nn

from vared_mm.blockwise import convert_blocks
from vared_mm.registry import MODELS


@MODELS.register_module(name='BlockwiseBackbone')
def blockwise_backbone(
    backbone: dict | ConfigDict, input_shape: Sequence[int], **conversion
) -> nn.Module:
    """Build a backbone and convert its blocks; it stays of its own class.

    Weight names stay too, so a static checkpoint loads.

    Args:
        backbone: config of the static backbone, of any scope, such as
            ``dict(type='mmaction.ResNet3d', depth=18, ...)``.
        input_shape: one clip, (C, T, H, W), or one frame, (C, H, W), as the backbone takes it.
        **conversion: further arguments of :func:`vared_mm.blockwise.convert_blocks`.

    Raises:
        ValueError: as ``convert_blocks`` does.
    """
    return convert_blocks(MODELS.build(backbone), input_shape, **conversion)
