"""One checkpoint at several budgets of MACs."""

from typing import Any

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.model import is_model_wrapper
from mmengine.registry import DATASETS
from mmengine.runner import Runner
from torch import Tensor, nn
from torch.utils.data import ConcatDataset

from vared_mm.apis.cost import view_macs
from vared_mm.datasets.loaders import loader_datasets, loader_pipeline
from vared_mm.dynamic import meet_budget, set_threshold


def set_budget(runner: Runner, budget: float, count: int = 256) -> float:
    """Load a runner's checkpoint and make its model meet a budget.

    Args:
        runner: of a trained recognizer with gates.
        budget: mean executed MACs, as a share of the static model's.
        count: clips of the training set to calibrate on, evenly over its list.

    Returns:
        The threshold below which gate values count as zero now.

    Raises:
        ValueError: if the model is no recognizer, has no gates, or can't meet that budget.
    """
    return _meet(runner, _load(runner, count), budget)


def budget_curve(
    runner: Runner, budgets: list[float], count: int = 256
) -> list[dict[str, float | None]]:
    """Test a runner's checkpoint without a budget and at each of several.

    Args:
        runner: of a trained recognizer with gates.
        budgets: shares of the static model's MACs.
        count: clips of the training set to calibrate on.

    Returns:
        A row a test: ``budget`` (None without one), ``threshold`` and the test's metrics.

    Raises:
        ValueError: as of :func:`set_budget`.
    """
    clips = _load(runner, count)
    rows: list[dict[str, float | None]] = []
    for budget in [None, *sorted(budgets, reverse=True)]:
        threshold = 0.0 if budget is None else _meet(runner, clips, budget)
        rows.append({'budget': budget, 'threshold': threshold, **runner.test()})
    return rows


def _model(runner: Runner) -> nn.Module:
    return runner.model.module if is_model_wrapper(runner.model) else runner.model


def _load(runner: Runner, count: int) -> list[Tensor]:
    """Load the checkpoint; clips to calibrate on, decoded once all else is known to be right."""
    runner.load_or_resume()
    model = _model(runner)
    if not hasattr(model, 'cls_head'):
        raise ValueError(f'{runner.cfg.filename}: budgets are supported for recognizers only')
    set_threshold(model, 0.0)  # refuses a model without gates
    return _training_clips(runner, count)


def _training_clips(runner: Runner, count: int) -> list[Tensor]:
    """Batches of the training set, one clip a video as in validation."""
    pipeline = loader_pipeline(runner.cfg, 'val')
    dataset: Any = ConcatDataset(
        DATASETS.build({**settings, 'pipeline': pipeline, 'test_mode': True})
        for settings in loader_datasets(runner.cfg, 'train')
    )
    chosen = np.linspace(0, len(dataset) - 1, min(count, len(dataset))).astype(int).tolist()
    size = runner.cfg.val_dataloader.batch_size
    preprocess = _model(runner).data_preprocessor
    with torch.no_grad():
        return [
            preprocess(pseudo_collate([dataset[i] for i in chosen[start : start + size]]))['inputs']
            for start in range(0, len(chosen), size)
        ]


def _meet(runner: Runner, clips: list[Tensor], budget: float) -> float:
    model = _model(runner).eval()

    def run() -> None:
        for batch in clips:
            model(batch, stage='head')

    static = view_macs(runner.cfg, model, tuple(clips[0].shape[1:]))
    with torch.no_grad():
        return meet_budget(model, run, budget, static)
