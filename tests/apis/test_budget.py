"""Budgets of whole recipes; see tests/dynamic/test_budget.py for what they do."""

from types import SimpleNamespace

import pytest
from torch import nn

from vared_mm.apis import set_budget


def test_a_model_that_recognises_nothing_is_refused():
    cfg = SimpleNamespace(filename='segmentor.py')
    runner = SimpleNamespace(load_or_resume=lambda: None, model=nn.Identity(), cfg=cfg)
    with pytest.raises(ValueError, match='segmentor.py: is of no recognizer'):
        set_budget(runner, 0.5)
