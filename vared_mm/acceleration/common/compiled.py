"""A network's forward, compiled with its weights frozen."""

import inspect
import threading
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch._inductor import config as inductor

#: What lets each model keep compiled sizes of its own. Torch before 2.13 can't: all models of a
#: class have eight sizes together there, and the next model runs without the compiler.
ISOLATED: dict[str, Any] = {}
if 'isolate_recompiles' in inspect.signature(torch.compile).parameters:
    ISOLATED['isolate_recompiles'] = True


class _Settings(threading.local):
    """Settings of the compiler, made once a thread rather than at each call.

    Torch makes a class for every patch, and a context variable that is never freed.

    Args:
        **options: of torch's inductor.
    """

    def __init__(self, **options: Any) -> None:
        self.patch = inductor.patch(freezing=True, **options)


def compile_forward(part: nn.Module, **options: Any) -> Callable[..., Any]:
    """The compiled forward of a network in evaluation mode; compiles at the first call of a size.

    After eight sizes, torch's ``recompile_limit``, further ones run without the compiler.

    Args:
        part: the network.
        **options: of torch's inductor.
    """
    # Static sizes: what another model of the class was compiled for is not to matter.
    compiled = torch.compile(part.forward, dynamic=False, **ISOLATED)
    settings = _Settings(**options)

    def forward(*args: Any, **kwargs: Any) -> Any:
        # Read while tracing, at the first call of each size: as an option of `torch.compile`
        # itself it comes too late, and the weights stay inputs that nothing is folded into.
        with settings.patch:
            return compiled(*args, **kwargs)

    return forward
