"""Accelerate a trained model for inference."""

import copy
import importlib
import warnings
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from vared_mm.blockwise import DynamicBlock
from vared_mm.dynamic import dynamic_layers, stand_for
from vared_mm.dynamic.snapshot import same_random_numbers

from .common.accelerator import Accelerator
from .common.block_links import Unlinked
from .common.channels_last import channels_last, mend_for_channels_last
from .common.example_pass import Part, run_example
from .common.frozen import freeze
from .common.fuse import fuse
from .common.proven_forward import ProvenForward
from .common.self_check import Doubtful, check_layers
from .common.trial import trial
from .cpu.accelerator import CpuAccelerator
from .training.backend import make_plain
from .training.recomputed import keep_all

Model = TypeVar('Model', bound=nn.Module)


def accelerate(
    model: Model,
    *example: Tensor,
    dtype: torch.dtype | None = None,
    compiled: bool = True,
    **kwargs: Any,
) -> Model:
    """A copy of a trained model that gives the same results in less time, on a CPU or a GPU.

    On a CPU a dynamic layer becomes one native call, with the batch norm and the ReLU behind it
    (:class:`NativeBackend`); static convolutions and poolings become native where that is quicker
    (:class:`NativeConv3d`). On a GPU a dynamic layer becomes a few kernels that read decisions on
    the device (:class:`TritonBackend`), and the whole forward one CUDA graph for each input size.
    On both, batch norms are folded, and the rest is compiled with its weights frozen.
    ``recorded_cost``, ``executed_cost`` and ``fixed_choice`` work as before. A static model gets
    the same treatment. Of an OpenMMLab model, backbone and neck are accelerated.

    The copy computes what the model did, in another order: in fp32 each layer's result differs by
    some 1e-6 (on a GPU by what TensorFloat-32 gives, where torch lets cuDNN use it), and the
    model's by what follows from that, as its own result differs from float64's.

    Only modules of exactly the classes that are known, without hooks and with nothing else reading
    between them, are replaced; all others stay as they are. With inputs of another size the first
    call is watched, not compiled, and a RuntimeError says where a model takes another way there.
    The copy computes no gradients, and can not be trained, copied, pickled, moved, cast or loaded
    into: those raise a TypeError.

    Args:
        model: in evaluation mode; stays as it is.
        *example: arguments of its forward, of the shape it will get; other batch sizes work, and
            are compiled when they come again, up to eight of them.
        dtype: to compute in; gates, head and results stay in float32. None: as the model's.
        compiled: False leaves out the compiler, and its minutes, but not the rest.
        **kwargs: further arguments of the forward.

    Returns:
        The accelerated copy; the compiler runs at its first call.

    Raises:
        ValueError: for a model in training mode.
        TypeError: for a model that can not be copied, such as one that was accelerated.

    Warns:
        UserWarning: once, if there is no C++ compiler for a CPU or no Triton for a GPU, the model
            is on neither, dynamic layers on a CPU are to compute in another type than float32 and
            bfloat16, or its results on the example, on a CPU, were others: then it is a plain copy.
            Or, with their names, of layers that compute something else on the example than the
            plain ones (:mod:`~vared_mm.acceleration.common.self_check`): they stay plain.
    """
    if model.training:
        raise ValueError('accelerate: the model is in training mode; call eval() first')
    quick = _copy(model).requires_grad_(False)
    try:
        accelerator = _accelerator_for(quick, dtype)
    except RuntimeError as error:
        warnings.warn(f'accelerate: the model stays as it is: {error}', stacklevel=2)
        return quick
    try:
        with same_random_numbers(quick):
            for part in run_example(quick, example, kwargs):
                _accelerate(quick, part, accelerator, dtype, compiled)
    except (Doubtful, Unlinked) as error:
        warnings.warn(f'accelerate: the model stays as it is: {error}', stacklevel=2)
        return _copy(model).requires_grad_(False)
    stand_for(quick, model)
    freeze(quick)
    return quick


