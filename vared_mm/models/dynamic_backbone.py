"""Any backbone, made dynamic by one entry of a config."""

from collections.abc import Sequence

from mmengine.config import ConfigDict
from torch import nn

from vared_mm.dynamic import convert_to_dynamic
from vared_mm.registry import MODELS


@MODELS.register_module(name='DynamicBackbone')
def dynamic_backbone(
    backbone: dict | ConfigDict, input_shape: Sequence[int], **conversion
) -> nn.Module:
    """Build a backbone and convert it; it stays of its own class, with its own weight names.

    So a static checkpoint loads, and heads, necks and hooks see what they always saw.

    Args:
        backbone: config of the static backbone, of any scope, such as
            ``dict(type='mmaction.ResNet3d', depth=18, ...)``.
        input_shape: one clip, (C, T, H, W), or one frame, (C, H, W), as the backbone takes it.
        **conversion: further arguments of :func:`vared_mm.dynamic.convert_to_dynamic`.

    Raises:
        ValueError: as ``convert_to_dynamic`` does.
    """
    return convert_to_dynamic(MODELS.build(backbone), input_shape, **conversion)
