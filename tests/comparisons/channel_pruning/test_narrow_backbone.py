"""Channel pruning by torch-pruning: how much goes, what goes, and how checkpoints load."""

import pytest
import torch
from torch import nn

from vared_mm.apis import match_checkpoint
from vared_mm.comparisons.channel_pruning import narrow_backbone, narrow_to
from vared_mm.dynamic import count_macs
from vared_mm.models import R2Plus1D
from vared_mm.registry import MODELS

SHAPE = (3, 4, 16, 16)
BACKBONE = dict(type='vared_mm.R2Plus1D', base_channels=16, num_stages=2, stage_blocks=(1, 1))


def full(seed: int = 0) -> R2Plus1D:
    torch.manual_seed(seed)
    return R2Plus1D(base_channels=16, num_stages=2, stage_blocks=(1, 1))


def macs(model: nn.Module) -> int:
    return count_macs(model, (1, *SHAPE)).total()


@pytest.mark.parametrize('share', [0.75, 0.4])
def test_share_is_met(share: float):
    static = full()
    narrow = narrow_to(static, share, SHAPE)
    assert share - 0.08 < macs(narrow) / macs(static) <= share
    clips = torch.randn(2, *SHAPE)
    assert narrow(clips).shape == static(clips).shape  # the head's input is as it was
    assert {type(a) for a in narrow.modules()} == {type(a) for a in static.modules()}


def test_every_map_that_a_backbone_gives_keeps_its_channels():
    """Two stages of a segmentor's backbone, of which both heads read one."""
    config = dict(
        type='mmseg.ResNetV1c', depth=18, stem_channels=8, base_channels=8, num_stages=2,
        strides=(1, 2), dilations=(1, 1), out_indices=(0, 1), norm_cfg=dict(type='BN'),
    )  # fmt: skip
    shape = (3, 32, 32)
    static, narrow = MODELS.build(config), narrow_backbone(config, shape, 0.6)
    share = count_macs(narrow, (1, *shape)).total() / count_macs(static, (1, *shape)).total()
    assert 0.5 < share <= 0.6
    images = torch.randn(2, *shape)
    assert [x.shape for x in narrow(images)] == [x.shape for x in static(images)]


def test_maps_put_side_by_side_keep_their_channels():
    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 16, 3)
            self.branches = nn.ModuleList([nn.Conv2d(16, 8, 1), nn.Conv2d(16, 4, 1)])

        def forward(self, x):
            x = self.stem(x)
            return torch.cat([branch(x) for branch in self.branches], dim=1)

    narrow = narrow_to(Branches(), 0.5, (3, 8, 8))
    assert narrow(torch.randn(1, 3, 8, 8)).shape[1] == 12
    assert narrow.stem.out_channels < 16


def test_the_weakest_channels_go():
    """Of four channels the two that are nearly zero, with what belongs to them."""
    model = nn.Sequential(nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4), nn.Conv2d(4, 5, 1))
    model[0].weight.data = torch.ones(4, 3, 1, 1) * torch.tensor([1, 1e-3, 2, 1e-3]).view(
        4, 1, 1, 1
    )
    model[1].weight.data = torch.tensor([1.0, 1e-3, 1.0, 1e-3])
    model[2].weight.data[:, [1, 3]] = 1e-3
    narrow = narrow_to(model, 0.6, (3, 8, 8))
    torch.testing.assert_close(narrow[0].weight[:, 0, 0, 0], torch.tensor([1.0, 2.0]))
    torch.testing.assert_close(narrow[2].weight, model[2].weight[:, [0, 2]])


def test_checkpoints_of_the_full_and_of_the_narrow_backbone(tmp_path):
    narrow, static = narrow_backbone(BACKBONE, SHAPE, 0.6), full(seed=1)
    torch.save(static.state_dict(), tmp_path / 'static.pth')
    match_checkpoint(narrow, tmp_path / 'static.pth').require(complete=True)
    narrow.load_state_dict(static.state_dict())
    other = narrow_backbone(BACKBONE, SHAPE, 0.6)
    other.load_state_dict(narrow.state_dict())
    models = narrow_to(static, 0.6, SHAPE), narrow, other
    clips = torch.randn(1, *SHAPE)
    for model in models:
        model.eval()
    expected, *found = (model(clips) for model in models)
    for result in found:
        torch.testing.assert_close(result, expected)


def test_share_must_be_one():
    with pytest.raises(ValueError, match='share=1.5'):
        narrow_to(full(), 1.5, SHAPE)