def _accelerate(
    model: nn.Module,
    part: Part,
    accelerator: Accelerator,
    dtype: torch.dtype | None,
    compiled: bool,
) -> None:
    network = part.module
    checked = isinstance(accelerator, CpuAccelerator)
    plain = _copy(network) if checked else network
    mend_for_channels_last(network)
    pairs = fuse(model, part, accelerator)
    if dtype is not None:
        _cast(network, dtype)
        network.register_forward_hook(_to_float)
    args, kwargs = _prepare(dtype, network, part.args, dict(part.kwargs))
    if checked:
        check_layers(network, plain, args, kwargs, dtype, root=model)
    left = set(network.modules())
    pairs = [(layer, fused) for layer, fused in pairs if {layer, fused} <= left]
    forward = ProvenForward(network, network.forward, pairs)
    with trial(network):
        forward.prove(*args, **kwargs)
    forward.quick = accelerator.forward_of(network, args, kwargs, compiled)
    network.forward = forward
    network.register_forward_pre_hook(partial(_prepare, dtype), with_kwargs=True)
    for module in network.modules():
        freeze(module)


def _copy(model: Model) -> Model:
    """A deep copy, even of a model that computes weights in each forward, as pruning does."""
    tensors = [v for m in model.modules() for v in vars(m).values() if isinstance(v, Tensor)]
    try:
        made = copy.deepcopy(model, {id(t): t.detach() for t in tensors if not t.is_leaf})
    except RuntimeError as error:  # of torch, for tensors that are out of sight
        reason = str(error).partition('.')[0]
        raise TypeError(
            f'accelerate: {type(model).__name__} can not be copied: {reason}'
        ) from error
    for module in made.modules():
        make_plain(module)
        keep_all(module)
    return made


def _accelerator_for(model: nn.Module, dtype: torch.dtype | None) -> Accelerator:
    """The accelerator of the device that a model is on.

    Raises:
        RuntimeError: if there is none.
    """
    parameters = list(model.parameters())
    devices = {parameter.device.type for parameter in parameters} or {'cpu'}
    computed_in = dtype or (parameters[0].dtype if parameters else torch.float32)
    if devices == {'cpu'}:
        if dynamic_layers(model) and computed_in not in (torch.float32, torch.bfloat16):
            raise RuntimeError(f'it computes in {computed_in}: must be float32 or bfloat16')
        return CpuAccelerator(computed_in, cast=dtype is not None)
    if any(isinstance(module, DynamicBlock) for module in model.modules()):
        raise RuntimeError('its dynamic blocks are accelerated on a CPU only')
    if devices != {'cuda'}:
        raise RuntimeError(f'it is on {", ".join(sorted(devices))}: must be a CPU or a GPU')
    try:  # torch installs Triton where it computes on GPUs
        gpu = importlib.import_module('vared_mm.acceleration.gpu.accelerator')
        return gpu.GpuAccelerator(computed_in)
    except ModuleNotFoundError as error:
        if error.name != 'triton':
            raise
        raise RuntimeError('Triton is not installed') from error


def _cast(model: nn.Module, dtype: torch.dtype) -> None:
    gates = [layer.gate for layer in dynamic_layers(model).values()]
    kept = {m for gate in gates if isinstance(gate, nn.Module) for m in gate.modules()}
    for module in model.modules():
        if module not in kept:
            module._apply(lambda t: t.to(dtype) if t.is_floating_point() else t, recurse=False)


def _prepare(
    dtype: torch.dtype | None, _model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Lay clips and images out channels-last, in the type of the weights."""
    return tree_map_only(Tensor, partial(channels_last, dtype=dtype), (args, kwargs))


def _to_float(_model: nn.Module, _inputs: tuple[Any, ...], result: Any) -> Any:
    """Cast results to float32, the type of the head."""
    return tree_map_only(Tensor, lambda t: t.float() if t.is_floating_point() else t, result)
