"""Sort the channels of hidden tensors, so that the first ones are those that matter most."""

from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from vared_mm.dynamic import dynamic_layers

from .block import DynamicBlock
from .neighbours import Neighbours

#: A tensor, and its axis that runs along the channels.
Along = tuple[Tensor, int]


@torch.no_grad()
def sort_channels(model: nn.Module) -> dict[str, str]:
    """Sort the channels of each hidden tensor of a model by importance, in place, largest first.

    The importance of a channel is the norm of the weights that write it, times the norm of those
    that read it, times the factors in between: of norms, and of depthwise kernels. What the model
    computes in full stays the same; what its blocks leave out changes. For pretrained weights,
    before training: an optimizer's state is not sorted.

    Args:
        model: with dynamic blocks.

    Returns:
        By block and number of the hidden tensor, why it was left as it is: where weights are
        shared with other layers, or it can't be told which ones belong to which channel.

    Raises:
        ValueError: if the model has no block.
    """
    blocks = {n: b for n, b in dynamic_layers(model).items() if isinstance(b, DynamicBlock)}
    if not blocks:
        raise ValueError('sort_channels: the model has no dynamic block')
    owners = Counter(
        id(tensor)
        for module in model.modules()
        for tensor in (*module._parameters.values(), *module._buffers.values())
        if tensor is not None
    )
    left = {}
    for name, block in blocks.items():
        prefix = name.removesuffix(f'{block.neighbours[0].writer}.block').rstrip('.')
        root = model.get_submodule(prefix)  # what was converted
        for i, around in enumerate(block.neighbours):
            try:
                tensors = list(_tensors(root, around))
                if any(owners[id(tensor)] > 1 for tensor, _ in tensors):
                    raise LookupError('its weights are shared')
            except LookupError as error:
                left[f'{name}, {i}'] = str(error)
                continue
            order = _importance(root, around).argsort(descending=True, stable=True)
            for tensor, axis in tensors:
                tensor.copy_(tensor.index_select(axis, order))
    return left


def _tensors(root: nn.Module, around: Neighbours) -> Iterator[Along]:
    """All that has to be sorted.

    Raises:
        LookupError: if that can't be told.
    """
    writer, reader = (root.get_submodule(name) for name in (around.writer, around.reader))
    channels = writer.out_channels
    for name in (around.writer, *around.depthwise):
        conv = root.get_submodule(name)
        yield from ((t, 0) for t in (conv.weight, conv.bias) if t is not None)
    for name, count in around.norms.items():
        found = _vectors(root.get_submodule(name), channels)
        if len(found) != count:
            raise LookupError(f'{name} does not hold its own weights')
        yield from ((tensor, 0) for tensor in found.values())
    for name in around.squeezes:
        inner = [
            m for m in root.get_submodule(name).modules() if isinstance(m, _ConvNd | nn.Linear)
        ]
        products = [m for m in inner if getattr(m, 'groups', 1) == 1]
        first = [m for m in products if m.weight.shape[1] == channels]
        last = [m for m in products if m.weight.shape[0] == channels]
        if len(inner) != len(products) or len(first) != 1 or len(last) != 1:
            raise LookupError(f'{name} is no squeeze-and-excitation of two layers')
        yield first[0].weight, 1
        yield from ((t, 0) for t in (last[0].weight, last[0].bias) if t is not None)
    yield reader.weight, 1


def _importance(root: nn.Module, around: Neighbours) -> Tensor:
    writer, reader = (root.get_submodule(name) for name in (around.writer, around.reader))
    value = _norms(writer.weight, 0) * _norms(reader.weight, 1)
    for name in around.depthwise:
        value = value * _norms(root.get_submodule(name).weight, 0)
    for name in around.norms:
        norm = root.get_submodule(name)
        held = _vectors(norm, writer.out_channels)
        if 'weight' in held:
            value = value * held['weight'].abs()
        if 'running_var' in held:
            value = value / (held['running_var'] + getattr(norm, 'eps', 1e-5)).sqrt()
    return value


def _norms(weight: Tensor, axis: int) -> Tensor:
    """Of a weight's slices along an axis."""
    return weight.transpose(0, axis).flatten(1).norm(dim=1)


def _vectors(module: nn.Module, channels: int) -> dict[str, Tensor]:
    """A module's own tensors with a value a channel."""
    own = {**module._parameters, **module._buffers}
    return {k: t for k, t in own.items() if t is not None and t.shape == (channels,)}
