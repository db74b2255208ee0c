"""The table of tested images: its confusion matrices give what mmsegmentation's metric says."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.structures import PixelData
from mmseg.evaluation import IoUMetric
from mmseg.structures import SegDataSample

from vared_mm.cost import SampleCost
from vared_mm.engine.hooks import ImageTableHook
from vared_mm.reporting import RunResult
from vared_mm.reporting.clip_runs import ClipRun

CLASSES = 4


def _sample(number: int) -> SegDataSample:
    torch.manual_seed(number)
    true = torch.randint(0, CLASSES - 1, (1, 6, 8))  # the last class is never there
    true[0, number % 6] = 255
    logits = torch.randn(CLASSES, 6, 8)
    logits[CLASSES - 1] = -9.0  # nor said to be
    cost = SampleCost(1000 + number, None, 900, 10, 0)
    sample = SegDataSample(
        gt_sem_seg=PixelData(data=true),
        seg_logits=PixelData(data=logits),
        pred_sem_seg=PixelData(data=logits.argmax(dim=0, keepdim=True)),
        metainfo={'group': f'drive{number // 15}', 'img_path': f'images/test/{number:03}.jpg'},
    )
    sample.set_field(cost, 'cost')
    return sample


def test_the_table_gives_the_metrics_of_mmsegmentation(tmp_path) -> None:
    hook, samples = ImageTableHook(keys=('group', 'img_path')), [_sample(i) for i in range(23)]
    runner = SimpleNamespace(world_size=1, work_dir=str(tmp_path))
    hook.before_test(runner)
    for start in (0, 20):
        hook.after_test_iter(runner, 0, None, samples[start : start + 20])
    hook.after_test(runner)
    RunResult(
        config='static', config_sha256='0', checkpoint=None, checkpoint_sha256=None, seed=0,
        dataset='images/test', generated_data=False, videos=23, metrics={}, static_macs=1000,
        parameters=1, parameters_without_gates=1,
    ).save(tmp_path / 'static_fold0_seed0.json')  # fmt: skip
    (tmp_path / 'images.npz').rename(tmp_path / 'static_fold0_seed0.npz')
    run = ClipRun.load(tmp_path / 'static_fold0_seed0.json')

    metric = IoUMetric(iou_metrics=['mIoU'])
    metric.dataset_meta = {'classes': [f'c{i}' for i in range(CLASSES)]}
    metric.process({}, [sample.to_dict() for sample in samples])
    expected = metric.evaluate(23)['mIoU']
    assert run.score.title == 'mIoU'
    assert run.score.of(run.counts.sum(axis=0)) == pytest.approx(expected, abs=0.006)  # rounded
    assert run.macs.tolist() == [1000 + i for i in range(23)]
    assert run.clip[3] == '003' and run.right is None and run.label is None
    # Blocks of ten neighbours of one drive.
    names, sizes = np.unique(run.group, return_counts=True)
    assert dict(zip(names.tolist(), sizes.tolist(), strict=True)) == {
        b'drive0-0': 10, b'drive0-1': 5, b'drive1-0': 8,
    }  # fmt: skip
    part = run.of('drive1')
    assert len(part.counts) == 8 and part.clip[0] == '015' and set(part.group) == {b'drive1-0'}
