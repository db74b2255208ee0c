"""Training loops whose randomness depends on seed and position alone, so they can be resumed."""

from .epoch_loop import EpochLoop
from .iteration_loop import IterationLoop
from .randomness import isolated, seed_all
from .seeded_dataset import SeededDataset, seeded
from .seeded_sampler import Draw, SeededSampler

__all__ = [
    'Draw',
    'EpochLoop',
    'IterationLoop',
    'SeededDataset',
    'SeededSampler',
    'isolated',
    'seed_all',
    'seeded',
]
