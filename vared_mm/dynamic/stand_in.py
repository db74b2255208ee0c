"""Models that stand for others: they compute the same in another way."""

from torch import nn


def stand_for(copy: nn.Module, original: nn.Module) -> None:
    """Note what a model stands for; it does not become a part of it."""
    vars(copy)['_stands_for'] = original


def original_of(model: nn.Module) -> nn.Module:
    """The model that one stands for, whose layers and weights are to be counted, or itself."""
    return vars(model).get('_stands_for', model)
