"""The temperature of random decisions, cooled down while training."""

from math import exp

from mmengine.hooks import Hook
from mmengine.runner import Runner

from vared_mm.registry import HOOKS

from .model_hook import unwrapped


@HOOKS.register_module()
class TemperatureHook(Hook):
    """Set ``temperature`` of every part that has one to ``initial * exp(-rate * epoch)``.

    Source: AR-Net (arXiv 2007.15796), Sec. 3.2.

    Args:
        initial: before the first epoch.
        rate: of the decay, per epoch.
    """

    def __init__(self, initial: float = 5.0, rate: float = 0.045) -> None:
        self.initial, self.rate = initial, rate

    def before_train_epoch(self, runner: Runner) -> None:
        """Set it for the epoch that begins."""
        for part in unwrapped(runner.model).modules():
            if hasattr(part, 'temperature'):
                part.temperature = self.initial * exp(-self.rate * runner.epoch)
