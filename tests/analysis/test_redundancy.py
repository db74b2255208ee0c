"""The meter over a model's convolutions, against NumPy over all maps at once."""

import numpy as np
import pytest
import torch
from torch import nn

from vared_mm.analysis import RedundancyMeter


def correlations(maps: np.ndarray) -> float:
    """Mean over every pair of rows of every group, (G, M, P)."""
    return float(
        np.mean(
            [
                np.corrcoef(group[i], group[j])[0, 1]
                for group in maps
                for i in range(len(group))
                for j in range(i + 1, len(group))
            ]
        )
    )


def run(meter: RedundancyMeter, model: nn.Module, clips: list[torch.Tensor]) -> None:
    with meter.watching(model), torch.no_grad():
        for number, clip in enumerate(clips):
            model(clip)
            meter.finish_clip(f'{number}.mp4')


def test_means_over_clips_and_layers():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv3d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv3d(4, 3, 1))
    clips = [torch.randn(1, 2, 3, 5, 5) for _ in range(3)]
    meter = RedundancyMeter()
    run(meter, model, clips)
    report = meter.report()
    with torch.no_grad():
        outputs = {'0': [model[0](x)[0] for x in clips], '2': [model(x)[0] for x in clips]}
    by_layer = {}
    for layer, maps in outputs.items():
        time = [correlations(m.flatten(2).numpy()) for m in maps]
        channel = [correlations(m.transpose(0, 1).flatten(2).numpy()) for m in maps]
        by_layer[layer] = {'temporal': time, 'channel': channel}
        for dimension, values in by_layer[layer].items():
            found = report[dimension]['layers'][layer]['correlation']
            assert found == pytest.approx(np.mean(values), abs=1e-6)
    assert report['temporal']['layers']['0']['pairs'] == 3 * 4 * 3  # clips x channels x pairs
    assert report['channel']['layers']['2']['pairs'] == 3 * 3 * 3
    for dimension in ('temporal', 'channel'):
        per_clip = np.mean([by_layer[layer][dimension] for layer in by_layer], axis=0)
        assert report[dimension]['correlation'] == pytest.approx(per_clip.mean(), abs=1e-6)
        ends = report[dimension]['range_over_clips']['correlation']
        assert ends['most'] == pytest.approx(per_clip.max(), abs=1e-6)
        assert ends['least_video'] == f'{per_clip.argmin()}.mp4'
    assert meter.clips == 3


def test_still_clip_is_redundant_in_time():
    meter = RedundancyMeter()
    model = nn.Conv3d(1, 2, (1, 3, 3))
    run(meter, model, [torch.randn(1, 1, 1, 6, 6).repeat(1, 1, 4, 1, 1)])
    assert meter.report()['temporal']['redundant'] == 1


def test_two_dimensional_convolutions_see_frames_as_their_batch():
    meter = RedundancyMeter(clip_frames=4)
    model = nn.Conv2d(1, 2, 3)
    run(meter, model, [torch.randn(1, 1, 6, 6).repeat(4, 1, 1, 1)])
    report = meter.report()
    assert report['temporal']['redundant'] == 1
    assert report['channel']['layers']['']['pairs'] == 4


def test_layers_without_pairs_stay_out_of_the_mean():
    meter = RedundancyMeter()
    meter.add('flat', torch.ones(1, 2, 3, 4, 4))
    meter.add('one frame', torch.randn(1, 2, 1, 4, 4))
    meter.add('good', torch.randn(1, 2, 3, 4, 4))
    meter.finish_clip('a.mp4')
    report = meter.report()['temporal']
    assert report['layers']['flat']['correlation'] is None
    assert report['layers']['flat']['constant'] == 6
    assert report['layers']['one frame']['pairs'] == 0
    assert report['correlation'] == report['layers']['good']['correlation']


def test_memory_does_not_grow_with_the_clips():
    meter = RedundancyMeter()
    model = nn.Conv3d(1, 2, 3)
    sizes = []
    for count in (2, 20):
        run(meter, model, [torch.randn(1, 1, 3, 4, 4) for _ in range(count)])
        sizes.append(sum(a.nbytes for a in meter._sums.values()) + len(str(meter._ranges)) // 50)
    assert sizes[1] <= 1.2 * sizes[0] and meter.clips == 22


def test_several_clips_at_once_are_refused():
    with pytest.raises(ValueError, match='conv1: 2 clips at once'):
        RedundancyMeter().add('conv1', torch.randn(2, 3, 4, 5, 5))
