"""YOWO's way to count frame-mAP, by hand; beside the clean one."""

import numpy as np
import pytest

from vared_mm.evaluation import FrameMAP, YOWOFrameMAP

BOX, FAR = (0, 0, 10, 10), (50, 50, 60, 60)


def both(samples: list[dict], **options) -> tuple[float, float]:
    """YOWO's and the clean frame-mAP."""
    values = {}
    for metric in (YOWOFrameMAP(**options), FrameMAP()):
        metric.process(None, samples)
        values.update(metric.evaluate(len(samples)))
    return values['localization/yowo_frame_map'], values['localization/frame_map']


def test_a_further_class_is_one_more_false_alarm(make_sample):
    """A box of 0.6 for class 0, 0.3 for class 1; another of 0.2: right, wrong, right.

    So the first half of the recall has precision 1, the second 2 / 3.
    """
    samples = [make_sample([(0, s, *BOX)], [(0, *BOX)], frame=n) for n, s in enumerate((0.6, 0.2))]
    samples[0]['pred_instances']['class_scores'][0, 1] = 0.3
    samples[1]['pred_instances']['class_scores'][0, 1] = 0.005  # not above the threshold
    assert both(samples) == pytest.approx((100 * (1 / 2 + 1 / 2 * 2 / 3), 100))
    samples[0]['pred_instances']['class_scores'][0, 1] = 0.1
    assert both(samples, score_threshold=0.1) == (100, 100)


def test_boxes_are_whole_pixels_of_the_frame_and_one_more(make_sample):
    """Ten rows and five of ten columns: 1/2. Without the pixel more it is 9 * 4 of 9 * 9."""
    (sample,) = [make_sample([(0, 1, 0, 0, 4.4, 8.6)], [(0, 0, 0, 9, 9)])]
    assert both([sample]) == (100, 0)
    # The same of a frame that is half as large as the model's input: 3 of 6 by 5 of 6.
    sample.update(img_shape=(20, 20), original_shape=(10, 10))
    assert both([sample]) == (0, 0)


def test_a_detection_goes_for_the_true_box_that_it_overlaps_most(make_sample):
    """Both overlap the upper box more, and the lower one by above 1/2: one is right, not two."""
    upper, lower = (0, 0, 100, 100), (0, 20, 100, 120)
    found = [(0, 0.9, *upper), (0, 0.8, 0, 5, 100, 105)]
    assert both([make_sample(found, [(0, *upper), (0, *lower)])]) == (50, 100)


def test_frames_and_classes_are_kept_apart(make_sample):
    """The second frame's box is no double of the first's; class 1 is not found."""
    samples = [make_sample([(0, 1, *BOX)], [(0, *BOX)], frame=n) for n in range(2)]
    samples.append(make_sample([(0, 0.5, *FAR)], [(1, *FAR)], frame=2))
    metric = YOWOFrameMAP()
    metric.dataset_meta = {'classes': ['a', 'b', 'c']}
    metric.process(None, [*samples, make_sample([], [], frame=3)])
    values = metric.compute_metrics(metric.results)
    assert values == {'yowo_frame_map': 50, 'yowo_ap/a': 100, 'yowo_ap/b': 0}
    assert np.isscalar(values['yowo_frame_map'])
