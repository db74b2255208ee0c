"""Make training quick."""

import warnings

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.dynamic import DynamicConv2d, DynamicConv3d, dynamic_layers

from .as_made import has_plain_parts
from .frozen import refuse_training
from .native import load_native
from .recomputed import keep_less
from .training_convolution import TrainingConv2d, TrainingConv3d

TWINS = {DynamicConv2d: TrainingConv2d, DynamicConv3d: TrainingConv3d}


def accelerate_training(model: nn.Module) -> None:
    """Let a model's dynamic layers train in less time and memory, on a CPU, with the same result.

    Rebuilding and mixing become one operation forward and one backward; what it yields is computed
    again in the backward pass where a batch norm would keep it, unless it is small. The model stays
    the same object with the same parameters, so that optimizers and checkpoints go on.

    Args:
        model: is changed; what has no dynamic layers stays as it is, and so does a layer of another
            class or with hooks on its cheap operations.

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
        if type(layer) in TWINS and has_plain_parts(layer)
    ]
    for layer in layers:
        layer.__class__ = TWINS[type(layer)]
    for module in model.modules():
        if layers and isinstance(module, _BatchNorm):
            keep_less(module)
