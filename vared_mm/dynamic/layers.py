"""The dynamic layers of a model."""

from torch import nn

from .gate import SoftModulationGate
from .unit import DynamicUnit


def dynamic_layers(model: nn.Module) -> dict[str, DynamicUnit]:
    """The dynamic convolutions and blocks of a model by their names, in the order of its modules.

    One that has several names is there once, by its first.
    """
    return {n: m for n, m in model.named_modules() if isinstance(m, DynamicUnit)}


def gate_parameters(model: nn.Module) -> list[nn.Parameter]:
    """Parameters of the gates of a model's dynamic layers."""
    gates = [layer.gate for layer in dynamic_layers(model).values()]
    return [p for g in gates if isinstance(g, SoftModulationGate) for p in g.parameters()]
