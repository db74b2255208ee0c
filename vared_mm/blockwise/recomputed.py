"""Products that are computed again in the backward pass instead of being kept for it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks


@contextmanager
def recomputed(product: Tensor, one: Tensor, other: Tensor) -> Iterator[None]:
    """Within this context no operation keeps ``product = one * other`` for its backward pass.

    The factors are kept for the product's own gradient anyway.

    Args:
        product: of the factors, not changed in place; views of it are not kept either.
        one: a factor.
        other: likewise.
    """
    place = product.untyped_storage().data_ptr()

    def pack(kept: Tensor) -> Any:
        if kept.untyped_storage().data_ptr() != place:
            return kept
        return kept.shape, kept.stride(), kept.storage_offset()

    def unpack(packed: Any) -> Tensor:
        if isinstance(packed, Tensor):
            return packed
        with torch.no_grad():
            return torch.as_strided(one * other, *packed)

    needed = torch.is_grad_enabled() and product.requires_grad
    with saved_tensors_hooks(pack, unpack) if needed else nullcontext():
        yield
