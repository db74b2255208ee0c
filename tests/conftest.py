"""What all tests share: one thread, and no state left in mmengine's global managers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import DefaultScope
from mmengine.visualization import Visualizer

import vared_mm  # noqa: F401  (its patches come before a test imports mmaction)

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Small tensors are quicker on one thread, and numbers then do not depend on the machine."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def fresh_managers() -> Iterator[None]:
    """A runner leaves its default scope, logger, messages and visualizer behind; drop them."""
    yield
    for manager in (DefaultScope, MMLogger, MessageHub, Visualizer):
        manager._instance_dict.clear()


@pytest.fixture(scope='session')
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope='session')
def shared_dir() -> Path:
    """The folder of reference material beside the checkout; most checkouts have none."""
    folder = ROOT.parent / 'shared'
    if not folder.is_dir():
        pytest.skip('no ../shared beside this checkout')
    return folder
