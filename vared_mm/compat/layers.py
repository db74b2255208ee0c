"""Let upstream models be made of torch's own layers."""

import contextlib
import importlib
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def plain_convolutions(module: ModuleType) -> Iterator[None]:
    """Build torch's convolutions where mmcv builds subclasses, which only mend torch before 1.5.

    Counters and converters that go by the exact class of a layer (thop) pass over those.
    """
    yield
    registry = importlib.import_module('mmengine.registry').MODELS
    nn = importlib.import_module('torch').nn
    for name, cls in {
        'Conv': nn.Conv2d,
        'Conv3d': nn.Conv3d,
        'deconv': nn.ConvTranspose2d,
        'deconv3d': nn.ConvTranspose3d,
        'ConvTranspose2d': nn.ConvTranspose2d,
        'ConvTranspose3d': nn.ConvTranspose3d,
    }.items():
        if registry.get(name) is getattr(module, cls.__name__, None):
            registry.register_module(name, force=True, module=cls)
