"""Conversion of module trees to dynamic blocks: all or nothing, and nothing else changes."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from tests.blockwise.networks import CLIP, bottleneck, clips_of, conv, inverted
from tests.blockwise.test_exact import convert
from vared_mm.blockwise import BlockConv3d, convert_blocks
from vared_mm.dynamic import (
    dynamic_layers,
    executed_cost,
    fixed_choice,
    gate_parameters,
    meet_budget,
    set_threshold,
)


def test_names_stay_and_a_static_checkpoint_loads():
    static, other = bottleneck().eval(), bottleneck()
    net, _ = convert(other)
    missing, unexpected = net.load_state_dict(static.state_dict(), strict=False)
    assert not unexpected and missing and all('.block.' in key for key in missing)
    with torch.no_grad(), fixed_choice(net):
        x = clips_of(2)
        torch.testing.assert_close(net(x), static(x))
    assert {id(p) for p in gate_parameters(net)} == {
        id(p) for name, p in net.named_parameters() if '.gate.' in name
    }


def test_layers_stay_the_same_objects_with_their_hooks():
    static, seen = inverted(), []
    first = static.branch[0][0]
    first.tag = 'mine'
    first.register_forward_hook(lambda layer, _inputs, out: seen.append(layer) or 2 * out)
    static.branch[2].register_forward_hook(lambda layer, _inputs, _out: seen.append(layer))
    x = clips_of(2)
    with torch.no_grad():
        expected = static.eval()(x)
        net, _ = convert(static)
        seen.clear()
        with fixed_choice(net):
            torch.testing.assert_close(net(x), expected)
    assert net.branch[0][0] is first and type(first) is BlockConv3d and first.tag == 'mine'
    assert seen == [first, net.branch[2]]


def test_copies_are_models_of_their_own():
    torch.manual_seed(0)
    net, block = convert(inverted())
    x = clips_of(3)
    with torch.no_grad():
        net(x)
        for copied in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
            (other,) = dynamic_layers(copied).values()
            assert other is not block and copied.branch[0][0].place.block is other
            assert copied.branch[2].forward.module is copied.branch[2]
            torch.testing.assert_close(copied(x), net(x))
            with fixed_choice(copied, 1, 1):
                assert not torch.allclose(copied(x), net(x))


def test_a_failed_conversion_changes_nothing():
    class ByClass(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = bottleneck()

        def forward(self, x):
            if type(self.inner.branch[0][0]) is not nn.Conv3d:
                raise RuntimeError('another class')
            return self.inner(x)

    net = ByClass()
    before = {n: (type(m), m.training, set(vars(m))) for n, m in net.named_modules()}
    with pytest.raises(
        ValueError, match='with dynamic blocks ByClass does not run .* another class'
    ):
        convert_blocks(net, CLIP, multiple=1)
    assert {n: (type(m), m.training, set(vars(m))) for n, m in net.named_modules()} == before
    assert not net._forward_pre_hooks


@pytest.mark.parametrize(
    ('options', 'reason'),
    [
        ({'temporal': 3}, None),
        ({'temporal': 5}, 'can have more than temporal=4'),
        ({'channel': 9}, 'channel=9: no selected block'),
        ({'start': 'other'}, "start='other'"),
        ({'kernel_size': 2}, 'kernel_size=2'),
        ({'hidden': 0}, 'hidden=0'),
        ({'temporal': 0}, 'temporal=0'),
    ],
    ids=str,
)
def test_options_are_checked(options, reason):
    net = bottleneck()
    if reason is None:
        convert_blocks(net, CLIP, multiple=1, **options)
        return
    with pytest.raises(ValueError, match=reason):
        convert_blocks(net, CLIP, **{'multiple': 1, **options})
    assert type(net.branch[0][0]) is nn.Conv3d


def test_an_own_attribute_is_no_place_to_write_to():
    net = nn.Sequential(bottleneck(), bottleneck())
    net[1].branch[1][0].place = 'here'
    with pytest.warns(UserWarning, match='has an attribute place of its own'):
        convert_blocks(net, CLIP, multiple=1)
    assert list(dynamic_layers(net)) == ['0.branch.0.0.block']
    assert net[1].branch[1][0].place == 'here'


def test_wrapped_models_are_refused():
    with pytest.raises(ValueError, match='before it is wrapped'):
        convert_blocks(nn.DataParallel(bottleneck()), CLIP)


def test_a_second_conversion_finds_no_block():
    net, _ = convert(bottleneck())
    with pytest.raises(ValueError, match='no block of Residual is selected'):
        convert_blocks(net, CLIP, multiple=1)


def test_threads_do_not_meet():
    torch.manual_seed(0)
    net, _ = convert(bottleneck())
    batches = [clips_of(n) for n in (1, 2, 3, 4, 5)]
    with torch.no_grad():
        expected = [net(x) for x in batches]
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(torch.no_grad()(net), batches * 4))
    for one, other in zip(found, expected * 4, strict=True):
        torch.testing.assert_close(one, other)


def test_a_convolution_does_not_run_alone():
    net, _ = convert(bottleneck())
    with pytest.raises(RuntimeError, match='only after the first one'):
        net.branch[1][0](torch.randn(1, 9, 6, 8, 8))


def test_clips_of_another_length():
    net, _ = convert(bottleneck(), temporal_bins=2, temporal=2)
    with torch.no_grad(), fixed_choice(net, 1):
        assert net(torch.randn(2, 4, 7, 8, 8)).shape == (2, 4, 7, 8, 8)
    assert executed_cost(net).time_share.tolist() == [[4 / 7]] * 2
    with pytest.raises(ValueError, match='the gate is made for clips'):
        convert(bottleneck())[0](torch.randn(2, 4, 7, 8, 8))


def test_budget():
    torch.manual_seed(0)
    net = nn.Sequential(bottleneck(), conv(4, 4, 1))
    net, block = convert(net, start='static')
    nn.init.normal_(block.gate.excite)
    x = clips_of(32)

    def run() -> None:
        with torch.no_grad():
            net(x)

    run()
    dense = int(executed_cost(net).dense.sum())
    share = float(executed_cost(net).share.mean())
    set_threshold(net, 1.0)
    run()
    least = float(executed_cost(net).share.mean())
    assert least < share
    meet_budget(net, run, (least + share) / 2, dense)
    run()
    assert least < float(executed_cost(net).share.mean()) < share
