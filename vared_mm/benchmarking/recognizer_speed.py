"""Clips per second of trained recognizers, timed in turn in one process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, init_default_scope
from torch import Tensor

from vared_mm.apis import accelerate_recognizer, fold_convolutions, load_recognizer
from vared_mm.datasets import loader_datasets, loader_pipeline

from .timer import Timing, time_in_turn


@dataclass(frozen=True)
class RecognizerSpeed:
    """Speed of one recognizer.

    Args:
        timing: of passes over all clips.
        clips: in a pass.
        threads: of torch.
    """

    timing: Timing
    clips: int
    threads: int

    @property
    def clips_per_second(self) -> float:
        """Of the median pass: on one thread of a CPU by its CPU time, else by the clock."""
        return self.clips / self.timing.processor_median


def compare_recognizers(
    trained: Mapping[str, tuple[Config, str]],
    device: str = 'cpu',
    count: int = 64,
    fast: bool = False,
    rounds: int = 7,
) -> dict[str, RecognizerSpeed]:
    """Time trained recognizers in turn, on one view of the first videos of the test list.

    Time small models on one thread (:func:`torch.set_num_threads`). Threads that wait for each
    other take many times as long on a machine that does other work too; the CPU time of one
    thread, which counts then, is nearly the same.

    Args:
        trained: name -> config and checkpoint; all are timed on the first one's clips.
        device: such as ``'cpu'`` or ``'cuda:0'``.
        count: number of videos.
        fast: accelerate each model first (:func:`vared_mm.apis.accelerate`).
        rounds: timed passes over the clips.
    """
    models = {name: load_recognizer(*pair, device) for name, pair in trained.items()}
    for model in models.values():
        fold_convolutions(model)
    if fast:
        models = {name: accelerate_recognizer(model) for name, model in models.items()}
    cfg = next(iter(trained.values()))[0]
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    view = {'pipeline': loader_pipeline(cfg, 'val'), 'indices': count}
    dataset = DATASETS.build({**loader_datasets(cfg, 'test')[0], **view})
    batch = pseudo_collate([dataset[i] for i in range(len(dataset))])
    preprocess = next(iter(models.values())).data_preprocessor
    clips = preprocess(batch)['inputs']
    batches = clips.split(cfg.test_dataloader.batch_size)
    passes = {name: partial(_run, model, batches) for name, model in models.items()}
    threads = torch.get_num_threads()
    return {
        name: RecognizerSpeed(timing, len(clips), threads)
        for name, timing in time_in_turn(passes, rounds, device).items()
    }


@torch.inference_mode()
def _run(model: Callable[..., Any], batches: tuple[Tensor, ...]) -> None:
    for batch in batches:
        model(batch, stage='head')
