"""Sorted channels, before a network with dynamic blocks is trained from a static one's weights."""

from mmengine.hooks import Hook
from mmengine.runner import Runner

from vared_mm.blockwise import sort_channels
from vared_mm.registry import HOOKS

from .model_hook import unwrapped


@HOOKS.register_module()
class SortChannelsHook(Hook):
    """Once, before training, sort the channels of hidden tensors by importance.

    For recipes that load the weights of a trained static network: what a block leaves out first is
    then what matters least. A run that is resumed is left as it is. See
    :func:`vared_mm.blockwise.sort_channels`.
    """

    def before_train(self, runner: Runner) -> None:
        """Sort, and log what can not be."""
        if runner.iter:
            return
        for name, reason in sort_channels(unwrapped(runner.model)).items():
            runner.logger.warning(f'SortChannelsHook: {name}: left in order: {reason}')
