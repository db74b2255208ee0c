"""What stands for a CUDA graph on a CPU.

Python runs once: what it read from the host then stays so in every replay, as on a GPU.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from triton.runtime.interpreter import InterpretedFunction

from vared_mm.acceleration.common.operation import layer_of

# A GPU can not do these while a graph is captured: the host would wait, or copy to the device.
FORBIDDEN = {
    torch.ops.aten._local_scalar_dense.default,
    torch.ops.aten.nonzero.default,
    torch.ops.aten.lift_fresh.default,
}


class RecordedGraph(TorchDispatchMode):
    """Notes torch's operations and the launches of kernels, to run them again."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Callable[[], None]] = []
        self._in_kernel = False

    def __torch_dispatch__(
        self, func: Any, _types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        """Run an operation, and note it."""
        kwargs = kwargs or {}
        ours = torch.ops.vared_mm
        if func in (ours.dynamic_convolution.default, ours.static_convolution.default):
            x, handle = args
            layer = layer_of(handle)
            with self:
                return (
                    layer.compute(x)
                    if func is ours.static_convolution.default
                    else (layer.backend.compute(layer, x))
                )
        if func in FORBIDDEN and not self._in_kernel:
            raise RuntimeError(f'{func} while a graph is captured')
        result = func(*args, **kwargs)
        if not self._in_kernel:
            self.steps.append(lambda: _copy(func(*args, **kwargs), result))
        return result

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Within this context all is noted."""
        launch = InterpretedFunction.run

        def noted(kernel: InterpretedFunction, *args: Any, **kwargs: Any) -> None:
            self._in_kernel = True
            launch(kernel, *args, **kwargs)
            self._in_kernel = False
            self.steps.append(lambda: launch(kernel, *args, **kwargs))

        with patch.object(InterpretedFunction, 'run', noted), self:
            yield

    def replay(self) -> None:
        """Do it all again, from and to the same memory."""
        for step in self.steps:
            step()


def _copy(found: Any, to: Any) -> None:
    for new, old in zip(tree_leaves(found), tree_leaves(to), strict=True):
        if isinstance(old, Tensor) and old.data_ptr() != new.data_ptr():
            old.copy_(new)


def capture(run: Callable[[], Any]) -> tuple[Any, Callable[[], None]]:
    """As :func:`vared_mm.acceleration.gpu.graphed_forward.capture`."""
    graph = RecordedGraph()
    with graph.recording():
        result = run()
    return result, graph.replay
