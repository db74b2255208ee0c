"""Channels are sorted once, before training."""

from types import SimpleNamespace

import torch
from torch import nn

from tests.blockwise.networks import CLIP, bottleneck, conv
from vared_mm.blockwise import convert_blocks
from vared_mm.engine.hooks import SortChannelsHook


def test_sorts_a_run_that_begins_and_logs_what_it_can_not():
    tied = nn.Sequential(conv(4, 8, 3), nn.ReLU(), conv(8, 4, 3), conv(4, 8, 3))
    tied[3][0].weight = tied[0][0].weight
    net = nn.Sequential(bottleneck(), tied)
    convert_blocks(net, CLIP, multiple=1)
    before = [p.clone() for p in net.parameters()]
    said: list[str] = []
    runner = SimpleNamespace(iter=5, model=net, logger=SimpleNamespace(warning=said.append))
    SortChannelsHook().before_train(runner)  # resumed
    assert all(map(torch.equal, net.parameters(), before)) and not said
    runner.iter = 0
    SortChannelsHook().before_train(runner)
    assert not all(map(torch.equal, net.parameters(), before))
    assert len(said) == 2 and all('its weights are shared' in line for line in said)
