"""Base of the hooks that add to what a model returns."""

from abc import abstractmethod
from typing import Any

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from torch import nn


class ModelHook(Hook):
    """Sees every forward of the model in one mode, within a distributed wrapper too.

    It works on the model of any task, without a subclass of it: a forward hook of PyTorch runs
    inside the wrapper's forward, so gradients and reductions are as of the model itself.
    """

    mode: str  # 'loss' or 'predict'

    def __init__(self) -> None:
        self._handles: list[Any] = []

    @abstractmethod
    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Read, and add to, what the model returns for a batch."""

    def attach(self, model: nn.Module) -> None:
        """Begin to watch a model; a wrapper is looked into."""
        model = unwrapped(model)

        def call(model: nn.Module, args: tuple, kwargs: dict, output: Any) -> None:
            named = named_arguments(args, kwargs)
            if named.get('mode', 'tensor') == self.mode:
                self.after_forward(model, named['inputs'], named.get('data_samples'), output)

        self._handles.append(model.register_forward_hook(call, with_kwargs=True))

    def detach(self) -> None:
        """Stop watching."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()


def named_arguments(args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a model's forward by their names."""
    return {**dict(zip(('inputs', 'data_samples', 'mode'), args, strict=False)), **kwargs}


def unwrapped(model: nn.Module) -> nn.Module:
    """The model itself, out of a distributed wrapper."""
    return model.module if is_model_wrapper(model) else model
