"""Make a trained model quick."""

import copy
import warnings
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch._inductor import config as inductor
from torch.utils._pytree import tree_map_only

from vared_mm.dynamic import DynamicConv3d, DynamicConvolution, dynamic_layers, stand_for

from .accelerated_convolution import AcceleratedConv2d, AcceleratedConv3d, Epilogue
from .followers import find_followers
from .native import load_native
from .native_pass import NativePass
from .static_layers import (
    NativeConv3d,
    NativeMaxPool3d,
    fold_norm,
    is_native,
    is_static_convolution,
)

Model = TypeVar('Model', bound=nn.Module)


def accelerate(
    model: Model,
    *example: Tensor,
    dtype: torch.dtype | None = None,
    compiled: bool = True,
    **kwargs: Any,
) -> Model:
    """A copy of a trained model that gives the same results in less time, on a CPU.

    Dynamic layers become one native call each, with the batch norm and the ReLU behind them
    (:class:`AcceleratedConvolution`); static convolutions and poolings become native where that is
    quicker (:class:`NativeConv3d`), with batch norms folded; all the rest is compiled with its
    weights frozen. ``recorded_cost``, ``executed_cost`` and ``fixed_choice`` work as before. A
    static model gets the same treatment. It computes what the model did to 1e-4 (fp32) and can't be
    trained. Of an OpenMMLab model, backbone and neck are made quick.

    Args:
        model: in evaluation mode; stays as it is.
        *example: what its forward takes, of the shape it will get; other batch sizes work and are
            compiled when they come.
        dtype: to compute in; gates, head and results stay in float32. None: as the model's.
        compiled: False leaves out the compiler, and its minutes, but not the rest.
        **kwargs: further arguments of the forward.

    Returns:
        The quick copy; the compiler runs at its first call.

    Raises:
        ValueError: for a model in training mode.

    Warns:
        UserWarning: once, if there is no C++ compiler or the model is not on a CPU: then it is a
            plain copy.
    """
    if model.training:
        raise ValueError('accelerate: the model is in training mode; call eval() first')
    quick = copy.deepcopy(model).requires_grad_(False)
    if any(parameter.device.type != 'cpu' for parameter in quick.parameters()):
        warnings.warn('accelerate: only for a CPU; the model stays as it is', stacklevel=2)
        return quick
    try:
        load_native()
    except RuntimeError as error:
        warnings.warn(f'accelerate: the model stays as it is: {error}', stacklevel=2)
        return quick
    stand_for(quick, model)
    for part, inputs in _parts(quick, example, kwargs):
        _quicken(part, inputs, dtype)
        if compiled:
            _compile(part)
    return quick


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


def _quicken(model: nn.Module, inputs: tuple[Any, ...], dtype: torch.dtype | None) -> None:
    static = {n: m for n, m in model.named_modules() if is_static_convolution(m)}
    layers = dynamic_layers(model)
    computed_in = dtype or next((p.dtype for p in model.parameters()), torch.float32)
    native = computed_in == torch.float32
    for name, followers in find_followers(model, {**layers, **static}, *inputs).items():
        layer, norm = model.get_submodule(name), _take(model, followers.norm)
        if name in layers:
            twin = _dynamic_twin(layer, norm, _take(model, followers.relu))
        else:  # the compiler joins the ReLU
            twin = fold_norm(layer, norm)
            twin = NativeConv3d(twin) if native and is_native(twin) else twin
        model.set_submodule(name, twin)
    for name, pool in list(model.named_modules()):
        if isinstance(pool, nn.MaxPool3d) and native and is_native(pool):
            model.set_submodule(name, NativeMaxPool3d(pool))
    if dtype is not None:
        _cast(model, dtype)
        model.register_forward_hook(_to_float)
    model.register_forward_pre_hook(partial(_prepare, dtype))


def _dynamic_twin(
    layer: DynamicConvolution, norm: nn.Module | None, relu: nn.Module | None
) -> nn.Module:
    epilogue = Epilogue.of(layer.out_channels, norm, relu is not None)
    twin = AcceleratedConv3d if isinstance(layer, DynamicConv3d) else AcceleratedConv2d
    return twin(layer, epilogue)


def _take(model: nn.Module, name: str) -> nn.Module | None:
    """Take a follower out of a model."""
    if not name:
        return None
    taken = model.get_submodule(name)
    model.set_submodule(name, nn.Identity())
    return taken


def _compile(part: nn.Module) -> None:
    # Static sizes: what another model of the class was compiled for is not to matter.
    compiled = torch.compile(part.forward, dynamic=False)

    def forward(*args: Any, **kwargs: Any) -> Any:
        # Read while tracing, at the first call of each size: as an option of `torch.compile`
        # itself it comes too late, and the weights stay inputs that nothing is folded into.
        with inductor.patch(freezing=True, post_grad_custom_post_pass=NativePass()):
            return compiled(*args, **kwargs)

    part.forward = forward


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
