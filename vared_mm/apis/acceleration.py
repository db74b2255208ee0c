"""Accelerate a recognizer, or the model of a runner that is going to test it."""

import torch
from mmengine.dataset import pseudo_collate
from mmengine.runner import Runner
from torch import Tensor, nn

from vared_mm.acceleration import accelerate
from vared_mm.apis.input_shapes import forward_args, sample_shape, view_shape


def accelerate_recognizer(model: nn.Module) -> nn.Module:
    """An accelerated copy of a model of :func:`load_recognizer`, for clips as in validation."""
    return _accelerate(model, torch.zeros(view_shape(model, sample_shape(model.cfg))))


def accelerate_runner(runner: Runner) -> None:
    """Load a runner's checkpoint and replace its model by an accelerated copy, for testing."""
    runner.load_or_resume()
    model = runner.model.eval()
    sample = runner.test_loop.dataloader.dataset[0]
    with torch.no_grad():
        batch = model.data_preprocessor(pseudo_collate([sample]), False)
    runner.model = _accelerate(model, batch['inputs'])


def _accelerate(model: nn.Module, inputs: Tensor) -> nn.Module:
    return accelerate(model, inputs, mode='tensor', **forward_args(model))
