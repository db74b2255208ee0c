"""A test in which each clip has another clip's choices."""

from functools import partial
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vared_mm.comparisons.fixed_choice import ReplayedGate, shuffled_decisions
from vared_mm.dynamic import DecidedRecord, Override, dynamic_layers
from vared_mm.registry import HOOKS

from .model_hook import unwrapped


@HOOKS.register_module()
class ShuffledChoiceHook(Hook):
    """Before a test, note every clip's choices and weights; in it, give each another clip's.

    All layers take them from the same other clip, so whole-network choices are as often as before,
    and the mean cost is the same. What accuracy is lost is what choosing by the clip is worth to
    the trained model, without any training that could make up for it. The test data are read twice.

    Args:
        seed: of the shuffling.

    Raises:
        ValueError: before the test, with several processes, batches that are not in the order of
            the list, or a model without dynamic layers.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._gates: list[ReplayedGate] = []

    def before_test(self, runner: Runner) -> None:
        """Run the model over the test data, and let other gates speak."""
        layers = dynamic_layers(unwrapped(runner.model))
        if runner.world_size > 1 or not layers:
            raise ValueError('ShuffledChoiceHook: needs one process and a dynamic model')
        loader = runner.test_loop.dataloader
        if getattr(loader.sampler, 'shuffle', False):
            raise ValueError('ShuffledChoiceHook: test data must be in the order of their list')
        kept: dict[str, list[DecidedRecord]] = {name: [] for name in layers}
        runner.model.eval()
        for name, layer in layers.items():
            layer.listeners.append(partial(_keep, kept[name]))
        with torch.no_grad():
            for batch in loader:
                runner.model.test_step(batch)
        for name, layer in layers.items():
            layer.listeners.pop()
            decisions = [record.decision for record in kept[name]]
            views = sum(map(len, decisions)) // len(loader.dataset)
            gate = shuffled_decisions(decisions, views, self.seed)
            layer.override = Override(gate)
            self._gates.append(gate)
        self._views = views

    def before_test_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        """Go on to the clips of the batch."""
        size = runner.test_loop.dataloader.batch_size
        for gate in self._gates:
            gate.first = batch_idx * size * self._views

    def after_test(self, runner: Runner) -> None:
        """Let the model's own gates speak again."""
        for layer in dynamic_layers(unwrapped(runner.model)).values():
            layer.override = None
        self._gates.clear()


def _keep(records: list[DecidedRecord], record: DecidedRecord) -> None:
    if not record.is_meta:
        records.append(record)
