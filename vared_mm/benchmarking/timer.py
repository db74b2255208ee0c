"""The one timer: calls in turn, round after round."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

import torch

#: A thread that computes has the processor all the time; below this share others had it too.
BUSY_BELOW = 0.9


@dataclass(frozen=True)
class Timing:
    """Wall-clock times of one call.

    Args:
        seconds: of each timed round.
        cpu_shares: of each round, CPU time over wall-clock time; None where that says nothing:
            with several threads, which wait for each other, and on a GPU.
    """

    seconds: tuple[float, ...]
    cpu_shares: tuple[float, ...] | None = None

    @property
    def median(self) -> float:
        """Of all rounds, in seconds."""
        return statistics.median(self.seconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """First and third, in seconds."""
        if len(self.seconds) == 1:
            return self.seconds * 2
        first, _, third = statistics.quantiles(self.seconds, n=4)
        return first, third

    @property
    def least(self) -> float:
        """Of all rounds, in seconds."""
        return min(self.seconds)

    @property
    def cpu_share(self) -> float | None:
        """Median share of the processor; None where it is not known."""
        return None if self.cpu_shares is None else statistics.median(self.cpu_shares)

    @property
    def processor_median(self) -> float:
        """CPU time of the median round, in seconds: what other processes change little.

        Wall-clock time where the share of the processor is not known.
        """
        if self.cpu_shares is None:
            return self.median
        return statistics.median(s * c for s, c in zip(self.seconds, self.cpu_shares, strict=True))

    @property
    def busy(self) -> bool:
        """Whether other processes took the processor in at least half of the rounds."""
        return self.cpu_share is not None and self.cpu_share < BUSY_BELOW

    def to_dict(self) -> dict[str, Any]:
        """As it is written to JSON."""
        found = {'median': self.median, 'quartiles': self.quartiles, 'least': self.least}
        return {**found, 'cpu_share': self.cpu_share}


def time_in_turn(
    calls: Mapping[str, Callable[[], Any]],
    rounds: int,
    device: str = 'cpu',
    warm_up: int = 1,
    after_round: Callable[[], Any] = lambda: None,
) -> dict[str, Timing]:
    """Time calls one after the other in every round, so that a slower spell hits all of them.

    Args:
        calls: by name.
        rounds: timed calls of each.
        device: that computes; a round of a call is over when the device has done all of it.
        warm_up: rounds before the first, which are not timed.
        after_round: called after every timed round; not timed itself.

    Raises:
        ValueError: if there is no round.
    """
    if rounds < 1:
        raise ValueError(f'{rounds} rounds: must be 1 or more')
    on_gpu = torch.device(device).type == 'cuda'
    one_thread = torch.get_num_threads() == 1 and not on_gpu
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    shares: dict[str, list[float]] = {name: [] for name in calls}
    if on_gpu:
        torch.cuda.synchronize(device)
    for turn in range(-warm_up, rounds):
        for name, call in calls.items():
            used, begun = process_time(), perf_counter()
            call()
            if on_gpu:
                torch.cuda.synchronize(device)
            spent, used = perf_counter() - begun, process_time() - used
            if turn >= 0:
                seconds[name].append(spent)
                shares[name].append(used / spent)
        if turn >= 0:
            after_round()
    return {
        name: Timing(tuple(seconds[name]), tuple(shares[name]) if one_thread else None)
        for name in calls
    }
