"""One score a video for every metric, and those of the views beside it."""

from types import SimpleNamespace

import pytest
import torch
from mmaction.evaluation import AccMetric, ConfusionMatrix
from mmaction.models import BaseHead
from mmaction.structures import ActionDataSample
from mmengine.evaluator import Evaluator
from torch import nn

from vared_mm.engine.hooks import ViewScoresHook
from vared_mm.engine.hooks.clip_visualization_hook import describe_sample, draw_clip
from vared_mm.evaluation import RecognitionMetric

SCORES = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, 0.0, 3.0]]).repeat(3, 1)


class GivenScores(BaseHead):
    """A head whose scores are the input, the mean over the frames of a view."""

    def __init__(self, frames: int = 1, **kwargs) -> None:
        super().__init__(num_classes=3, in_channels=3, **kwargs)
        self.frames = frames

    def forward(self, x, **kwargs):
        return x.unflatten(0, (-1, self.frames)).mean(1)


class Recognizer(nn.Module):
    """A head alone; inputs (N, views or frames, classes)."""

    def __init__(self, **kwargs) -> None:
        super().__init__()
        self.cls_head = GivenScores(**kwargs)

    def forward(self, inputs, data_samples, mode):
        return self.cls_head.predict(inputs.flatten(0, 1), data_samples)


def predict(views=SCORES, num_clips=3, label=2, times=1, **kwargs):
    """A sample that the hook has seen."""
    model, hook = Recognizer(**kwargs), ViewScoresHook()
    runner = SimpleNamespace(model=model)
    sample = ActionDataSample().set_gt_label(label)
    if num_clips:
        sample.set_metainfo({'num_clips': num_clips})
    hook.before_test(runner)
    inputs = views.repeat_interleave(times, 0)[None]
    (sample,) = model(inputs, [sample], mode='predict')
    hook.after_test(runner)
    (after,) = model(inputs, [ActionDataSample()], mode='predict')
    assert 'view_scores' not in after
    return sample


@pytest.mark.parametrize('average', [None, 'prob', 'score'])
def test_one_score_a_video_and_the_views(average):
    sample = predict(average_clips=average)
    assert torch.equal(sample.view_scores, SCORES.unflatten(0, (3, 3)))
    wanted = SCORES.mean(0) if average == 'score' else SCORES.softmax(1).mean(0)
    assert torch.allclose(sample.pred_score, wanted)
    assert sample.pred_label.tolist() == [2] and sample.num_classes == 3
    probability = wanted.softmax(0) if average == 'score' else wanted
    message = describe_sample(sample, ['a', 'b', 'c'], Recognizer(average_clips=average).cls_head)
    assert message == f'c | predicted: c {probability[2]:.2f}'


@pytest.mark.parametrize('average', [None, 'prob'])
def test_metrics_of_mmaction2_get_one_score_a_video(average):
    samples = [predict(average_clips=average, label=label) for label in (2, 0)]
    metrics = [AccMetric(), ConfusionMatrix(), RecognitionMetric()]
    evaluator = Evaluator(metrics)
    evaluator.process(samples)
    found = evaluator.evaluate(2)
    assert found['acc/top1'] == 0.5 and found['acc/mean1'] == 0.5
    assert found['confusion_matrix/result'].tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert found['acc/video-1'] == 50
    assert found['acc/clip-1'] == 0  # the middle clip of the last crop says class 1


@pytest.mark.parametrize(
    ('case', 'shape'),
    [
        (dict(num_clips=9), (1, 9, 3)),  # nine clips are not three crops
        (dict(num_clips=None), (9, 3)),
        (dict(num_clips=4), (9, 3)),
        (dict(views=SCORES[:1], num_clips=None), (1, 3)),
        # Models of frames: three crops of one view of two frames; three views of two frames.
        (dict(views=SCORES[:3], num_clips=2, times=2, frames=2), (3, 1, 3)),
        (dict(views=SCORES[:3], num_clips=6, times=2, frames=2), (1, 3, 3)),
        # mmaction2's TSN head takes all frames for one view, whatever crops there are.
        (dict(num_clips=3, frames=9), None),
        (dict(num_clips=None, frames=9), None),
        (dict(num_clips=9, frames=9), (1, 1, 3)),
    ],
)
def test_what_the_views_are(case, shape):
    sample = predict(average_clips='prob', **case)
    assert (tuple(sample.view_scores.shape) if 'view_scores' in sample else None) == shape


def test_several_labels_are_told_by_sigmoids():
    loss = dict(type='BCELossWithLogits')
    sample = predict(label=[1, 0, 1], average_clips=None, loss_cls=loss)
    assert torch.allclose(sample.pred_score, SCORES.sigmoid().mean(0))
    head = Recognizer(average_clips=None, loss_cls=loss).cls_head
    assert describe_sample(sample, None, head).startswith('class 0, class 2 | predicted: class 2')


def test_average_precision_of_several_labels():
    loss = dict(type='BCELossWithLogits')
    labels = ([1, 0, 1], [0, 1, 0])
    samples = [predict(i * SCORES, label=y, loss_cls=loss) for i, y in enumerate(labels)]
    evaluator = Evaluator([AccMetric(metric_list=('mean_average_precision',))])
    evaluator.process(samples)
    assert evaluator.evaluate(2)['acc/mean_average_precision'] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ('shape', 'count', 'width'),
    [((9, 3, 8, 4, 6), None, 48), ((24, 3, 4, 6), 8, 48), ((8, 6, 4, 6), 4, 48)],
)
def test_frames_are_drawn_side_by_side(shape, count, width):
    clip = torch.randint(0, 255, shape, dtype=torch.uint8)
    picture = draw_clip(clip, 'x', count)
    assert picture.shape == (4 + 28, width, 3)
    second = clip[0, :, 1] if len(shape) == 5 else clip[1] if shape[1] == 3 else clip[0, 3:]
    assert torch.equal(torch.from_numpy(picture[:4, 6:12]).permute(2, 0, 1), second)


def test_other_hooks_may_run_the_model_again():
    """As the count of static MACs does, on meta tensors, before or after this hook."""
    model, hook = Recognizer(average_clips='prob'), ViewScoresHook()

    def again(model, *_):
        model.cls_head(torch.zeros(1, 3))

    model.register_forward_hook(again)
    hook.attach(model)
    model.register_forward_hook(again)
    for factor in (1, 2):
        inputs = factor * SCORES[None]
        (sample,) = model(inputs, [ActionDataSample()], mode='predict')
        assert torch.equal(sample.view_scores, inputs[0])


def test_a_model_without_such_a_head_is_left_alone():
    hook = ViewScoresHook()
    hook.before_test(SimpleNamespace(model=nn.Linear(1, 1)))
    assert not hook._handles
