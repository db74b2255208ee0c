"""The input of one view."""

import pytest
from mmengine.config import Config
from torch import nn

from vared_mm.apis.cost import view_macs
from vared_mm.apis.input_shapes import sample_shape, uncounted_kinds, view_shape
from vared_mm.models import TSNHead


def recognizer(head: nn.Module) -> nn.Module:
    model = nn.Module()
    model.cls_head = head
    return model


@pytest.mark.parametrize(
    ('model', 'sample', 'view'),
    [
        (recognizer(nn.Identity()), (30, 3, 16, 32, 24), (1, 1, 3, 16, 32, 24)),
        (recognizer(TSNHead(8, num_classes=2, in_channels=4)), (24, 3, 32, 24), (1, 8, 3, 32, 24)),
        (recognizer(nn.Identity()), (24, 3, 32, 24), (1, 24, 3, 32, 24)),
        (nn.Module(), (3, 32, 24), (1, 3, 32, 24)),
        (nn.Module(), (3, 16, 32, 24), (1, 3, 16, 32, 24)),
    ],
)
def test_one_view(model: nn.Module, sample: tuple, view: tuple):
    assert view_shape(model, sample) == view


def pipeline(layout: str, crop: int | tuple, **sampling: int) -> Config:
    steps = [
        dict(type='SampleFrames', **sampling),
        dict(type='CenterCrop', crop_size=crop),
        dict(type='FormatShape', input_format=layout),
    ]
    return Config(dict(val_dataloader=dict(dataset=dict(pipeline=steps))))


def test_sample_shape():
    assert sample_shape(pipeline('NCTHW', 32, clip_len=16)) == (1, 3, 16, 32, 32)
    folded = pipeline('NCHW', (24, 32), clip_len=1, num_clips=8)  # width, height
    assert sample_shape(folded) == (8, 3, 32, 24)
    stacked = pipeline('NCHW', 32, clip_len=2, num_clips=8)
    stack = dict(type='vared_mm.StackFrames', count=2)
    stacked.val_dataloader.dataset.pipeline.append(stack)
    assert sample_shape(stacked) == (8, 6, 32, 32)


def test_sample_shape_of_whole_frames():
    cfg = pipeline('NCTHW', 32, clip_len=8)
    steps = cfg.val_dataloader.dataset.pipeline
    steps[1] = dict(type='Resize', scale=(56, 32), keep_ratio=False)  # width, height
    assert sample_shape(cfg) == (1, 3, 8, 32, 56)
    for unknown in (dict(scale=(-1, 32)), dict(scale=0.5, keep_ratio=False)):
        steps[1] = dict(type='Resize', **unknown)
        with pytest.raises(ValueError, match="no step 'CenterCrop'"):
            sample_shape(cfg)


def test_count_of_a_view_leaves_out_what_the_config_says():
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cls_head = nn.Conv3d(3, 4, 1, bias=False)
            self.norm = nn.BatchNorm3d(4)

        def forward(self, clips, stage):
            return self.norm(self.cls_head(clips.flatten(0, 1)))

    hook = dict(type='vared_mm.CostRecordHook', without=('norm',))
    cfg = Config(dict(default_hooks=dict(cost_record=hook)))
    assert (uncounted_kinds(cfg), uncounted_kinds(Config())) == (('norm',), ())
    assert view_macs(cfg, Net(), (30, 3, 2, 5, 5)) == 50 * 3 * 4
    assert view_macs(Config(), Net(), (30, 3, 2, 5, 5)) == 50 * 3 * 4 + 2 * 50 * 4
