"""A dynamic backbone whose gates do not look at the clip, by one entry of a config."""

from mmengine.config import ConfigDict
from torch import nn

from vared_mm.dynamic import dynamic_layers
from vared_mm.registry import MODELS

from .clip_blind_gate import ClipBlindGate


@MODELS.register_module(name='BlindBackbone')
def blind_backbone(backbone: dict | ConfigDict) -> nn.Module:
    """Build a dynamic backbone with a :class:`ClipBlindGate` in place of each gate.

    Until a checkpoint says what they choose, they fix every layer's first candidates: the static
    network. ``tools/analysis_tools/fix_choices.py`` makes such checkpoints.

    Args:
        backbone: config of a ``vared_mm.DynamicBackbone``.

    Raises:
        ValueError: if it has no dynamic layer.
    """
    model = MODELS.build(backbone)
    layers = dynamic_layers(model)
    if not layers:
        raise ValueError('BlindBackbone: the backbone has no dynamic layer')
    for layer in layers.values():
        del layer.gate
        layer.gate = ClipBlindGate(layer.search)
    return model
