"""Whatever the layer: a clear error when it is made, or training and inference are one.

The layers are drawn by hypothesis, the same ones in every run.
"""

import copy
import warnings
from math import prod

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from vared_mm.cost import SearchSpace, gate_macs, kept_channels, kept_frames
from vared_mm.dynamic import (
    DynamicConvolution,
    SoftModulationGate,
    convert_to_dynamic,
    executed_cost,
    executed_share,
    fixed_choice,
)

pytest.importorskip('hypothesis')
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

repeatable = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@st.composite
def layers(draw) -> tuple[nn.Module, dict, torch.Tensor]:
    """A static convolution, how to convert it, and clips for it."""
    flat, groups = draw(st.booleans()), draw(st.integers(1, 6))
    c_in, c_out = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 5))
    side = st.sampled_from([1, 3, 5, 6, 7, 8])
    frames, sides = draw(st.integers(1, 12)), (draw(side), draw(side))
    axes = 2 if flat else 3
    triple = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(axes))  # noqa: E731
    kernel, stride, dilation = triple(1, 3), triple(1, 3), triple(1, 2)
    padding = draw(st.one_of(st.just('valid'), st.just('same'), st.just(None)))
    padding = triple(0, 2) if padding is None else padding
    mode = draw(st.sampled_from(['zeros', 'zeros', 'replicate', 'reflect', 'circular']))
    bias = draw(st.booleans())
    try:
        static = (nn.Conv2d if flat else nn.Conv3d)(
            c_in, c_out, kernel, stride, padding, dilation, groups, bias, mode, dtype=torch.double
        )
    except ValueError:  # PyTorch has no such layer
        assume(False)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    clips = draw(st.integers(1, 4))
    x = torch.randn(clips, c_in, frames, *sides, generator=generator, dtype=torch.double)
    x = x.transpose(1, 2).flatten(0, 1) if flat else x
    search = draw(_search_spaces(static, x, frames if flat else None))
    how = dict(
        input_shape=(c_in, *sides) if flat else (c_in, frames, *sides),
        frames=frames if flat else None,
        temporal=search[0],
        channel=search[1],
        kernel_size=draw(st.sampled_from([1, 3])),
        gate=draw(st.sampled_from(['soft', 'soft', 'constant'])),
        hidden=draw(st.integers(1, 5)),
        temporal_bins=draw(st.sampled_from([None, None, 1, 3])),
    )
    return static, how, x


def _search_spaces(
    static: nn.Module, x: torch.Tensor, frames: int | None
) -> st.SearchStrategy[tuple[int, int]]:
    """Mostly what the layer can have, so that little is refused."""
    any_space = st.tuples(st.integers(1, 4), st.integers(1, 4))
    try:
        out = copy.deepcopy(static).to('meta')(x.to('meta'))
    except (RuntimeError, ValueError):
        return any_space
    possible = SearchSpace(4, 4).clipped(out.shape[1], frames or out.shape[2], static.groups)
    own = st.tuples(st.integers(1, possible.temporal), st.integers(1, possible.channel))
    return st.one_of(own, own, own, own, any_space)


def _convert(static: nn.Module, how: dict) -> nn.Module | None:
    """The layer with gates that choose differently from clip to clip; None if it is refused."""
    try:
        layer = convert_to_dynamic(copy.deepcopy(static), **how)
    except ValueError as error:
        assert str(error) and '\n' not in str(error)
        return None
    if isinstance(layer, DynamicConvolution):
        generator = torch.Generator().manual_seed(0)
        stds = {'gate.excite': 20, 'gate.beta': 0.3}
        with torch.no_grad():
            for name, parameter in layer.named_parameters():
                if 'reconstructions' in name or name in stds:
                    parameter.normal_(std=stds.get(name, 1), generator=generator)
    return layer


def _run(layer: nn.Module, x: torch.Tensor, training: bool) -> torch.Tensor:
    layer.train(training)
    if isinstance(getattr(layer, 'gate', None), SoftModulationGate):
        layer.gate.norm.eval()  # else its statistics would be those of the batch
    with torch.no_grad():
        return layer(x)


