"""What an exported file takes and gives, for whoever runs it."""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config
from torch import nn

from vared_mm.datasets.loaders import loader_pipeline
from vared_mm.deployment.formats import INPUT
from vared_mm.deployment.networks import Network

#: Axes of an input, by their number and by whether frames come before channels.
_AXES = {(4, False): 'NCHW', (5, False): 'NCTHW', (5, True): 'NTCHW'}


def describe_input(cfg: Config, network: Network, shape: tuple[int, ...]) -> dict[str, Any]:
    """How to make a network's input: size, layout, colours, normalisation, and the transforms."""
    settings = cfg.model.get('data_preprocessor') or {}
    frames_first = type(network.model).__name__ == 'Recognizer2D'
    return {
        'name': INPUT,
        'dtype': 'float32',
        'shape': list(shape),
        'axes': _AXES[len(shape), frames_first],
        'colours': 'RGB',
        'mean': list(settings.get('mean') or [0, 0, 0]),
        'std': list(settings.get('std') or [1, 1, 1]),
        'pipeline': [dict(step) for step in loader_pipeline(cfg, 'val')],
    }


def describe_outputs(
    network: Network, shapes: Mapping[str, tuple[int, ...]]
) -> list[dict[str, Any]]:
    """Names and shapes of a network's results, and what makes probabilities of them."""
    return [
        {
            'name': name,
            'shape': list(shape),
            'activation': network.activation if name == 'scores' else None,
        }
        for name, shape in shapes.items()
    ]


def thresholds(model: nn.Module) -> dict[str, float]:
    """What a detector drops: scores too low, and boxes that overlap too much."""
    head = getattr(model, 'head', None)
    names = ('score_threshold', 'nms_threshold')
    return {name: getattr(head, name) for name in names if hasattr(head, name)}
