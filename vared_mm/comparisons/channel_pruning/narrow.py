"""Cut the weakest channels out of a model until it costs so much."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd

from vared_mm.dynamic import count_macs

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
    all that a channel takes part in. What the model gives keeps its channels, be it several feature
    maps or one.

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
    kept = _output_convolutions(model, shape)
    low, high = 0.0, 1.0
    for _ in range(steps):
        ratio = (low + high) / 2
        enough = count_macs(_cut(model, ratio, shape, kept), shape).total() <= target
        low, high = (low, ratio) if enough else (ratio, high)
    return _cut(model, high, shape, kept)


def _cut(model: nn.Module, ratio: float, shape: tuple[int, ...], kept: Sequence[str]) -> nn.Module:
    model = deepcopy(model)
    with _plain_convolutions(model):
        pruner = torch_pruning.pruner.MetaPruner(
            model,
            torch.zeros(shape, device=next(model.parameters()).device),
            importance=torch_pruning.importance.GroupMagnitudeImportance(p=2),
            pruning_ratio=ratio,
            ignored_layers=[model.get_submodule(name) for name in kept],
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


def _output_convolutions(model: nn.Module, shape: tuple[int, ...]) -> list[str]:
    """Names of the convolutions whose channels are those of the model's results.

    Going back from the results through what computes gradients, the first on every way.
    """
    model = deepcopy(model)
    model.eval()  # upstream's backbones do not return themselves
    model.requires_grad_(True)
    weights = {m.weight: name for name, m in model.named_modules() if isinstance(m, _ConvNd)}
    with _plain_convolutions(model), torch.enable_grad():
        results = model(torch.zeros(shape, device=next(model.parameters()).device))
    results = results if isinstance(results, tuple | list) else [results]
    left, seen, found = [result.grad_fn for result in results], set(), []
    while left:
        node = left.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        before = [other for other, _ in node.next_functions]
        variables = [getattr(other, 'variable', None) for other in before]
        names = [weights[variable] for variable in variables if variable in weights]
        found += names
        left += [] if names else before
    return found
