"""Models that stand for others: they compute the same in another way."""

from torch import nn


def stand_for(copy: nn.Module, original: nn.Module) -> None:
    """Note the model that a copy was made of; it does not become a part of the copy."""
    vars(copy)['_stands_for'] = original


def original_of(model: nn.Module) -> nn.Module:
    """The model that a copy was made of, whose layers and weights count; or the model itself."""
    return vars(model).get('_stands_for', model)
