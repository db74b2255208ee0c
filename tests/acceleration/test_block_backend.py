"""Accelerated dynamic blocks compute what the plain ones do, at the same cost."""

import pytest
import torch
from mmcv.cnn.bricks import Swish
from torch import nn

from tests.blockwise.networks import (
    KINDS,
    Squeeze,
    bottleneck,
    clips_of,
    conv,
    decided,
    every_pattern,
)
from tests.blockwise.test_exact import convert
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.cpu.block_backend import CpuBlockBackend
from vared_mm.blockwise import BlockConvolution, DynamicBlock
from vared_mm.dynamic import dynamic_layers, executed_cost, overridden


def accelerated(net: nn.Module, dims: int = 3, **options) -> tuple[nn.Module, list[DynamicBlock]]:
    """A quick copy of a network, which is checked to be one, and both blocks."""
    net = nn.Sequential(net).eval()  # a model's own parts are accelerated
    quick = accelerate(net, clips_of(2, dims), **{'compiled': False, **options})
    convs = [m for m in quick.modules() if isinstance(m, BlockConvolution)]
    assert convs and all(type(conv.backend) is CpuBlockBackend for conv in convs)
    return quick, [next(iter(dynamic_layers(n).values())) for n in (net, quick)]


@pytest.mark.parametrize('dims', [3, 2])
@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_every_pattern(kind, dims):
    torch.manual_seed(0)
    net, _ = convert(kind(dims), dims, temporal=3, bias=dims == 3)
    quick, blocks = accelerated(net, dims)
    decision = every_pattern(blocks[0], torch.float)
    with torch.no_grad():
        for some in (decision, decision.of(torch.tensor([len(decision) - 1]))):
            x = clips_of(len(some), dims)
            with overridden(blocks, decided(some)):
                expected, cost = net(x), executed_cost(net)
                torch.testing.assert_close(quick(x), expected, rtol=1e-5, atol=1e-5)
                assert (executed_cost(quick).layer_macs == cost.layer_macs).all()
        x = clips_of(4, dims)
        torch.testing.assert_close(quick(x), net(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('hooked', [False, True])
@pytest.mark.parametrize('kind', [Swish, nn.SiLU, nn.Hardswish, nn.ReLU6])
def test_what_lies_between_is_computed_of_what_is_kept(kind, hooked):
    """Squeeze-and-excitation and activations; one with a hook gets all, and is called."""
    torch.manual_seed(0)
    depthwise = conv(12, 12, groups=12)
    layers = [conv(4, 12, 1), kind(), depthwise, Squeeze(12, 3), kind(), conv(12, 4, 1)]
    net, _ = convert(nn.Sequential(*layers), temporal=3)
    called = []
    if hooked:
        net[3].reduce.register_forward_hook(lambda *_: called.append(1))
    quick, blocks = accelerated(net)
    kept = [m.backend.gives_parts for m in quick.modules() if isinstance(m, BlockConvolution)]
    assert kept == [True, not hooked, False]
    decision = every_pattern(blocks[0], torch.float)
    x = clips_of(len(decision))
    called.clear()
    with torch.no_grad(), overridden(blocks, decided(decision)):
        found = quick(x)
        assert bool(called) == hooked
        torch.testing.assert_close(found, net(x), rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_compiled_and_in_bfloat16():
    torch.manual_seed(0)
    net, _ = convert(KINDS[-1]())
    x = clips_of(4)
    with torch.no_grad():
        expected = net(x)
        quick, _ = accelerated(net, compiled=True)
        for _ in range(2):  # the first call is watched, not compiled
            torch.testing.assert_close(quick(x), expected, rtol=1e-5, atol=1e-5)
        half, _ = accelerated(net, dtype=torch.bfloat16)
        torch.testing.assert_close(half(x), expected, rtol=0.1, atol=0.1)


def test_a_block_with_a_hook_leaves_the_model_as_it_is():
    net, _ = convert(bottleneck())
    net.branch[1][0].register_forward_hook(lambda *_: None)
    with pytest.warns(UserWarning, match=r'branch\.1\.0, of a dynamic block'):
        quick = accelerate(nn.Sequential(net).eval(), clips_of(1))
    with torch.no_grad():
        x = clips_of(2)
        torch.testing.assert_close(quick(x), net(x))
