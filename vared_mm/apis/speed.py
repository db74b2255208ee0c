"""Clips per second of several models, timed in turn in one process."""

from collections.abc import Mapping
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn


def compare_speed(
    models: Mapping[str, nn.Module], clips: Tensor, batch_size: int = 1, rounds: int = 7
) -> dict[str, float]:
    """Median clips per second of each model on the same clips.

    The models take turns, round after round, so that a slower spell of the machine hits all of
    them; one round before the first is not timed.

    Args:
        models: name -> model, called as ``model(batch)`` in evaluation mode.
        clips: real, normalised inputs (N, ...): what a dynamic model saves depends on them.
        batch_size: clips a call.
        rounds: timed passes over all clips.

    Raises:
        ValueError: if there is no clip or no round.
    """
    if len(clips) == 0 or rounds < 1 or batch_size < 1:
        raise ValueError(f'{len(clips)} clips, batches of {batch_size}, {rounds} rounds: too few')
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for turn in range(rounds + 1):
        for name, model in models.items():
            spent = _time_pass(model.eval(), clips, batch_size)
            if turn > 0:
                seconds[name].append(spent)
    return {name: len(clips) / median(spent) for name, spent in seconds.items()}


@torch.inference_mode()
def _time_pass(model: nn.Module, clips: Tensor, batch_size: int) -> float:
    started = perf_counter()
    for batch in clips.split(batch_size):
        model(batch)
    if clips.is_cuda:
        torch.cuda.synchronize()
    return perf_counter() - started
