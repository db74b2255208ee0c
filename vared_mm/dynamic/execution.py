"""The record of its cost that a layer leaves: the interface that every method implements."""

from abc import abstractmethod
from typing import Protocol

from torch import Tensor, nn

from vared_mm.cost import LayerExecution

from .decision import Decision


class ExecutionRecord(Protocol):
    """What a forward of a layer leaves in its attribute ``record``."""

    @property
    @abstractmethod
    def is_meta(self) -> bool:
        """Whether nothing was computed: the forward was a count of MACs."""

    @abstractmethod
    def execution(self) -> LayerExecution:
        """What was executed for each clip."""


class DecidedRecord(ExecutionRecord, Protocol):
    """Of a layer or block whose gate has decided."""

    decision: Decision

    @property
    @abstractmethod
    def dense(self) -> int:
        """MACs of its convolutions computed in full."""

    @abstractmethod
    def executed_share(self) -> Tensor:
        """Convolution MACs that each clip executes over the dense ones, (N,).

        Exact forward; backward the gradients reach the gate, see :func:`chosen_share`.
        """


def costed_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Layers of a model that leave an :class:`ExecutionRecord`, by their names.

    They are the modules with an attribute ``record``, None before the first forward, and a list
    ``listeners``: dynamic convolutions, and those of the comparisons.
    """
    return {n: m for n, m in model.named_modules() if leaves_cost(m)}


def leaves_cost(module: nn.Module) -> bool:
    """Whether a module is one of :func:`costed_layers`."""
    return hasattr(module, 'record') and hasattr(module, 'listeners')


def leave_record(layer: nn.Module, record: ExecutionRecord) -> None:
    """Keep the record of a layer's forward, and pass it to the layer's listeners."""
    vars(layer)['record'] = record  # past checks of nn.Module that would take most of the time
    for listener in layer.listeners:
        listener(record)
