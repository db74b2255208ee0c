"""The sizes that the layers of a model see, from one pass of one clip on the meta device."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer: its name, itself, the shapes of its first input and of its result."""

    name: str
    layer: nn.Module
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def trace_calls(
    model: nn.Module,
    wanted: Callable[[nn.Module], bool],
    *args: Any,
    **kwargs: Any,
) -> list[LayerCall]:
    """Run ``model(*args, **kwargs)`` without data and list the calls of its wanted layers.

    Nothing is computed or changed: parameters and buffers are stood in for by meta tensors, and
    tensors among the arguments are moved to the meta device.

    Raises:
        ValueError: if the model can't take such an input, with the model's own words.
    """
    calls: list[LayerCall] = []
    modes = {module: module.training for module in model.modules()}
    state = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    stand_ins = {name: torch.empty_like(value, device='meta') for name, value in state.items()}
    args = tuple(_to_meta(a) for a in args)
    kwargs = {key: _to_meta(value) for key, value in kwargs.items()}
    with ExitStack() as stack:
        for name, layer in model.named_modules():
            if wanted(layer):
                handle = layer.register_forward_hook(_recorder(calls, name))
                stack.callback(handle.remove)
        stack.enter_context(torch.no_grad())
        stack.enter_context(torch.device('meta'))
        model.eval()
        try:
            functional_call(model, stand_ins, args, kwargs)
        except (RuntimeError, IndexError, TypeError, AssertionError) as error:
            shapes = [tuple(a.shape) for a in (*args, *kwargs.values()) if isinstance(a, Tensor)]
            raise ValueError(
                f'{type(model).__name__} does not run on an input of {shapes}: {error}'
            ) from error
        finally:
            for module, training in modes.items():
                module.training = training
    return calls


def _to_meta(value: Any) -> Any:
    return value.to('meta') if isinstance(value, Tensor) else value


def _recorder(calls: list[LayerCall], name: str) -> Callable[..., None]:
    def record(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        calls.append(LayerCall(name, layer, tuple(inputs[0].shape), tuple(output.shape)))

    return record
