"""clip-1, video-1 and video-5 by hand on a tiny score file."""

from typing import Any

import pytest
import torch

from vared_mm.evaluation import RecognitionMetric


def evaluate(metric: RecognitionMetric, scores: list, labels: list[int]) -> dict[str, float]:
    samples = [
        {'pred_score': torch.tensor(score), 'gt_label': torch.tensor([label])}
        for score, label in zip(scores, labels, strict=True)
    ]
    return run(metric, samples)


def run(metric: RecognitionMetric, samples: list[dict[str, Any]]) -> dict[str, float]:
    metric.process(None, samples)
    return metric.compute_metrics(metric.results)


def one_hot(label: int, height: float = 4.0) -> list[float]:
    return [height if i == label else 0.0 for i in range(7)]


def test_the_one_clip_is_the_centre_crop_of_the_middle_clip():
    # crops left, right, centre x clips 0, 1, 2: only view 6 + 1 says class 2
    views = torch.tensor([one_hot(0)] * 9)
    views[7] = torch.tensor(one_hot(2))
    score, label = views.softmax(1).mean(0), torch.tensor([2])
    told = {'pred_score': score, 'view_scores': views.unflatten(0, (3, 3)), 'gt_label': label}
    right = {'clip-1': 100, 'video-1': 0, 'video-5': 100, 'mean-class': 0}
    assert run(RecognitionMetric(), [told]) == right
    assert run(RecognitionMetric(crops=3), [{'pred_score': views, 'gt_label': label}]) == right
    # The same views may be nine clips of one crop: the middle one is another.
    nine = {**told, 'view_scores': views[None]}
    assert run(RecognitionMetric(), [nine])['clip-1'] == 0


@pytest.mark.parametrize('shape', [(7,), (9, 7)])
def test_one_clip_is_left_out_where_it_can_not_be_told(shape):
    untold = {'pred_score': torch.zeros(shape), 'gt_label': torch.tensor([1])}
    clear = {'pred_score': torch.zeros(1, 7), 'gt_label': torch.tensor([1])}
    for samples in ([untold], [clear, untold]):
        assert set(run(RecognitionMetric(), samples)) == {'video-1', 'video-5', 'mean-class'}
    assert 'clip-1' in run(RecognitionMetric(), [clear])


def test_crops_that_do_not_divide_the_views():
    with pytest.raises(ValueError, match='crops=3 for 10 views'):
        evaluate(RecognitionMetric(crops=3), [[one_hot(0)] * 10], [0])


def test_several_labels_a_video_are_refused():
    sample = {'pred_score': torch.zeros(3), 'gt_label': torch.tensor([1, 0, 1])}
    with pytest.raises(ValueError, match='"gt_label" of a sample holds 3 values'):
        RecognitionMetric().process(None, [sample])


def test_views_are_averaged_as_probabilities():
    # one very sure view and two less sure ones: 0.99 + 2 * 0.16 against 2 * 0.58 for class 1
    sure, unsure = one_hot(0, 8.0), [0.0, 1.3, 0.0, 0.0, 0.0, 0.0, 0.0]
    soft = torch.tensor([sure, unsure, unsure]).softmax(1).mean(0)
    best = int(soft.argmax())
    metrics = evaluate(RecognitionMetric(), [[sure, unsure, unsure]], [best])
    assert metrics['video-1'] == 100


def test_the_average_of_the_head_counts():
    """Probabilities say class 0, mean scores class 1: what a head has averaged is not redone."""
    views = torch.tensor([one_hot(0, 3.0), one_hot(0, 3.0), one_hot(1, 9.0)])
    sample = {'view_scores': views[None], 'gt_label': torch.tensor([1])}
    for score, right in ((views.mean(0), 100), (views.softmax(1).mean(0), 0)):
        assert run(RecognitionMetric(), [{**sample, 'pred_score': score}])['video-1'] == right


def test_one_view_is_ranked_by_logits():
    """In float32 the probabilities of classes 1 and 2 are both zero."""
    views = torch.tensor([[200.0, 20.0, 10.0, 9, 8, 7, 6]])
    score = views[0].softmax(0)
    sample = {'pred_score': score, 'view_scores': views[None], 'gt_label': torch.tensor([1])}
    assert run(RecognitionMetric(topk=(2,)), [sample])['video-2'] == 100


def test_percentages_over_videos():
    scores = [[[5.0, 4, 3, 2, 1, 0, -1]]] * 4
    metric = RecognitionMetric()
    metrics = evaluate(metric, scores, [0, 1, 4, 5])
    assert metrics == {'clip-1': 25, 'video-1': 25, 'video-5': 75, 'mean-class': 25}
    assert metric.confusion.counts == {(0, 0): 1, (1, 0): 1, (4, 0): 1, (5, 0): 1}


def test_a_model_that_says_the_same_for_all_is_never_right():
    metric = RecognitionMetric()
    metrics = evaluate(metric, [[[0.0] * 7]], [0])
    assert metrics['clip-1'] == 0
    assert metric.confusion.counts == {(0, 1): 1}  # which agrees


def test_scores_that_are_not_numbers_count_as_wrong():
    metric = RecognitionMetric()
    metrics = evaluate(metric, [[[float('nan')] * 7]], [0])
    assert metrics == {'clip-1': 0, 'video-1': 0, 'video-5': 0, 'mean-class': 0}
    assert metric.confusion.counts == {(0, 1): 1}
