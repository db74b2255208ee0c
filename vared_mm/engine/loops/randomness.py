"""Random generators set from numbers that say where training is, instead of from their past."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def seed_all(*place: int) -> None:
    """Seed Python, NumPy and PyTorch, every device.

    Args:
        place: what tells this draw from all others, such as seed, rank and step; none negative.
    """
    words = np.random.SeedSequence(place).generate_state(4)
    random.seed(int(words[0]))
    np.random.seed(words[1])
    torch.manual_seed(int(words[2]) << 32 | int(words[3]))


@contextmanager
def isolated(*place: int) -> Iterator[None]:
    """Seed the same inside this context, CPU only, and leave no trace of it after it."""
    words = np.random.SeedSequence(place).generate_state(4)
    before = random.getstate(), np.random.get_state(), torch.get_rng_state()
    random.seed(int(words[0]))
    np.random.seed(words[1])
    torch.default_generator.manual_seed(int(words[2]) << 32 | int(words[3]))
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        torch.set_rng_state(before[2])
