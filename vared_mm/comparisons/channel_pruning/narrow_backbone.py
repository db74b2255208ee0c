"""Any backbone, narrowed by channel pruning, by one entry of a config."""

from collections.abc import Sequence

import torch
from mmengine.config import ConfigDict
from torch import Tensor, nn

from vared_mm.registry import MODELS

from .narrow import narrow_to


@MODELS.register_module(name='NarrowBackbone')
def narrow_backbone(
    backbone: dict | ConfigDict, input_shape: Sequence[int], share: float
) -> nn.Module:
    """Build a backbone and cut channels out of it; it stays of its own class.

    A checkpoint of the narrow backbone loads as any. One of the full backbone is narrowed as it is
    loaded: then its weakest channels go.

    Args:
        backbone: config of the static backbone, of any scope.
        input_shape: one clip or frame, as the backbone takes it.
        share: of its MACs that are to be left.

    Raises:
        ModuleNotFoundError: if ``torch-pruning`` is not installed.
    """
    with torch.device('cpu'):
        full = MODELS.build(backbone)
        sizes = {name: value.shape for name, value in full.state_dict().items()}
        model = narrow_to(full, share, input_shape)

    def convert(weights: dict[str, Tensor], prefix: str) -> None:
        """Narrow the full backbone's weights, in place."""
        given = {name: weights.get(prefix + name) for name in sizes}
        if any(value is None or value.shape != sizes[name] for name, value in given.items()):
            return
        with torch.device('cpu'):
            wide = MODELS.build(backbone)
            wide.load_state_dict(given)
            narrow = narrow_to(wide, share, input_shape).state_dict()
        weights.update({prefix + name: value for name, value in narrow.items()})

    model.convert_weights = convert
    model.register_load_state_dict_pre_hook(
        lambda _, weights, prefix, *__: convert(weights, prefix)
    )
    return model
