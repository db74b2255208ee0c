"""Gates that a model's ``train()`` freezes."""

import warnings

from torch import nn

from .gate import SoftModulationGate
from .layers import dynamic_layers
from .snapshot import unchanged


def frozen_gates(model: nn.Module) -> tuple[list[str], list[str]]:
    """Dynamic layers whose gates don't learn when a model trains, and whose gates' norms don't.

    A model's ``train()`` may freeze parts of it, as that of OpenMMLab's backbones does for
    ``frozen_stages`` (the first of both lists) and ``norm_eval`` (the second).
    """
    with unchanged(model):
        model.train()
        gates = {
            name: layer.gate
            for name, layer in dynamic_layers(model).items()
            if isinstance(layer.gate, SoftModulationGate)
        }
        fixed = [n for n, g in gates.items() if not any(p.requires_grad for p in g.parameters())]
        norms = [n for n, g in gates.items() if n not in fixed and not g.norm.training]
    return fixed, norms


def warn_of_frozen_gates(model: nn.Module) -> None:
    """Warn, in one line for each kind, of gates that training would leave at their start."""
    fixed, norms = frozen_gates(model)
    cls = type(model).__name__
    if fixed:
        warnings.warn(
            f'train() of {cls} freezes the gates of {_some(fixed)} (frozen_stages?): they keep '
            'their initial or loaded weights; exclude these layers, or freeze no stage',
            stacklevel=3,
        )
    if norms:
        warnings.warn(
            f'train() of {cls} keeps the norms in the gates of {_some(norms)} in evaluation mode '
            '(norm_eval?): these keep their initial or loaded statistics',
            stacklevel=3,
        )


def _some(names: list[str]) -> str:
    return ', '.join(names[:3]) + (f' and {len(names) - 3} more' if names[3:] else '')