@repeatable
@given(layers())
def test_training_is_inference_and_starts_as_the_static_layer(drawn) -> None:
    static, how, x = drawn
    layer = _convert(static, how)
    if layer is None:
        return
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter('ignore')  # PyTorch's, about 'same' padding of an even kernel
        expected = static(x)
        trained, inferred = _run(layer, x, True), _run(layer, x, False)
    assert trained.shape == inferred.shape == expected.shape
    torch.testing.assert_close(trained, inferred, rtol=1e-9, atol=1e-9)
    if isinstance(layer, DynamicConvolution):
        for training in (True, False):
            with fixed_choice(layer, 0, 0):
                first = _run(layer, x, training)
            torch.testing.assert_close(first, expected, rtol=1e-9, atol=1e-9)


@repeatable
@given(layers())
def test_cost_is_what_runs_and_stays_below_its_bound(drawn) -> None:
    static, how, x = drawn
    layer = _convert(static, how)
    if not isinstance(layer, DynamicConvolution):
        return
    clips = len(x) // (how['frames'] or 1)
    counter = FlopCounterMode(display=False)
    with counter:
        out = _run(layer, x, False)
    cost = executed_cost(layer)
    outputs = out.numel() // clips
    gate = 0
    if how['gate'] == 'soft':
        descriptor, hidden = layer.gate.squeeze.shape[1], how['hidden']
        candidates = len(layer.gate.beta)
        gate = gate_macs(x.numel() // clips, descriptor, hidden, candidates)
    kernel, search = how['kernel_size'] ** 2, layer.search
    overhead = kernel * (search.temporal + search.channel - 2) * outputs + gate
    assert (cost.conv <= cost.dense).all() and (cost.conv > 0).all()
    assert (cost.executed <= cost.dense.sum() + overhead).all()
    # Counted by PyTorch while it ran: convolutions without their bias, and the gate's two products.
    per_output = prod(layer.weight.shape[1:])
    without_bias = cost.conv * per_output // (per_output + (layer.bias is not None))
    products = hidden * (descriptor + candidates) if gate else 0
    ran = int(without_bias.sum() + cost.cheap.sum()) + clips * products
    assert counter.get_total_flops() == 2 * ran
    share = executed_share([layer.record]).numpy()
    np.testing.assert_allclose(share, cost.conv[:, 0] / cost.dense[0], rtol=1e-6)


@repeatable
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 40), st.integers(1, 7))
def test_candidates_fall_and_keep_whole_groups(size, groups, frames, candidates) -> None:
    kept = kept_channels(size * groups, candidates, groups)
    assert kept[0] == size * groups
    assert all(after < before for before, after in zip(kept, kept[1:], strict=False))
    units, unit = (groups, size) if groups > 1 else (size, 1)
    assert list(kept) == [-(-units // 2**i) * unit for i in range(len(kept))]
    computed = kept_frames(frames, candidates)
    assert computed[0] == frames and all(n >= 1 for n in computed)
    assert list(computed) == [len(range(0, frames, 2**j)) for j in range(len(computed))]
    clipped = SearchSpace(candidates, candidates).clipped(size * groups, frames, groups)
    assert (clipped.temporal, clipped.channel) == (len(computed), len(kept))


@repeatable
@given(
    st.sampled_from([0, -1, 1.5, '2', None, True]),
    st.sampled_from(['temporal', 'channel', 'hidden', 'temporal_bins', 'kernel_size', 'gate']),
)
def test_senseless_numbers_are_refused_by_name(value, name) -> None:
    how = dict(temporal=2, channel=2)
    how[name] = value
    assume(not (name == 'temporal_bins' and value is None))  # which keeps every frame
    assume(value is not True)  # Python's 1
    with pytest.raises(ValueError) as caught:
        convert_to_dynamic(nn.Conv3d(3, 8, 3), (3, 4, 5, 5), **how)
    assert '\n' not in str(caught.value) and name in str(caught.value)
