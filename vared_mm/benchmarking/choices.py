"""What the layers of a model with random weights choose while it is timed."""

from contextlib import AbstractContextManager
from typing import Any

from torch import nn

from .drawn_choice import drawn_choice
from .open_choice import open_choice

#: Mean share of the dynamic layers' MACs that the thesis' tables imply, by static backbone.
THESIS_SHARE = {'R2Plus1D': 0.63, 'CorrNet': 0.62, 'I3DInceptionV2': 0.47, 'X3D': 0.80}


def thesis_share(backbone: Any) -> float:
    """Mean share of the dynamic layers' MACs that is executed, of a static backbone's config."""
    return THESIS_SHARE.get(str(backbone.type).rpartition('.')[2], 0.63)


def choose(model: nn.Module, choices: str, share: float = 0.63) -> AbstractContextManager:
    """A context in which the layers of a dynamic model follow the given choices.

    Args:
        model: dynamic.
        choices: ``'open'``, all computed and every candidate mixed; ``'half'``, half the channels
            of half the frames; ``'mix'``, drawn per layer and clip. In a block, which has more
            axes, these are drawn such that it executes the same mean share.
        share: mean share of a layer's or block's convolutions that ``'mix'`` computes.

    Raises:
        ValueError: for other choices.
    """
    if choices == 'open':
        return open_choice(model)
    if choices == 'half':
        return drawn_choice(model, 1)
    if choices == 'mix':
        return drawn_choice(model, 2 * (1 - share**0.5))  # both axes alike
    raise ValueError(f"choices={choices!r}: must be 'open', 'half' or 'mix'")
