"""Cut the weakest channels out of a model until it costs so much."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

import torch
from torch import nn

from vared_mm.dynamic import count_macs
from vared_mm.dynamic.tracing import trace_batch

try:
    import torch_pruning
except ModuleNotFoundError as error:
    if error.name != 'torch_pruning':
        raise
    torch_pruning = None


def narrow_to(
    model: nn.Module, share: float, input_shape: Sequence[int], steps: int = 10
) -> nn.Module:
    """Cut every layer by one ratio, found by bisection; the weakest channels go.

    How many channels stay depends on the ratio alone, which of them on the weights: the L2 norm of
    all that a channel takes part in. The last feature map keeps its channels.

    Source: DepGraph (arXiv 2301.12900). Differs: none; ``torch-pruning`` does it.

    Args:
        model: a static model whose forward takes one tensor.
        share: of the model's MACs that are to be left.
        input_shape: of one input, without its batch axis.
        steps: halvings of the ratio.

    Returns:
        A smaller model.

    Raises:
        ModuleNotFoundError: if ``torch-pruning`` is not installed.
        ValueError: if the share is not in (0, 1].
    """
    if torch_pruning is None:
        raise ModuleNotFoundError('channel pruning needs a package: pip install torch-pruning')
    if not 0 < share <= 1:
        raise ValueError(f'share={share}: must lie in (0, 1]')
    shape = (1, *input_shape)
    target = share * count_macs(model, shape).total()
    low, high = 0.0, 1.0
    for _ in range(steps):
        ratio = (low + high) / 2
        enough = count_macs(_cut(model, ratio, shape), shape).total() <= target
        low, high = (low, ratio) if enough else (ratio, high)
    return _cut(model, high, shape)


def _cut(model: nn.Module, ratio: float, shape: tuple[int, ...]) -> nn.Module:
    model = deepcopy(model)
    last = _last_convolution(model, shape)
    with _plain_convolutions(model):
        pruner = torch_pruning.pruner.MetaPruner(
            model,
            torch.zeros(shape, device=next(model.parameters()).device),
            importance=torch_pruning.importance.GroupMagnitudeImportance(p=2),
            pruning_ratio=ratio,
            ignored_layers=[last],
        )
        pruner.step()
    return model


@contextmanager
def _plain_convolutions(model: nn.Module) -> Iterator[None]:
    """Let convolutions with another forward be plain ones, whose graph ``torch-pruning`` reads."""
    folded = {m: type(m) for m in model.modules() if vars(type(m)).get('same_as_plain')}
    for layer in folded:
        layer.__class__ = nn.Conv3d if isinstance(layer, nn.Conv3d) else nn.Conv2d
    try:
        yield
    finally:
        for layer, cls in folded.items():
            layer.__class__ = cls


def _last_convolution(model: nn.Module, shape: tuple[int, ...]) -> nn.Module:
    """The one that runs last."""
    convolutions = trace_batch(model, lambda m: isinstance(m, nn.Conv2d | nn.Conv3d), shape).calls
    return convolutions[-1].layer
