"""Hidden tensors: written by one dense convolution, read by one, and nothing else sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from torch import nn

from .flow import Step, Value
from .per_channel import is_per_channel, mixes_frames

Convolution = nn.Conv2d | nn.Conv3d


@dataclass(frozen=True, eq=False)
class Hidden:
    """A hidden tensor.

    Args:
        writer: call of the convolution that writes it.
        between: what treats each of its channels alone, in order: operations, depthwise
            convolutions, squeeze-and-excitations.
        reader: call of the convolution that reads it.
    """

    writer: Step
    between: tuple[Step, ...]
    reader: Step

    @property
    def layers(self) -> tuple[nn.Module, ...]:
        """What writes it, changes it and reads it."""
        return (
            self.writer.layer,
            *(step.layer for step in self.between if step.layer),
            *((self.reader.layer,)),
        )

    @property
    def mixes_frames(self) -> bool:
        """Whether a pooling between the convolutions looks beyond each frame."""
        return any(step.layer is None and mixes_frames(step) for step in self.between)


@dataclass(frozen=True)
class Refusal:
    """Why a tensor can not be hidden.

    Args:
        reason: in words.
        plain: whether that is no more than how the network is built: something else reads it too.
    """

    reason: str
    plain: bool = False


SEEN = Refusal('something else reads its result too', plain=True)


def find_hidden(
    steps: list[Step], static: Mapping[str, str]
) -> tuple[list[Hidden], dict[str, Refusal]]:
    """Hidden tensors of a pass in order, and why the results of other convolutions are not.

    Args:
        steps: of the pass; convolutions and squeeze-and-excitations are one step each.
        static: by name, why convolutions are not one step: they are not plain.
    """
    found, refused = [], {}
    for step in steps:
        if is_dense(step.layer):
            hidden = _follow(step, static)
            if isinstance(hidden, Hidden):
                found.append(hidden)
            else:
                refused[step.within] = hidden
    return found, refused


def is_dense(layer: nn.Module | None) -> bool:
    """Whether it is a convolution whose every result depends on every channel."""
    return isinstance(layer, Convolution) and layer.groups == 1


def is_depthwise(layer: nn.Module | None) -> bool:
    """Whether it is a convolution of each channel alone."""
    if not isinstance(layer, Convolution):
        return False
    return 1 < layer.groups == layer.in_channels == layer.out_channels


def _follow(writer: Step, static: Mapping[str, str]) -> Hidden | Refusal:
    """Follow what a convolution writes to what reads it."""
    values: dict[Value, None] = {}
    between: list[Step] = []
    queue: list[tuple[int, Step]] = []
    reader: Step | None = None

    def add(value: Value) -> None:
        values[value] = None
        for step in value.readers:
            if all(step is not other for _, other in queue):
                heappush(queue, (step.index, step))

    add(writer.gives)
    while queue:
        _, step = heappop(queue)
        if is_dense(step.layer):
            if reader is not None:
                return SEEN
            reader = step
        elif step.layer is not None:
            if isinstance(step.layer, Convolution) and not is_depthwise(step.layer):
                return Refusal(f'{step.within}, which reads its result, has groups', plain=True)
            between.append(step)
            add(step.gives)
        elif is_per_channel(step, values):
            between.append(step)
            add(step.gives)
        else:
            return _why_not(step, values, static)
    if any(value.is_output for value in values) or reader is None:
        return SEEN
    return Hidden(writer, tuple(between), reader)


def _why_not(step: Step, values: Mapping[Value, None], static: Mapping[str, str]) -> Refusal:
    if reason := static.get(step.within):
        return Refusal(f'{step.within}, which reads its result, can not be in a block: {reason}')
    other = any(value.is_data and value not in values for value in step.reads)
    name = step.op.__name__
    # Added to others, side by side with others, or averaged: the end of a branch or a network.
    if other or name in ('cat', 'mean', '_adaptive_avg_pool2d', '_adaptive_avg_pool3d'):
        return SEEN
    where = f' in {step.within}' if step.within else ''
    return Refusal(f'{name}{where}, which reads its result, is none for each channel alone')
