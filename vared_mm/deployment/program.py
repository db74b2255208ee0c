"""A network as a program of torch."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram

from vared_mm.dynamic import ConstantGate, costed_layers, dynamic_layers, fixed_choice

from .converting import converting
from .pools import shorten_pools

Choice = tuple[int, int]


def export_program(network: nn.Module, clips: Tensor) -> ExportedProgram:
    """What a network computes for inputs of one size, as a program without Python in it.

    Args:
        network: in evaluation mode.
        clips: of that size.

    Raises:
        ValueError: if torch can't follow its forward.
    """
    with converting('torch.export can not follow the model'), torch.no_grad():
        program = torch.export.export(network, (clips,), strict=False)
    shorten_pools(program)
    return program


@contextmanager
def chosen(model: nn.Module, choice: Choice | None) -> Iterator[None]:
    """Within this context a model takes one way for all clips.

    Args:
        model: static or dynamic.
        choice: index of the candidate along time and along channels, as of
            :func:`vared_mm.dynamic.fixed_choice`; None for a model that decides nothing.

    Raises:
        ValueError: if a model with gates gets no choice, or one without them gets one.
    """
    decides = [
        name
        for name, layer in dynamic_layers(model).items()
        if not isinstance(layer.gate, ConstantGate)
    ]
    if choice is None and decides:
        raise ValueError(
            f'{len(decides)} of its layers decide by the clip, which no exported file can: fix '
            'their choice (choice=(1, 1), --choice 1,1) or export a static model'
        )
    if choice is not None and not dynamic_layers(model):
        kind = 'of another kind' if costed_layers(model) else 'static'
        raise ValueError(f'choice={choice}: its layers have no candidates: they are {kind}')
    with fixed_choice(model, *choice) if choice else nullcontext():
        yield
