"""What the tests of models share."""

from collections.abc import Callable, Iterator

import pytest
import torch
from mmengine.registry import DefaultScope
from torch import Tensor, nn


@pytest.fixture(autouse=True)
def mmaction_scope() -> Iterator[None]:
    """Build models as configs do, where unprefixed types are mmaction2's; undo it."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        yield


@pytest.fixture
def assert_loads_and_agrees() -> Callable[[nn.Module, nn.Module, Tensor], None]:
    """Check that ``ours`` takes the state dict of ``theirs`` and then gives its output."""

    def check(ours: nn.Module, theirs: nn.Module, inputs: Tensor) -> None:
        theirs.init_weights()
        ours.load_state_dict(theirs.state_dict())
        # Training mode divides by statistics of few values, which magnifies rounding: in double.
        # It also gives the running statistics values other than 0 and 1.
        for model in (ours, theirs):
            model.double().train()
        torch.testing.assert_close(ours(inputs.double()), theirs(inputs.double()))
        for model in (ours, theirs):
            model.float().eval()
        torch.testing.assert_close(ours(inputs), theirs(inputs), rtol=1e-5, atol=1e-5)

    return check
