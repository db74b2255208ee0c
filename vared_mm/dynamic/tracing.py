"""What the layers of a model see and compute, from one pass on the meta device."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from .execution import costed_layers, leaves_cost
from .fixed_choice import fixed_choice
from .snapshot import unchanged
from .without_data import WithoutData, stand_in

Place = tuple[str, nn.Module]


@dataclass(frozen=True, eq=False)
class LayerCall:
    """One call of a layer.

    Args:
        name: of the layer, its first where it has several.
        layer: itself.
        inputs: shape of its first input, () where it has none.
        outputs: shape of its result.
        within: the layers around it, the outermost first.
        taken: tensors among its arguments, on the meta device.
        given: tensors of its result, likewise.
    """

    name: str
    layer: nn.Module
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    within: tuple[Place, ...] = ()
    taken: tuple[Tensor, ...] = ()
    given: tuple[Tensor, ...] = ()


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of torch.

    Args:
        func: as its dispatcher names it.
        args: with meta tensors.
        kwargs: likewise.
        result: likewise.
        within: the layers that it ran in, the outermost first.
    """

    func: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    within: tuple[Place, ...]


@dataclass
class Trace:
    """What happened in a pass.

    Args:
        events: in order; a layer's call follows its operations.
        records: what the layers that leave a cost left in this pass.
        inputs: tensors among the model's arguments, on the meta device.
    """

    events: list[LayerCall | Operation] = field(default_factory=list)
    records: dict[nn.Module, Any] = field(default_factory=dict)
    inputs: tuple[Tensor, ...] = ()

    @property
    def calls(self) -> list[LayerCall]:
        """The calls of the wanted layers."""
        return [event for event in self.events if isinstance(event, LayerCall)]


def trace(
    model: nn.Module, wanted: Callable[[nn.Module], bool], /, *args: Any, **kwargs: Any
) -> Trace:
    """Run ``model(*args, **kwargs)`` in evaluation mode, without data.

    Nothing is computed, and the model is left as it was, also where its forward raises: its
    weights are never written to, see :class:`WithoutData`, and attributes, modes and hooks are
    restored. Hooks and patched forwards run, as in any forward. Gates have to be overridden, as
    by :func:`fixed_choice`: their decisions need data.

    Args:
        model: a static or dynamic model.
        wanted: of which layers to list the calls.
        *args: of the forward; of tensors among them only the shapes and types matter.
        **kwargs: likewise.

    Raises:
        ValueError: if the model can't take such an input, with the model's own words.
    """
    return _trace(model, wanted, False, args, kwargs)


def _trace(
    model: nn.Module,
    wanted: Callable[[nn.Module], bool],
    training: bool,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Trace:
    if any(torch.nn.parameter.is_lazy(p) for p in (*model.parameters(), *model.buffers())):
        raise ValueError(f'{type(model).__name__} has lazy layers: run it once before')
    found, around = Trace(), list[Place]()

    def observe(func: Any, args: tuple, kwargs: dict, result: Any) -> None:
        found.events.append(Operation(func, args, kwargs, result, tuple(around or [('', model)])))

    with unchanged(model), torch.inference_mode(False), torch.no_grad():
        lent: dict[Tensor, Tensor] = {}
        for name, layer in model.named_modules():
            # Not by train() or eval(), which are the model's own to define.
            layer.training = training and not isinstance(layer, _BatchNorm)
            if leaves_cost(layer):
                layer.listeners = []
            if not isinstance(layer, torch.jit.ScriptModule):
                _lend_stand_ins(layer, lent)
                _note_calls(found, around, (name, layer), wanted(layer))
        args = tuple(stand_in(a) for a in args)
        kwargs = {key: stand_in(value) for key, value in kwargs.items()}
        found.inputs = tuple(_tensors((args, kwargs)))
        try:
            with WithoutData(observe):
                model(*args, **kwargs)
        except Exception as error:  # whatever a stranger's forward raises
            shapes = [tuple(a.shape) for a in (*args, *kwargs.values()) if isinstance(a, Tensor)]
            words = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise ValueError(
                f'{type(model).__name__} does not run on an input of {shapes}: {words}'
            ) from error
        found.records = {layer: layer.record for layer in costed_layers(model).values()}
    return found


def trace_batch(
    model: nn.Module,
    wanted: Callable[[nn.Module], bool],
    shape: tuple[int, ...],
    candidate: int = 0,
    training: bool = False,
    /,
    **kwargs: Any,
) -> Trace:
    """:func:`trace` of a batch of this shape, of the type of the model's weights.

    Dynamic layers take one candidate along each axis, the first or, clipped, a later one. In
    training mode all but the batch norms are.

    Raises:
        ValueError: as of ``trace``.
    """
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), None)
    with fixed_choice(model, candidate, candidate):
        clips = torch.empty(shape, dtype=dtype, device='meta')
        return _trace(model, wanted, training, (clips,), kwargs)


def _lend_stand_ins(layer: nn.Module, lent: dict[Tensor, Tensor]) -> None:
    """Let a layer's tensors be meta ones, for checks that all tensors are on one device.

    Scalars, which may be read, and tensors of classes of their own are left to ``WithoutData``.
    """
    for tensors in (layer._parameters, layer._buffers):
        for key, tensor in tensors.items():
            if type(tensor) in (Tensor, nn.Parameter) and tensor.dim():
                if tensor not in lent:
                    meta = stand_in(tensor.detach())
                    is_parameter = isinstance(tensor, nn.Parameter)
                    lent[tensor] = (
                        nn.Parameter(meta, tensor.requires_grad) if is_parameter else meta
                    )
                tensors[key] = lent[tensor]
    if isinstance(layer, nn.RNNBase):  # holds its weights once more
        layer._flat_weights = [lent.get(weight, weight) for weight in layer._flat_weights]


def _note_calls(found: Trace, around: list[Place], place: Place, wanted: bool) -> None:
    """Hook a layer, before and behind its hooks: ``around`` holds the layers that are running."""

    def before(*_: Any) -> None:
        around.append(place)

    def after(layer: nn.Module, args: tuple, kwargs: dict, result: Any) -> None:
        around.pop()
        if wanted:
            taken, given = tuple(_tensors((args, kwargs))), tuple(_tensors(result))
            shapes = (tuple(some[0].shape) if some else () for some in (taken, given))
            found.events.append(LayerCall(*place, *shapes, tuple(around), taken, given))

    place[1].register_forward_pre_hook(before, prepend=True)
    place[1].register_forward_hook(after, prepend=True, with_kwargs=True)


def _tensors(value: Any) -> Iterator[Tensor]:
    """All tensors in arguments or a result."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)
