"""Rounds of weight pruning within one training run."""

from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.runner import Runner

from vared_mm.comparisons.weight_pruning import find_quality, keep_strong, masked_layers
from vared_mm.dynamic import count_macs
from vared_mm.registry import HOOKS

from .model_hook import unwrapped


@HOOKS.register_module()
class WeightPruningHook(Hook):
    """Prune before some epochs, in equal ratios, until the whole model costs ``target``.

    Each round finds the quality (a multiple of a layer's standard deviation) at which the model
    has the round's MACs, drops what is below it, and training continues with the rest. Masks are
    part of checkpoints, so a resumed run keeps them.

    Source: Han et al. (arXiv 1506.02626), Sec. 3. Differs: one quality for all layers, found by
    bisection, where they choose one for each by its sensitivity; dropout stays as it is, which they
    lower; fully connected layers are not pruned, whose MACs are few here.

    Args:
        target: MACs of the whole model for one clip after the last round.
        input_shape: of the model's input for one clip, with its batch axis.
        epochs: before which to prune, one round each, rising.

    Raises:
        ValueError: when training begins, if the model has no masks, or if the target is not below
            the static model's MACs.
    """

    def __init__(
        self, target: float, input_shape: Sequence[int], epochs: Sequence[int] = (0, 40, 80)
    ) -> None:
        if list(epochs) != sorted(set(epochs)) or not epochs:
            raise ValueError(f'WeightPruningHook: epochs={list(epochs)} must rise')
        self.target, self.input_shape, self.epochs = target, tuple(input_shape), list(epochs)

    def before_train(self, runner: Runner) -> None:
        """Count what can be pruned."""
        model = unwrapped(runner.model)
        self._layers = masked_layers(model)
        if not self._layers:
            raise ValueError('WeightPruningHook: no masks; wrap backbone in PrunableBackbone')
        extra = {'stage': 'head'} if hasattr(model, 'cls_head') else {}
        counted = count_macs(model, self.input_shape, mode='tensor', **extra)
        none = ('conv', 0)  # of a layer that runs in training only
        self._macs = {name: counted.layers.get(name, none)[1] for name in self._layers}
        self._static = counted.total()
        fixed = self._static - sum(self._macs.values())
        if not fixed < self.target < self._static:
            raise ValueError(
                f'WeightPruningHook: target={self.target:g} must lie between {fixed:g}, which '
                f'can not be pruned, and {self._static:g} MACs of the static model'
            )

    def before_train_epoch(self, runner: Runner) -> None:
        """Prune, where it is time to."""
        begun = runner.iter > runner.epoch * len(runner.train_dataloader)  # resumed within it
        if runner.epoch not in self.epochs or begun:
            return
        done = (self.epochs.index(runner.epoch) + 1) / len(self.epochs)
        total = self._static * (self.target / self._static) ** done
        fixed = self._static - sum(self._macs.values())
        quality = find_quality(self._layers, self._macs, max(total - fixed, 1.0))
        keep_strong(self._layers, quality)
        runner.logger.info(f'pruned to {total / 1e9:.4f} GFLOPs, quality {quality:.4f}')
