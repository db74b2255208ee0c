"""Accelerate a model's training."""

import warnings

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic import DynamicConv2d, DynamicConv3d, dynamic_layers

from .common.as_made import has_plain_parts
from .common.frozen import refuse_training
from .cpu.library import load_native
from .training.backend import TrainingBackend
from .training.recomputed import keep_less


def accelerate_training(model: nn.Module) -> None:
    """Let a model's dynamic layers train in less time and memory, on a CPU, with the same result.

    Rebuilding and mixing become one operation forward and one backward. Batch-norm activations are
    recomputed in the backward pass, unless they are small. The model stays the same object with the
    same parameters, so optimizers and checkpoints are not affected.

    Args:
        model: is changed; a model without dynamic layers stays as it is, and so does a layer of
            another class or with hooks on its cheap operations.

    Raises:
        TypeError: for a model of :func:`accelerate`.

    Warns:
        UserWarning: once, if there is no C++ compiler or the model is not on a CPU: then it stays
            as it is.
    """
    refuse_training(model)
    if any(parameter.device.type != 'cpu' for parameter in model.parameters()):
        warnings.warn('accelerate_training: only for a CPU; the model stays as it is', stacklevel=2)
        return
    try:
        load_native()
    except RuntimeError as error:
        warnings.warn(f'accelerate_training: the model stays as it is: {error}', stacklevel=2)
        return
    layers = [
        layer
        for layer in dynamic_layers(model).values()
        if type(layer) in (DynamicConv2d, DynamicConv3d) and has_plain_parts(layer)
    ]
    for layer in layers:
        layer.backend = TrainingBackend()
    for module in model.modules():
        if layers and isinstance(module, _BatchNorm):
            keep_less(module)
