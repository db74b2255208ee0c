"""Drawn choices of blocks: the same executed share as of layers."""

import pytest
import torch

from tests.blockwise.networks import KINDS, bottleneck, clips_of
from tests.blockwise.test_exact import convert
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import dynamic_layers, executed_cost


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize('halved', [1, 0.4])
def test_blocks_execute_the_share_of_layers(kind, halved):
    net, _ = convert(kind())
    x = clips_of(200)
    with torch.no_grad():
        net(x[:1])
        with drawn_choice(net, halved):
            net(x)
    cost = executed_cost(net)
    assert (cost.gate > 0).all()
    share = float((cost.conv.sum(1) / cost.dense.sum()).mean())
    assert share == pytest.approx((1 - halved / 2) ** 2, abs=0.05)


def test_a_block_has_to_run_before():
    net, block = convert(bottleneck())
    assert dynamic_layers(net) and block.record is None
    with pytest.raises(ValueError, match='has not run'), drawn_choice(net, 1):
        pass
