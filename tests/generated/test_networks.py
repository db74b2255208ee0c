"""Whatever the network: converted, accelerated and counted right, or refused and left as it was.

The networks are drawn by hypothesis, the same ones in every run. ``NETWORKS=20000`` draws more.
"""

import os
import warnings
from collections import Counter

import pytest
import torch

pytest.importorskip('hypothesis')
from hypothesis import HealthCheck, assume, given, settings

from tests.generated import checks
from tests.generated.grammar import plans
from tests.generated.networks import Network, Plan

SEEN: Counter = Counter()
drawn = settings(
    max_examples=int(os.environ.get('NETWORKS', 500)),
    deadline=None,
    derandomize='NETWORKS' not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def runs(plan: Plan) -> bool:
    """Whether torch itself can build and run the static network."""
    try:
        checks.run(Network(plan), checks.inputs_of(plan)[:1])
        want = checks.run(Network(plan), checks.inputs_of(plan))
    except (RuntimeError, ValueError):
        return False
    return all(out.isfinite().all() and out.numel() for out in want)


@drawn
@given(plans())
def test_right_or_refused(plan: Plan) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        assume(runs(plan))
        SEEN['networks'] += 1
        checks.check_count(plan, SEEN)
        checks.check_acceleration(plan, Network(plan), SEEN, compiled=False)
        if (dynamic := checks.check_conversion(plan, SEEN)) is not None:
            checks.check_acceleration(
                plan, checks.cast(dynamic, torch.float32), SEEN, compiled=False
            )


def test_enough_was_drawn() -> None:
    print(dict(SEEN))
    assert SEEN['converted'] > SEEN['networks'] / 3
