"""Tuning sees clips of all kinds."""

import torch
from torch import nn

from tests.acceleration.gpu.models import CLIP, TwoLayers
from vared_mm.acceleration.gpu.varied_choice import varied_choice
from vared_mm.benchmarking import drawn_choice
from vared_mm.dynamic import convert_to_dynamic, dynamic_layers


def test_clips_take_all_combinations_beginning_with_the_least():
    model = convert_to_dynamic(TwoLayers(), CLIP, temporal=2, channel=3).eval()
    with torch.no_grad(), varied_choice(model):
        model(torch.randn(7, *CLIP))
    found = model.first.record.decision.patterns()
    every = [((t,), (c,)) for c in (2, 1, 0) for t in (1, 0)]
    assert found == [*every, every[0]]


def test_earlier_choices_come_back():
    model = convert_to_dynamic(nn.Sequential(TwoLayers()), CLIP)
    with drawn_choice(model, 0.5):
        before = [layer.override for layer in dynamic_layers(model).values()]
        with varied_choice(model):
            pass
        assert [layer.override for layer in dynamic_layers(model).values()] == before
