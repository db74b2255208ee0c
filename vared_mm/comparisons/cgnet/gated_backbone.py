"""Any backbone with gated convolutions, by one entry of a config."""

from mmengine.config import ConfigDict
from torch import nn

from vared_mm.dynamic import all_or_nothing, become, select_convolutions
from vared_mm.registry import MODELS

from .gated_convolution import GatedConv2d, GatedConv3d

Patterns = str | list[str] | None


def convert_to_gated(
    model: nn.Module,
    include: Patterns = None,
    exclude: Patterns = None,
    **gating,
) -> nn.Module:
    """Let convolutions of a model be gated ones, in place; weight names stay.

    A layer stays the same object, with its weights, hooks and other names. Those that are not plain
    (see ``convert_to_dynamic``) stay static.

    Args:
        model: any module tree.
        include: regular expressions of the layers' names; None takes every convolution.
        exclude: likewise, of what stays as it is.
        **gating: further arguments of :class:`GatedConvolution`.

    Raises:
        ValueError: if no convolution is selected, or one can't be gated; then the model is as it
            was.
    """
    with all_or_nothing(model):
        for name, conv in select_convolutions(model, include, exclude).items():
            cls = GatedConv3d if isinstance(conv, nn.Conv3d) else GatedConv2d
            try:
                gated = cls(conv, **gating)
            except ValueError as error:
                raise ValueError(f'{name}: {error}') from None
            become(conv, gated.to(device=conv.weight.device, dtype=conv.weight.dtype))
    return model


@MODELS.register_module(name='GatedBackbone')
def gated_backbone(backbone: dict | ConfigDict, **conversion) -> nn.Module:
    """Build a backbone and gate its convolutions; it stays of its own class.

    Args:
        backbone: config of the static backbone, of any scope.
        **conversion: further arguments of :func:`convert_to_gated`.

    Raises:
        ValueError: as ``convert_to_gated`` does.
    """
    return convert_to_gated(MODELS.build(backbone), **conversion)
