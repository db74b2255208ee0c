"""Make a trained model quick."""

import copy
import importlib
import warnings
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from vared_mm.dynamic import dynamic_layers, stand_for

from .cpu_twins import CpuTwins
from .epilogue import Epilogue
from .followers import find_followers
from .static_layers import fold_norm, is_static_convolution
from .twins import Twins

Model = TypeVar('Model', bound=nn.Module)


def accelerate(
    model: Model,
    *example: Tensor,
    dtype: torch.dtype | None = None,
    compiled: bool = True,
    **kwargs: Any,
) -> Model:
    """A copy of a trained model that gives the same results in less time, on a CPU or a GPU.

    On a CPU dynamic layers become one native call each, with the batch norm and the ReLU behind
    them (:class:`AcceleratedConvolution`); static convolutions and poolings become native where
    that is quicker (:class:`NativeConv3d`). On a GPU dynamic layers become a few kernels that look
    choices up on the device (:class:`GpuConvolution`), and the whole forward one CUDA graph for
    each size of its input. On both batch norms are folded, and all the rest is compiled with its
    weights frozen. ``recorded_cost``, ``executed_cost`` and ``fixed_choice`` work as before. A
    static model gets the same treatment. It computes what the model did to 1e-4 (fp32; on a GPU to
    what TensorFloat-32 gives, where torch lets cuDNN use it) and can't be trained. Of an OpenMMLab
    model, backbone and neck are made quick.

    Args:
        model: in evaluation mode; stays as it is.
        *example: what its forward takes, of the shape it will get; other batch sizes work, and are
            compiled when they come, up to eight of them.
        dtype: to compute in; gates, head and results stay in float32. None: as the model's.
        compiled: False leaves out the compiler, and its minutes, but not the rest.
        **kwargs: further arguments of the forward.

    Returns:
        The quick copy; the compiler runs at its first call.

    Raises:
        ValueError: for a model in training mode.
        TypeError: for a model that was accelerated; ``copy.deepcopy`` of one raises it too.

    Warns:
        UserWarning: once, if there is no C++ compiler for a CPU or no Triton for a GPU, or the
            model is on neither: then it is a plain copy.
    """
    if model.training:
        raise ValueError('accelerate: the model is in training mode; call eval() first')
    quick = _copy(model).requires_grad_(False)
    try:
        twins = _twins_for(quick, dtype)
    except RuntimeError as error:
        warnings.warn(f'accelerate: the model stays as it is: {error}', stacklevel=2)
        return quick
    quick.__deepcopy__ = _refuse_copy  # type: ignore[method-assign, assignment]
    stand_for(quick, model)
    for part, inputs in _parts(quick, example, kwargs):
        _quicken(part, inputs, twins, dtype)
        twins.finish(part, inputs, compiled)
    return quick


def _copy(model: Model) -> Model:
    """A deep copy, also of a model that works weights out at each forward, as pruning does."""
    tensors = [v for m in model.modules() for v in vars(m).values() if isinstance(v, Tensor)]
    return copy.deepcopy(model, {id(t): t.detach() for t in tensors if not t.is_leaf})


def _refuse_copy(_memo: dict) -> None:
    """Compiled forwards mean their layers by number, and what was folded in is not seen again."""
    raise TypeError(
        'an accelerated model can not be copied or accelerated again: take the model that it was '
        'made of'
    )


def _twins_for(model: nn.Module, dtype: torch.dtype | None) -> Twins:
    """What makes layers quick on the device that a model is on.

    Raises:
        RuntimeError: if there is nothing for it.
    """
    parameters = list(model.parameters())
    devices = {parameter.device.type for parameter in parameters} or {'cpu'}
    computed_in = dtype or (parameters[0].dtype if parameters else torch.float32)
    if devices == {'cpu'}:
        return CpuTwins(computed_in)
    if devices != {'cuda'}:
        raise RuntimeError(f'it is on {", ".join(sorted(devices))}: must be a CPU or a GPU')
    try:  # torch brings Triton where it computes on GPUs
        return importlib.import_module('vared_mm.acceleration.gpu').GpuTwins(computed_in)
    except ModuleNotFoundError as error:
        if error.name != 'triton':
            raise
        raise RuntimeError('Triton is not installed') from error


def _parts(
    model: nn.Module, example: tuple[Tensor, ...], kwargs: dict[str, Any]
) -> list[tuple[nn.Module, tuple[Any, ...]]]:
    """What to make quick, each with its own inputs: the model, or its backbone and neck."""
    parts = [getattr(model, name, None) for name in ('backbone', 'neck')]
    parts = [part for part in parts if isinstance(part, nn.Module)]
    if not parts:
        return [(model, example)]
    seen: dict[nn.Module, tuple[Any, ...]] = {}
    handles = [part.register_forward_pre_hook(seen.__setitem__) for part in parts]
    with torch.no_grad():
        model(*example, **kwargs)
    for handle in handles:
        handle.remove()
    return list(seen.items())


def _quicken(
    model: nn.Module, inputs: tuple[Any, ...], twins: Twins, dtype: torch.dtype | None
) -> None:
    static = {n: m for n, m in model.named_modules() if is_static_convolution(m)}
    layers = dynamic_layers(model)
    for name, followers in find_followers(model, {**layers, **static}, *inputs).items():
        layer, norm = model.get_submodule(name), _take(model, followers.norm)
        if name in layers:
            relu = _take(model, followers.relu) is not None
            twin = twins.dynamic(layer, Epilogue.of(layer, norm, relu))
        else:
            relu = twins.static_take_relu and _take(model, followers.relu) is not None
            twin = twins.static(fold_norm(layer, norm), relu)
        model.set_submodule(name, twin)
    for name, pool in list(model.named_modules()):
        if isinstance(pool, nn.MaxPool3d):
            model.set_submodule(name, twins.pool(pool))
    if dtype is not None:
        _cast(model, dtype)
        model.register_forward_hook(_to_float)
    model.register_forward_pre_hook(partial(_prepare, dtype))


def _take(model: nn.Module, name: str) -> nn.Module | None:
    """Take a follower out of a model."""
    if not name:
        return None
    taken = model.get_submodule(name)
    model.set_submodule(name, nn.Identity())
    return taken


def _cast(model: nn.Module, dtype: torch.dtype) -> None:
    gates = [layer.gate for layer in dynamic_layers(model).values()]
    kept = {m for gate in gates if isinstance(gate, nn.Module) for m in gate.modules()}
    for module in model.modules():
        if module not in kept:
            module._apply(lambda t: t.to(dtype) if t.is_floating_point() else t, recurse=False)


def _prepare(
    dtype: torch.dtype | None, _model: nn.Module, inputs: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Clips and images to channels-last, in the type of the weights."""
    return tuple(
        _channels_last(x, dtype or x.dtype) if isinstance(x, Tensor) and x.dim() in (4, 5) else x
        for x in inputs
    )


def _channels_last(x: Tensor, dtype: torch.dtype) -> Tensor:
    layout = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    if x.shape[1] > 4 or x.is_contiguous(memory_format=layout):
        return x.to(dtype, memory_format=layout)
    # Few channels one by one: three times as quick as torch's own change of the layout.
    out = x.new_empty(len(x), *x.shape[2:], x.shape[1], dtype=dtype).movedim(-1, 1)
    for channel in range(x.shape[1]):
        out[:, channel] = x[:, channel]
    return out


def _to_float(_model: nn.Module, _inputs: tuple[Any, ...], result: Any) -> Any:
    """Results to float32, for the head, which stays in it."""
    return tree_map_only(Tensor, Tensor.float, result)
