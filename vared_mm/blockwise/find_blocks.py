"""Which convolutions of a network make up blocks, found in what a pass does."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from vared_mm.dynamic.convertible import CLIPS, batch_shape, why_not_by_clips
from vared_mm.dynamic.selection import (
    Patterns,
    is_meant,
    names_of,
    plain_base,
    why_not_plain,
)
from vared_mm.dynamic.tracing import LayerCall, Trace, trace_batch

from .flow import Step, steps_of
from .hidden import Hidden, Refusal, find_hidden
from .squeeze import find_squeezes


@dataclass(frozen=True, eq=False)
class Chain:
    """Convolutions joined by hidden tensors, in a residual network the branch of a block.

    Args:
        hidden: the tensors, in order.
    """

    hidden: tuple[Hidden, ...]

    @property
    def steps(self) -> list[Step]:
        """Calls of its layers in order; of squeeze-and-excitations too."""
        calls = [self.hidden[0].writer]
        for tensor in self.hidden:
            calls += [step for step in tensor.between if step.layer is not None]
            calls.append(tensor.reader)
        return calls

    @property
    def convs(self) -> list[Step]:
        """Calls of its convolutions in order."""
        return [step for step in self.steps if plain_base(step.layer) is not None]


@dataclass(frozen=True)
class Search:
    """Passes of a network, to find blocks in.

    Args:
        one: of one clip.
        several: of :data:`CLIPS` clips.
        training: of as many, in training mode.
    """

    one: Trace
    several: Trace
    training: Trace

    @classmethod
    def of(cls, model: nn.Module, input_shape: Sequence[int], frames: int | None) -> 'Search':
        """Run a network three times, without data.

        Raises:
            ValueError: if it does not run on such an input.
        """
        shapes = [batch_shape(input_shape, frames, n) for n in (1, CLIPS)]
        one, several = (trace_batch(model, lambda _: True, shape) for shape in shapes)
        try:
            training = trace_batch(model, lambda _: True, shapes[1], 0, True)
        except ValueError as error:
            raise ValueError(f'in training mode {error}') from error
        return cls(one, several, training)


def find_blocks(
    model: nn.Module,
    search: Search,
    frames: int,
    include: Patterns = None,
    exclude: Patterns = None,
) -> tuple[list[list[Chain]], dict[str, str]]:
    """Blocks of a network, each the chains that begin at one tensor, and why others are none.

    Args:
        model: that was traced.
        search: the passes.
        frames: T of one clip.
        include: as of ``convert_blocks``.
        exclude: likewise.
    """
    names = names_of(model)
    static = _static_convolutions(search, frames)
    whole = {m for m in names if plain_base(m) and names[m][0] not in static}
    whole |= find_squeezes(search.one)
    (hidden, refused), (trained, _) = (
        find_hidden(steps_of(trace, whole), static) for trace in (search.one, search.training)
    )
    same = {tensor.layers for tensor in trained}
    for tensor in [t for t in hidden if t.layers not in same]:
        hidden.remove(tensor)
        refused[tensor.writer.within] = Refusal('what reads its result differs in training')
    blocks: dict[int, list[Chain]] = {}
    for chain in _join(hidden):
        some = [names[step.layer] for step in chain.convs]
        included = any(is_meant(several, include, None) for several in some)
        if included and all(is_meant(several, None, exclude) for several in some):
            blocks.setdefault(id(chain.hidden[0].writer.reads[0]), []).append(chain)
    reasons = {n: r.reason for n, r in refused.items() if not r.plain} | static
    meant = {some[0] for some in names.values() if is_meant(some, include, exclude)}
    return list(blocks.values()), {n: r for n, r in reasons.items() if n in meant}


def _static_convolutions(search: Search, frames: int) -> dict[str, str]:
    """Convolutions that can't be part of a block, and why."""
    calls: dict[nn.Module, tuple[list[LayerCall], ...]] = {}
    for i, trace in enumerate((search.one, search.several, search.training)):
        for call in trace.calls:
            if plain_base(call.layer) is not None:
                calls.setdefault(call.layer, ([], [], []))[i].append(call)
    static = {}
    for layer, (one, several, training) in calls.items():
        name = next(call.name for some in (one, several, training) for call in some)
        reason = why_not_plain(layer)
        if not reason and not (len(one) == len(several) == len(training) == 1):
            reason = 'it does not run once in a pass'
        reason = reason or why_not_by_clips(one, several, frames)
        if reason:
            static[name] = reason
    return static


def _join(hidden: list[Hidden]) -> list[Chain]:
    """Chains of hidden tensors: what one's last convolution writes is the next one."""
    by_writer = {tensor.writer.layer: tensor for tensor in hidden}
    later = {tensor.reader.layer for tensor in hidden}
    chains = []
    for tensor in hidden:
        if tensor.writer.layer in later:
            continue
        chain = [tensor]
        while (following := by_writer.get(chain[-1].reader.layer)) is not None:
            chain.append(following)
        chains.append(Chain(tuple(chain)))
    return chains
