"""Clips per second of several models, timed in turn in one process."""

from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, init_default_scope
from torch import Tensor

from vared_mm.apis.fast import accelerate_recognizer
from vared_mm.apis.inference import load_recognizer
from vared_mm.apis.loaders import loader_datasets, loader_pipeline


def compare_speed(
    models: Mapping[str, Callable[[Tensor], Any]], clips: Tensor, batch_size: int, rounds: int = 7
) -> dict[str, float]:
    """Median clips per second of each model on the same clips.

    The models take turns, round after round, so that a slower spell of the machine hits all of
    them; one round before the first is not timed.

    Args:
        models: name -> model, called as ``model(batch)``, in evaluation mode already.
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
            spent = _time_pass(model, clips, batch_size)
            if turn > 0:
                seconds[name].append(spent)
    return {name: len(clips) / median(spent) for name, spent in seconds.items()}


def compare_recognizers(
    trained: Mapping[str, tuple[Config, str]],
    device: str = 'cpu',
    count: int = 64,
    fast: bool = False,
    rounds: int = 7,
) -> dict[str, float]:
    """Clips per second of trained recognizers, on one view of the first videos of the test list.

    Args:
        trained: name -> config and checkpoint; all are timed on the first one's clips.
        device: such as ``'cpu'`` or ``'cuda:0'``.
        count: number of videos.
        fast: accelerate each model first (:func:`vared_mm.apis.accelerate`).
        rounds: timed passes over the clips.
    """
    models = {name: load_recognizer(*pair, device) for name, pair in trained.items()}
    if fast:
        models = {name: accelerate_recognizer(model) for name, model in models.items()}
    cfg = next(iter(trained.values()))[0]
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    view = {'pipeline': loader_pipeline(cfg, 'val'), 'indices': count}
    dataset = DATASETS.build({**loader_datasets(cfg, 'test')[0], **view})
    batch = pseudo_collate([dataset[i] for i in range(len(dataset))])
    preprocess = next(iter(models.values())).data_preprocessor
    clips = preprocess(batch)['inputs']
    forwards = {name: partial(model, stage='head') for name, model in models.items()}
    return compare_speed(forwards, clips, cfg.test_dataloader.batch_size, rounds)


@torch.inference_mode()
def _time_pass(model: Callable[[Tensor], Any], clips: Tensor, batch_size: int) -> float:
    started = perf_counter()
    for batch in clips.split(batch_size):
        model(batch)
    if clips.is_cuda:
        torch.cuda.synchronize()
    return perf_counter() - started
