"""clip-1, video-1 and video-5 by hand on a tiny score file."""

import pytest
import torch

from vared_mm.evaluation import RecognitionMetric


def evaluate(metric: RecognitionMetric, scores: list, labels: list[int]) -> dict[str, float]:
    samples = [
        {'pred_score': torch.tensor(score), 'gt_label': torch.tensor([label])}
        for score, label in zip(scores, labels, strict=True)
    ]
    metric.process(None, samples)
    return metric.compute_metrics(metric.results)


def one_hot(label: int, height: float = 4.0) -> list[float]:
    return [height if i == label else 0.0 for i in range(7)]


def test_the_one_clip_is_the_centre_crop_of_the_middle_clip():
    # crops left, right, centre x clips 0, 1, 2: only view 6 + 1 says class 2
    views = [one_hot(0)] * 9
    views[7] = one_hot(2)
    metrics = evaluate(RecognitionMetric(), [views], [2])
    assert metrics == {'clip-1': 100, 'video-1': 0, 'video-5': 100}


def test_views_are_averaged_as_probabilities():
    # one very sure view and two less sure ones: 0.99 + 2 * 0.16 against 2 * 0.58 for class 1
    sure, unsure = one_hot(0, 8.0), [0.0, 1.3, 0.0, 0.0, 0.0, 0.0, 0.0]
    soft = torch.tensor([sure, unsure, unsure]).softmax(1).mean(0)
    best = int(soft.argmax())
    metrics = evaluate(RecognitionMetric(), [[sure, unsure, unsure]], [best])
    assert metrics['video-1'] == 100


def test_percentages_over_videos():
    scores = [[[5.0, 4, 3, 2, 1, 0, -1]]] * 4
    metrics = evaluate(RecognitionMetric(), scores, [0, 1, 4, 5])
    assert metrics == {'clip-1': 25, 'video-1': 25, 'video-5': 75}


def test_a_model_that_says_the_same_for_all_is_never_right():
    metrics = evaluate(RecognitionMetric(), [[[0.0] * 7]], [0])
    assert metrics['clip-1'] == 0


def test_averaged_scores_and_view_numbers_without_crops():
    metrics = evaluate(RecognitionMetric(), [one_hot(3), one_hot(3)], [3, 0])
    assert metrics['video-1'] == 50
    # ten views do not divide by three crops: the middle view of ten
    views = [one_hot(0)] * 10
    views[5] = one_hot(1)
    assert evaluate(RecognitionMetric(), [views], [1])['clip-1'] == 100


def test_scores_that_are_not_numbers_count_as_wrong():
    metrics = evaluate(RecognitionMetric(), [[[float('nan')] * 7]], [0])
    assert metrics == {'clip-1': pytest.approx(0), 'video-1': 0, 'video-5': 0}
