"""Whether an accelerated network computes what the plain one does, checked on an example."""

import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.utils._pytree import tree_leaves, tree_map_only

from vared_mm.blockwise import BlockConvolution
from vared_mm.dynamic import DynamicConvolution, Override, dynamic_layers, overridden

from .channels_last import channels_last, mend_for_channels_last
from .fuse import replace
from .fused import Fused
from .trial import trial

#: Largest norm of a layer's error, over that of its result. Rounding comes to some 1e-6 and 5e-3, a
#: convolution that went wrong, or an activation that was lost, to 0.3 and more.
TOLERANCES = {torch.float32: 1e-3, torch.bfloat16: 0.05}

#: The same for a whole network, where layers' roundings add up.
WHOLE = 10


class Doubtful(RuntimeError):
    """An accelerated network computes something else than the plain one."""


def check_layers(
    quick: nn.Module,
    plain: nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None = None,
    dtype: torch.dtype | None = None,
    root: nn.Module | None = None,
) -> None:
    """Compare an accelerated network with the plain one, layer by layer and as a whole.

    Each layer is given what the plain one gets, and decides as it does, so that nothing adds up.
    One that differs by more than its tolerance, or that is not finite where the plain one is,
    is replaced by the plain one, with what was fused into it; in bfloat16 that computes in float32.
    What is right comes from the plain network in float32 there: torch's own convolutions in
    bfloat16 can be wrong, and are looked at too.

    Args:
        quick: is changed where it is wrong; not compiled yet.
        plain: of the same names; becomes a part of the other where that is wrong.
        args: of both forwards.
        kwargs: likewise.
        dtype: that ``quick`` computes in; None: as its inputs.
        root: that ``quick`` is a part of, whose layers may have names beyond it; None: itself.

    Raises:
        Doubtful: if, after that, the whole network's result still is another one.

    Warns:
        UserWarning: with the names of layers that were replaced.
    """
    parameter = next((p for p in quick.parameters() if p.is_floating_point()), None)
    computed_in = dtype or (torch.float32 if parameter is None else parameter.dtype)
    tolerance = TOLERANCES.get(computed_in)
    if tolerance is None or (parameter is not None and parameter.device.type != 'cpu'):
        return
    plain = plain.float()
    args, kwargs = tree_map_only(Tensor, _to_float, (args, dict(kwargs or {})))
    check = _Check(quick, plain, computed_in, tolerance)
    with trial(quick):
        expected = check.run(args, kwargs)
    for name in check.wrong:
        check.restore(name, root or quick)
    if check.wrong:
        names = ', '.join(check.wrong)
        warnings.warn(
            f'accelerate: not what the plain model computes, so left as they are: {names}',
            stacklevel=4,
        )
    with trial(quick):
        found = check.run_quick(args, kwargs)
    if not _is_close(found, expected, WHOLE * tolerance):
        raise Doubtful('its result on the example differs')


