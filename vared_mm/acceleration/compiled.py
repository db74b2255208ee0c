"""A network's forward, compiled with its weights frozen."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch._inductor import config as inductor


def compile_forward(part: nn.Module, **options: Any) -> Callable[..., Any]:
    """The compiled forward of a network in evaluation mode; compiles at the first call of a size.

    Args:
        part: the network.
        **options: of torch's inductor.
    """
    # Static sizes: what another model of the class was compiled for is not to matter.
    compiled = torch.compile(part.forward, dynamic=False)

    def forward(*args: Any, **kwargs: Any) -> Any:
        # Read while tracing, at the first call of each size: as an option of `torch.compile`
        # itself it comes too late, and the weights stay inputs that nothing is folded into.
        with inductor.patch(freezing=True, **options):
            return compiled(*args, **kwargs)

    return forward
