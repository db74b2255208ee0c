"""The view that clip-1 counts is the centre crop of the middle clip, as the pipeline gives it."""

import numpy as np
import torch
from mmaction.datasets.transforms import ThreeCrop

from vared_mm.evaluation import RecognitionMetric


def test_the_one_clip_is_the_centre_crop_of_the_middle_clip() -> None:
    # Three clips of one frame; a pixel holds its column, and 100 more for each clip.
    frames = [np.tile(np.arange(90) + 100 * clip, (30, 1)) for clip in range(3)]
    views = ThreeCrop(30)(dict(imgs=[frame[..., None] for frame in frames]))['imgs']
    (wanted,) = (i for i, view in enumerate(views) if view.min() == 100 + 30)
    scores = torch.zeros(len(views), 2)
    scores[:, 1] = 1
    scores[wanted] = torch.tensor([2.0, 0.0])
    metric = RecognitionMetric(crops=3)
    metric.process(None, [dict(pred_score=scores, gt_label=torch.tensor([0]))])
    assert metric.compute_metrics(metric.results)['clip-1'] == 100