class _Check:
    """One pass of the plain network, in which each layer of the other is tried.

    Args:
        quick: the accelerated network.
        plain: in float32.
        dtype: that the former computes in.
        tolerance: of a layer.
    """

    def __init__(
        self, quick: nn.Module, plain: nn.Module, dtype: torch.dtype, tolerance: float
    ) -> None:
        self.quick, self.plain, self.dtype, self.tolerance = quick, plain, dtype, tolerance
        #: What is wrong so far, by name, with the names of what is fused into it.
        self.wrong: dict[str, list[str]] = {}
        #: Of what is wrong, and of the plain one: what follows may be inside.
        self._results: dict[str, tuple[Any, Tensor]] = {}
        self._last: dict[int, str] = {}  # by memory of a plain result: which layer it ends
        self._decisions: dict[str, Any] = {}

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The plain network's result."""
        seen, quick = set(), dict(self.quick.named_modules())
        handles = []
        for name, module in self.plain.named_modules():
            other = quick.get(name)
            if other is None or module in seen or not self._is_other(name, module, other):
                continue
            seen.add(module)
            look = partial(self._try_fused if isinstance(other, Fused) else self._try, name)
            handles.append(module.register_forward_hook(look))
        try:
            result = self.plain(*tree_map_only(Tensor, _usual_copy, args), **kwargs)
            for name, unit in dynamic_layers(self.plain).items():
                if unit.record is not None:
                    self._decisions.setdefault(name, unit.record.decision)
            return result
        finally:
            for handle in handles:
                handle.remove()
            self._results.clear()
            self._last.clear()

    def run_quick(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The accelerated network's result, with the decisions of the plain one."""
        layers = dynamic_layers(self.quick)
        names = {layer: name for name, layer in layers.items()}
        records = {layer: layer.record for layer in layers.values()}
        decided = partial(self._override_of, names)
        try:
            with overridden(layers.values(), decided):
                return self.quick(*tree_map_only(Tensor, self._cast_copy, args), **kwargs)
        finally:
            for layer, record in records.items():
                layer.record = record

    def restore(self, name: str, root: nn.Module) -> None:
        """Restore the plain layer and what was fused into it, under all their names."""
        for place in (name, *self.wrong[name]):
            module = self.plain.get_submodule(place)
            mend_for_channels_last(module)
            if self.dtype != torch.float32:
                module.register_forward_pre_hook(_floats)
                module.register_forward_hook(partial(_casts, self.dtype))
            replace(root, {self.quick.get_submodule(place): module})

    def _is_other(self, name: str, plain: nn.Module, quick: nn.Module) -> bool:
        """Whether to try a layer: a leaf that was replaced, or computes in a narrower type."""
        if isinstance(plain, BlockConvolution):  # it runs within its block only
            return False
        leaf = isinstance(plain, DynamicConvolution) or not any(plain.children())
        narrow = self.dtype != torch.float32 and isinstance(plain, _ConvNd)
        parents = map(self.plain.get_submodule, _parents(name))
        inside = any(
            isinstance(parent, DynamicConvolution | BlockConvolution) for parent in parents
        )
        return leaf and not inside and (narrow or _kind_of(plain) != _kind_of(quick))

    def _try(self, name: str, plain: nn.Module, inputs: tuple[Any, ...], expected: Any) -> None:
        if name in self._decisions or not isinstance(expected, Tensor):
            return
        record = getattr(plain, 'record', None)
        self._decisions[name] = None if record is None else record.decision
        quick = self.quick.get_submodule(name)
        layers = [quick] if isinstance(quick, DynamicConvolution) else []
        before = [layer.record for layer in layers]
        try:
            with overridden(layers, lambda _: self._override_of({quick: name}, quick)):
                found = quick(*tree_map_only(Tensor, self._cast, inputs))
        except (RuntimeError, TypeError):
            found = None
        for layer, kept in zip(layers, before, strict=True):
            layer.record = kept
        self._settle(name, found, expected)

    def _try_fused(
        self, name: str, _plain: nn.Module, inputs: tuple[Any, ...], expected: Any
    ) -> None:
        """A layer that seems wrong may have a norm or a ReLU inside."""
        layer = self._last.pop(_memory(inputs[0]), None)
        if layer in self.wrong and isinstance(expected, Tensor):
            self.wrong[layer].append(name)
            self._settle(layer, self._results[layer][0], expected)

    def _settle(self, name: str, found: Any, expected: Tensor) -> None:
        if _is_close(found, expected, self.tolerance):
            self.wrong.pop(name, None)
            self._results.pop(name, None)
            return
        self.wrong.setdefault(name, [])
        self._results[name] = found, expected  # alive: no other takes its memory
        self._last[_memory(expected)] = name

    def _cast(self, x: Tensor) -> Tensor:
        return channels_last(x, self.dtype)  # as layers get it in the accelerated network

    def _cast_copy(self, x: Tensor) -> Tensor:
        return self._cast(x).clone()

    def _override_of(self, names: Mapping[nn.Module, str], layer: nn.Module) -> Override | None:
        decision = self._decisions.get(names[layer])
        return None if decision is None else Override(lambda _clips: decision)


def _is_close(found: Any, expected: Any, tolerance: float) -> bool:
    """Whether tensors are as expected, but for an error of this relative norm."""
    one, two = tree_leaves(found), tree_leaves(expected)
    return len(one) == len(two) and all(map(partial(_is_near, tolerance), one, two))


def _is_near(tolerance: float, found: Any, expected: Any) -> bool:
    if not isinstance(expected, Tensor) or not expected.is_floating_point():
        return True
    if not isinstance(found, Tensor) or found.shape != expected.shape:
        return False
    finite = expected.isfinite()
    wanted = expected[finite].double()
    error = found[finite].double() - wanted
    least = 1e-6 * wanted.numel() ** 0.5  # of results that are all but zero
    return bool(error.norm() <= tolerance * wanted.norm() + tolerance * least)


def _kind_of(layer: nn.Module) -> tuple[type, type]:
    """What computes: a layer's class, and that of its backend if it has one."""
    return type(layer), type(getattr(layer, 'backend', None))


def _memory(tensor: Any) -> int:
    return tensor.untyped_storage()._cdata if isinstance(tensor, Tensor) else 0


def _parents(name: str) -> list[str]:
    parts = name.split('.')
    return ['.'.join(parts[:i]) for i in range(len(parts))]


def _usual_copy(x: Tensor) -> Tensor:
    """Not channels-last, in which torch's own layers can be wrong."""
    return x.clone(memory_format=torch.contiguous_format)


def _to_float(x: Tensor) -> Tensor:
    return x.float() if x.is_floating_point() else x


def _floats(_module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tree_map_only(Tensor, _to_float, inputs)


def _casts(dtype: torch.dtype, _module: nn.Module, _inputs: Any, result: Any) -> Any:
    return tree_map_only(Tensor, lambda x: x.to(dtype), result)
