"""Speed of a dynamic model beside its static counterpart, both accelerated."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from vared_mm.acceleration import accelerate, accelerate_training, fold_convolutions
from vared_mm.apis.input_shapes import forward_args, sample_shape, view_shape
from vared_mm.cost import CostRecord
from vared_mm.dynamic import count_macs, executed_cost

from .choices import choose, thesis_share
from .memory import measure_peaks
from .random_model import random_model
from .speed_report import SpeedReport
from .timer import time_in_turn
from .upstream import upstream_model


def benchmark(
    cfg: Config,
    batch_size: int = 1,
    dtype: torch.dtype = torch.float32,
    choices: Sequence[str] = ('half',),
    rounds: int = 15,
    training: bool = False,
    upstream: bool = False,
    device: str = 'cpu',
) -> dict[str, SpeedReport]:
    """Time a dynamic config's network and its static counterpart in turn, on random inputs.

    For inference both are accelerated (:func:`vared_mm.acceleration.accelerate`); gates run even
    where their decision is not followed. For training both take a step of SGD on eager networks,
    folded as in ``tools/train.py``, the dynamic one's layers accelerated
    (:func:`vared_mm.acceleration.accelerate_training`).

    Args:
        cfg: a recipe with a ``DynamicBackbone`` or a ``BlockwiseBackbone``.
        batch_size: clips a call.
        dtype: to compute in; training stays in float32.
        choices: of the dynamic layers, any of those of :func:`choose`; ``'mix'`` is drawn at the
            thesis' mean share. Training always mixes all candidates.
        rounds: timed calls of each.
        training: time training steps instead.
        upstream: also time mmaction2's own static model, eager, as ``upstream``.
        device: to compute on, such as ``'cpu'`` or ``'cuda'``.

    Returns:
        A report for each choice, ``'training'`` for training.

    Raises:
        ValueError: if the config is not dynamic, or for other choices.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    entry = cfg.model.backbone
    if not str(entry.type).endswith(('DynamicBackbone', 'BlockwiseBackbone')):
        raise ValueError(
            f'{cfg.filename}: key model.backbone is not a vared_mm.DynamicBackbone or '
            'vared_mm.BlockwiseBackbone'
        )
    dynamic = random_model(cfg.model).to(device)
    static = random_model({**cfg.model, 'backbone': entry.backbone}).to(device)
    shape = view_shape(static, sample_shape(cfg))
    clips = torch.randn(batch_size, *shape[1:], device=device)
    whole = forward_args(static)
    static_macs = count_macs(static, shape, **whole).total(())
    if training:
        accelerate_training(dynamic)
        calls = {'static': _step(static, clips), 'dynamic': _step(dynamic, clips)}
        contexts: dict[str, AbstractContextManager] = {'training': nullcontext()}
    else:
        static = accelerate(static, clips, dtype=dtype, **whole)
        dynamic = accelerate(dynamic, clips, dtype=dtype, **whole)
        calls = {'static': _forward(static, clips), 'dynamic': _forward(dynamic, clips)}
        calls['dynamic']()  # sizes of blocks are known once they have run
        share = thesis_share(entry.backbone)
        contexts = {choice: choose(dynamic, choice, share) for choice in choices}
    if upstream:
        calls['upstream'] = _forward(upstream_model(cfg).to(device), clips)
    reports: dict[str, SpeedReport] = {}
    for choice, context in contexts.items():
        costs: list[CostRecord] = []

        def note_cost(costs: list[CostRecord] = costs) -> None:
            costs.append(executed_cost(dynamic))

        with context:
            peaks = measure_peaks(calls, device)
            timings = time_in_turn(calls, rounds, device, warm_up=0, after_round=note_cost)
        if device != 'cpu':
            peaks = with_kept_memory(peaks, [report.peak_bytes for report in reports.values()])
        executed = np.median([cost.full_macs(static_macs).mean() for cost in costs])
        reports[choice] = SpeedReport(timings, peaks, batch_size, static_macs, float(executed))
    return reports


def with_kept_memory(
    peaks: Mapping[str, int | None], before: Sequence[Mapping[str, int | None]]
) -> dict[str, int | None]:
    """Peaks on a GPU, where a call may use memory that it kept when it was measured before.

    Args:
        peaks: bytes by name.
        before: of the same calls with earlier choices.
    """
    return {name: max(one[name] or 0 for one in (peaks, *before)) for name in peaks}


def _forward(model: nn.Module, clips: Tensor) -> Callable[[], Any]:
    whole = forward_args(model)

    @torch.no_grad()
    def call() -> Any:
        """Logits of the clips, without gradients."""
        return model(clips, **whole)

    return call


def _step(model: nn.Module, clips: Tensor) -> Callable[[], Any]:
    fold_convolutions(model)
    model.train()
    whole = forward_args(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def call() -> None:
        """One step of SGD on the clips."""
        logits, *_ = filter(torch.is_tensor, tree_leaves(model(clips, **whole)))
        loss = logits.float().square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return call
