"""A data set whose random transforms depend on the draw, not on the worker that makes it."""

from typing import Any

from mmengine.config import ConfigDict
from mmengine.registry import DATASETS
from torch.utils.data import Dataset

from .randomness import isolated
from .seeded_sampler import Draw, SeededSampler


class SeededDataset(Dataset):
    """Makes each sample under the seed of its draw; else as the data set inside.

    So it does not matter how many workers there are, nor what they made before: a resumed run
    sees the same crops and flips.

    Args:
        dataset: config of the data set.
    """

    def __init__(self, dataset: dict) -> None:
        self.dataset = DATASETS.build(dataset)

    def __getattr__(self, name: str) -> Any:
        if name == 'dataset':  # not there yet: a copy is being unpickled
            raise AttributeError(name)
        return getattr(self.dataset, name)

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, draw: Draw) -> Any:
        """The sample of a :class:`SeededSampler`'s draw."""
        with isolated(*draw.place):
            return self.dataset[draw.index]


def seeded(dataloader: dict | ConfigDict) -> dict:
    """A data loader's config whose data set and sampler are wrapped, for exact resuming."""
    return {
        **dataloader,
        'dataset': dict(type=SeededDataset, dataset=dataloader['dataset']),
        'sampler': dict(type=SeededSampler, sampler=dataloader['sampler']),
    }
