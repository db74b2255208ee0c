"""A sampler that says, with each index, which draw of the whole training it is."""

from collections.abc import Iterator, Sized
from itertools import islice
from typing import NamedTuple

from mmengine.dist import get_dist_info
from mmengine.registry import DATA_SAMPLERS
from torch.utils.data import Sampler


class Draw(NamedTuple):
    """One sample to make.

    Args:
        index: in the data set.
        place: seed, epoch, and number of the draw in the epoch over all processes.
    """

    index: int
    place: tuple[int, int, int]


class SeededSampler(Sampler):
    """Gives a :class:`Draw` for each index of the sampler inside, and can begin anywhere.

    Draws are numbered over all processes, so a sample is the same however many there are.

    Args:
        sampler: config of the sampler.
        dataset: it draws from.
        seed: of the sampler and of the samples; None takes what processes agree on.
    """

    def __init__(self, sampler: dict, dataset: Sized, seed: int | None = None) -> None:
        self.sampler = DATA_SAMPLERS.build(sampler, default_args=dict(dataset=dataset, seed=seed))
        self.seed = self.sampler.seed if seed is None else seed
        self.epoch, self._first = 0, 0
        if hasattr(self.sampler, 'skip'):  # an endless one; mmengine's loop asks for it
            self.skip = self.begin_at

    def begin_at(self, place: int) -> None:
        """Leave out so many draws of this process in the next pass, which were made before."""
        self._first = place

    def set_epoch(self, epoch: int) -> None:
        """As the sampler inside."""
        self.epoch = epoch
        self.sampler.set_epoch(epoch)

    def __iter__(self) -> Iterator[Draw]:
        first, self._first = self._first, 0
        rank, processes = get_dist_info()
        indices = islice(self.sampler, first, None)
        for place, index in enumerate(indices, start=first):
            yield Draw(index, (self.seed, self.epoch, place * processes + rank))

    def __len__(self) -> int:
        return len(self.sampler)
