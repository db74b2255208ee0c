"""Run code without data, for the shapes of what it computes."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

Observer = Callable[[Any, tuple[Any, ...], dict[str, Any], Any], None]

# Only read a value, or make a constant of numbers that Python holds; cost nothing.
_READ = {
    torch.ops.aten._local_scalar_dense.default,
    torch.ops.aten.equal.default,
    torch.ops.aten.lift_fresh.default,
}


class WithoutData(TorchDispatchMode):
    """Within this context every operation of torch runs on the meta device, whatever it is given.

    So tensors that are met on the way, weights and buffers, registered or not, tied or not, are
    neither computed with nor written to: each is stood in for by a meta tensor where it is used.
    Constants can still be read. What a meta tensor can't do (tell its values) raises as usual.

    Args:
        observe: gets each operation, its arguments and its result.
    """

    def __init__(self, observe: Observer) -> None:
        super().__init__()
        self.observe = observe

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run one operation."""
        kwargs = kwargs or {}
        if func in _READ:
            return func(*args, **kwargs)
        args = tuple(stand_in(a) for a in args)
        kwargs = {key: stand_in(value) for key, value in kwargs.items()}
        if 'device' in kwargs:
            kwargs['device'] = torch.device('meta')
        result = func(*args, **kwargs)
        self.observe(func, args, kwargs, result)
        return result


def stand_in(value: Any) -> Any:
    """A tensor, or those in a list, without data; anything else as it is."""
    if type(value) in (list, tuple):
        return type(value)(stand_in(v) for v in value)
    if not isinstance(value, Tensor) or value.is_meta and not value.is_inference():
        return value
    if value.layout is not torch.strided:
        return value.to('meta')
    return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device='meta')
