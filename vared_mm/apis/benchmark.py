"""Speed of a dynamic model beside its static twin, both as fast as they can be made."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves
from torch.utils.benchmark import timer

from vared_mm.acceleration import accelerate, accelerate_training
from vared_mm.apis.memory import gpu_memory, peak_memory
from vared_mm.apis.peers import upstream_model
from vared_mm.apis.random_model import random_model
from vared_mm.apis.view import one_view, sample_shape, whole_model
from vared_mm.cost import CostRecord
from vared_mm.dynamic import count_macs, drawn_choice, executed_cost

#: Mean share of the dynamic layers' MACs that the thesis' tables imply, by static backbone.
THESIS_SHARE = {'R2Plus1D': 0.63, 'CorrNet': 0.62, 'I3DInceptionV2': 0.47, 'X3D': 0.80}


@dataclass(frozen=True)
class Timing:
    """Times of one model, in seconds a call.

    Args:
        median: of all rounds.
        quartiles: first and third.
        least: of all rounds.
        peak_bytes: memory that a call takes beyond what was held before; None if untold.
    """

    median: float
    quartiles: tuple[float, float]
    least: float
    peak_bytes: int | None


@dataclass(frozen=True)
class SpeedReport:
    """What :func:`benchmark` measured.

    Args:
        timings: by name; ``static`` and ``dynamic`` are always there.
        clips: in a call.
        static_macs: of the static model for one clip.
        executed_macs: of the dynamic model for one clip, median of the timed calls; cheap
            operations and gates counted.
    """

    timings: dict[str, Timing]
    clips: int
    static_macs: int
    executed_macs: float

    @property
    def speed_up(self) -> float:
        """Static over dynamic time, medians."""
        return self.timings['static'].median / self.timings['dynamic'].median

    @property
    def mac_ratio(self) -> float:
        """Static over executed MACs."""
        return self.static_macs / self.executed_macs

    @property
    def realised_share(self) -> float | None:
        """Part of what the MACs promise that the clock shows; None where nothing is promised."""
        promised = self.mac_ratio - 1
        return (self.speed_up - 1) / promised if promised > 0 else None

    def to_dict(self) -> dict[str, Any]:
        """As it is written to JSON."""
        found = {'speed_up': self.speed_up, 'mac_ratio': self.mac_ratio}
        return {**asdict(self), **found, 'realised_share': self.realised_share}


def time_in_turn(
    calls: Mapping[str, Callable[[], Any]],
    rounds: int,
    device: str = 'cpu',
    after_each: Callable[[], Any] = lambda: None,
) -> dict[str, Timing]:
    """Time calls one after the other in every round, so that a slower spell hits all of them.

    Args:
        calls: by name; each is over when it returns.
        rounds: timed calls of each.
        device: whose memory is looked at.
        after_each: called after every round, which is not timed.

    Raises:
        ValueError: if there are fewer than two rounds.
    """
    if rounds < 2:
        raise ValueError(f'{rounds} round(s): take two or more')
    if device == 'cpu':
        for call in calls.values():
            call()
    measure = peak_memory if device == 'cpu' else gpu_memory
    peaks = {name: measure(call) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            begun = timer()
            call()
            times[name].append(timer() - begun)
        after_each()
    return {name: _summary(spent, peaks[name]) for name, spent in times.items()}


def benchmark(
    cfg: Config,
    batch_size: int = 1,
    dtype: torch.dtype = torch.float32,
    choices: Sequence[str] = ('half',),
    rounds: int = 15,
    training: bool = False,
    peer: bool = False,
    device: str = 'cpu',
) -> dict[str, SpeedReport]:
    """Time a dynamic config's network and its static twin in turn, on random clips or images.

    For inference both are accelerated (:func:`vared_mm.acceleration.accelerate`); gates run also
    where their decision is not followed. For training both take a step of SGD on eager networks,
    the dynamic one's layers accelerated (:func:`vared_mm.acceleration.accelerate_training`).

    Args:
        cfg: a recipe with a ``DynamicBackbone``.
        batch_size: clips a call.
        dtype: to compute in; training stays in float32.
        choices: any of ``'open'``, all computed and every candidate mixed; ``'half'``, half the
            channels of half the frames; ``'mix'``, drawn per layer and clip at the thesis' mean
            share. Training always mixes all.
        rounds: timed calls of each.
        training: time training steps instead.
        peer: also time mmaction2's own static model, eager, as ``peer``.
        device: to compute on, such as ``'cpu'`` or ``'cuda'``.

    Returns:
        A report for each choice, ``'training'`` for training.

    Raises:
        ValueError: if the config is not dynamic, or for other choices.
    """
    init_default_scope(cfg.get('default_scope', 'mmaction'))
    entry = cfg.model.backbone
    if not str(entry.type).endswith('DynamicBackbone'):
        raise ValueError(f'{cfg.filename}: key model.backbone is not a vared_mm.DynamicBackbone')
    dynamic = random_model(cfg.model).to(device)
    static = random_model({**cfg.model, 'backbone': entry.backbone}).to(device)
    shape = one_view(static, sample_shape(cfg))
    clips = torch.randn(batch_size, *shape[1:], device=device)
    whole = whole_model(static)
    static_macs = count_macs(static, shape, **whole).total(())
    if training:
        accelerate_training(dynamic)
        calls = {'static': _step(static, clips), 'dynamic': _step(dynamic, clips)}
        contexts: dict[str, AbstractContextManager] = {'training': nullcontext()}
    else:
        static = accelerate(static, clips, dtype=dtype, **whole)
        dynamic = accelerate(dynamic, clips, dtype=dtype, **whole)
        calls = {'static': _forward(static, clips), 'dynamic': _forward(dynamic, clips)}
        share = thesis_share(entry.backbone)
        contexts = {choice: choose(dynamic, choice, share) for choice in choices}
    if peer:
        calls['peer'] = _forward(upstream_model(cfg).to(device), clips)
    timed = {name: _awaited(call, device) for name, call in calls.items()}
    reports: dict[str, SpeedReport] = {}
    for choice, context in contexts.items():
        with context:
            timings, costs = _time_with_costs(dynamic, timed, rounds, device)
        if device != 'cpu':
            timings = count_what_is_kept(timings, [r.timings for r in reports.values()])
        of_calls = [cost.executed.mean() for cost in costs]  # mean of a call's clips
        executed = static_macs - costs[0].dense.sum() + np.median(of_calls)
        reports[choice] = SpeedReport(timings, batch_size, static_macs, float(executed))
    return reports


def _time_with_costs(
    dynamic: nn.Module, calls: Mapping[str, Callable[[], Any]], rounds: int, device: str
) -> tuple[dict[str, Timing], list[CostRecord]]:
    """Times, and what the dynamic model executed in each round; to note that is not timed."""
    costs: list[CostRecord] = []
    timings = time_in_turn(calls, rounds, device, lambda: costs.append(executed_cost(dynamic)))
    return timings, costs


def count_what_is_kept(
    timings: Mapping[str, Timing], before: Sequence[Mapping[str, Timing]]
) -> dict[str, Timing]:
    """Timings on a GPU where a call may use what it took, and kept, when it was timed before.

    Args:
        timings: by name.
        before: timings of the same calls with earlier choices.
    """
    counted = {}
    for name, timing in timings.items():
        peaks = [t[name].peak_bytes or 0 for t in (timings, *before)]
        counted[name] = replace(timing, peak_bytes=max(peaks))
    return counted


def thesis_share(backbone: Any) -> float:
    """Mean share of the dynamic layers' MACs that is executed, of a static backbone's config."""
    return THESIS_SHARE.get(str(backbone.type).rpartition('.')[2], 0.63)


def choose(model: nn.Module, choices: str, share: float = 0.63) -> AbstractContextManager:
    """A context in which a dynamic model's layers choose as :func:`benchmark` says.

    Raises:
        ValueError: for other choices.
    """
    if choices == 'open':
        return nullcontext()  # gates start as an equal mix of all candidates
    if choices == 'half':
        return drawn_choice(model, 1)
    if choices == 'mix':
        return drawn_choice(model, 2 * (1 - share**0.5))  # both axes alike
    raise ValueError(f"choices={choices!r}: must be 'open', 'half' or 'mix'")


def _forward(model: nn.Module, clips: Tensor) -> Callable[[], Any]:
    whole = whole_model(model)

    @torch.no_grad()
    def call() -> Any:
        """Logits of the clips, without gradients."""
        return model(clips, **whole)

    return call


def _step(model: nn.Module, clips: Tensor) -> Callable[[], Any]:
    model.train()
    whole = whole_model(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def call() -> None:
        """One step of SGD on the clips."""
        logits, *_ = filter(torch.is_tensor, tree_leaves(model(clips, **whole)))
        loss = logits.float().square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return call


def _awaited(call: Callable[[], Any], device: str) -> Callable[[], Any]:
    if device == 'cpu':
        return call

    def awaited() -> None:
        """The call, until the device has done all of it."""
        call()
        torch.cuda.synchronize(device)

    return awaited


def _summary(times: list[float], peak: int | None) -> Timing:
    first, _, third = statistics.quantiles(times, n=4)
    return Timing(statistics.median(times), (first, third), min(times), peak)
