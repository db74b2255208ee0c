"""How networks are drawn."""

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.generated import networks
from tests.generated.networks import Plan, Stage


# Most of a network is ordinary, or every one would be refused for something.
def _ordinary(usual: object, odd: Sequence[object]) -> st.SearchStrategy:
    return st.sampled_from([*[usual] * 4 * len(odd), *odd])


@st.composite
def stages(draw) -> Stage:
    """A stage of one odd feature or a few, or none."""
    triple = lambda high: tuple(draw(st.integers(1, high)) for _ in range(3))  # noqa: E731
    kernel = draw(st.sampled_from([(1, 3, 3), (3, 1, 1), (3, 3, 3), (1, 1, 1), (2, 1, 3)]))
    conv = draw(_ordinary('plain', [*networks.CONV_KINDS, *networks.BY_HAND]))
    weight = draw(_ordinary('', list(networks.WEIGHTS)))
    padding = draw(st.sampled_from([0, 1, 1, 1, 'same']))
    target, hook = draw(st.sampled_from(networks.TARGETS)), draw(st.sampled_from(networks.HOOKS))
    return Stage(
        out=draw(st.sampled_from([1, 2, 3, 4, 8, 12, 16])),
        groups=draw(_ordinary(1, [2, 4, 16])),
        kernel=kernel,
        stride=(1, 1, 1) if padding == 'same' else draw(st.sampled_from([(1, 1, 1), triple(2)])),
        padding=padding,
        mode=draw(_ordinary('zeros', ['replicate', 'reflect', 'circular'])),
        dilation=draw(_ordinary(1, [2])),
        bias=draw(st.booleans()),
        conv=conv,
        weight=weight if conv == 'plain' else '',
        norm=draw(_ordinary('batch', networks.NORM_KINDS)),
        act=draw(_ordinary('relu', list(networks.ACTIVATIONS))),
        pool=draw(_ordinary('none', networks.POOL_KINDS)),
        flow=draw(_ordinary('chain', networks.FLOWS)),
        hook=draw(_ordinary((), [(target, hook)])),
        alias=(draw(_ordinary('none', networks.ALIASES)), target),
    )


@st.composite
def plans(draw) -> Plan:
    """A network of two to four stages, on small images or clips."""
    side = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9])
    frames = draw(st.sampled_from([(), (1,), (3,), (4,), (6,)]))
    return Plan(
        stages=tuple(draw(st.lists(stages(), min_size=2, max_size=4))),
        shape=(draw(st.sampled_from([1, 2, 3, 3, 3, 8])), *frames, draw(side), draw(side)),
        returns=draw(st.sampled_from(['tensor', 'tuple', 'dict'])),
        seed=draw(st.integers(0, 1000)),
        clips=draw(st.integers(1, 3)),
        search=(draw(st.integers(1, 2)) if frames else 1, draw(st.integers(1, 3))),
    )
