"""A whole test, from video files to predictions, beside mmaction2's own."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from torch import nn

from vared_mm.acceleration import accelerate
from vared_mm.apis.input_shapes import sample_shape, view_shape
from vared_mm.datasets import loader_datasets, loader_pipeline

from .choices import choose, thesis_share
from .random_model import random_model
from .timer import Timing, time_in_turn
from .upstream import upstream_model, upstream_pipeline


def time_pipelines(
    cfg: Config, videos: Sequence[Path], rounds: int = 3, choices: str = 'mix'
) -> dict[str, Timing]:
    """Seconds of testing all videos with all their views, ours and mmaction2's in turn.

    Ours is the accelerated dynamic model behind the config's pipeline; the other one mmaction2's
    static model, eager, behind its own transforms, as its ``tools/test.py`` runs them. Both have
    the views, the number of workers and the threads that the config and torch say. A first round,
    in which models are compiled and files come into memory, is not timed.

    Args:
        cfg: a recipe with a ``DynamicBackbone``.
        videos: files.
        rounds: timed.
        choices: of the dynamic layers, as in :func:`choose`.

    Returns:
        The times of a whole test, by ``'ours'`` and ``'mmaction2'``.

    Raises:
        ValueError: if mmaction2 has no such model.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    theirs = _test(cfg, videos, upstream_model(cfg), upstream_pipeline(_pipeline(cfg)))
    model = random_model(cfg.model)
    clip = torch.zeros(view_shape(model, sample_shape(cfg)))
    quick = accelerate(model, clip, stage='head')
    tests = {'ours': _test(cfg, videos, quick, _pipeline(cfg)), 'mmaction2': theirs}
    with choose(quick, choices, thesis_share(cfg.model.backbone.backbone)):
        return time_in_turn(tests, rounds)


def _pipeline(cfg: Config) -> list[dict[str, Any]]:
    return loader_pipeline(cfg, 'test')


def _loader(cfg: Config, videos: Sequence[Path], pipeline: list[dict[str, Any]]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, 'videos.txt')
        listed.write_text(''.join(f'{video.resolve()}\t0\n' for video in videos))
        place = {'ann_file': str(listed), 'delimiter': '\t', 'data_root': '', 'data_prefix': {}}
        place.update(classes_file='', columns=())
        dataset = {**loader_datasets(cfg, 'test')[0], **place, 'pipeline': pipeline}
        return Runner.build_dataloader({**cfg.test_dataloader, 'dataset': dataset})


def _test(
    cfg: Config, videos: Sequence[Path], model: nn.Module, pipeline: list[dict[str, Any]]
) -> Callable[[], None]:
    loader = _loader(cfg, videos, pipeline)

    @torch.no_grad()
    def test() -> None:
        for batch in loader:
            model.test_step(batch)

    return test
