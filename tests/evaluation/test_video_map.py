"""Linking and video-mAP, by hand."""

import numpy as np
import pytest

from vared_mm.evaluation import FrameDetections, Tube, VideoMAP, link_tubes, true_tubes, tube_iou

LEFT, RIGHT = (0, 0, 10, 10), (20, 0, 30, 10)


def tube(frames, box, score: float = 1.0) -> Tube:
    return Tube(np.array(frames), np.tile(np.array(box, float), (len(frames), 1)), score)


def evaluate(samples: list[dict], **options) -> dict[str, float]:
    metric = VideoMAP(**options)
    metric.process(None, samples)
    return {k.removeprefix('localization/'): v for k, v in metric.evaluate(len(samples)).items()}


def test_overlap_of_tubes_by_hand():
    """2 of 4 frames are of both; boxes overlap by 1/2 there."""
    a, b = tube([1, 2, 3], LEFT), tube([2, 3, 4], (0, 0, 10, 5))
    assert tube_iou(a, b) == pytest.approx(2 / 4 * 1 / 2)
    assert tube_iou(a, tube([7], LEFT)) == 0 and tube_iou(a, a) == 1


def frames(make_sample, *rows) -> list[FrameDetections]:
    made = [make_sample(row, [(0, *LEFT)], frame=n) for n, row in enumerate(rows, 1)]
    return [FrameDetections.from_sample(sample) for sample in made]


def test_a_link_outweighs_a_better_score(make_sample):
    """Frame 2 is surer of RIGHT, by 0.3; staying on LEFT gains 2 overlaps of 1."""
    rows = [(0, 0.6, *LEFT)], [(0, 0.5, *LEFT), (0, 0.8, *RIGHT)], [(0, 0.6, *LEFT)]
    (best, *others) = link_tubes(frames(make_sample, *rows))[0]
    assert best.boxes.tolist() == [list(LEFT)] * 3 and best.frames.tolist() == [1, 2, 3]
    assert best.score == pytest.approx((0.6 + 0.5 + 0.6) / 3)
    assert others == []  # frame 1 has no second box
    (alone,) = link_tubes(frames(make_sample, *rows), link_weight=0)[0]
    assert alone.boxes[1].tolist() == list(RIGHT)


def test_a_second_tube_takes_what_is_left(make_sample):
    rows = [[(0, 0.9, *LEFT), (0, 0.3, *RIGHT)]] * 3
    first, second = link_tubes(frames(make_sample, *rows))[0]
    assert (first.score, second.score) == pytest.approx((0.9, 0.3))
    assert second.boxes.tolist() == [list(RIGHT)] * 3
    assert len(link_tubes(frames(make_sample, *rows), count=1)[0]) == 1


def test_best_path_is_the_best_of_all(make_sample):
    """Against every path there is."""
    rng = np.random.default_rng(0)
    rows = []
    for _ in range(5):
        corner = rng.uniform(0, 10, (3, 2))
        rows.append([(0, rng.random(), *c, *(c + rng.uniform(5, 15, 2))) for c in corner])
    made = frames(make_sample, *rows)
    (best, *_) = link_tubes(made)[0]

    def worth(path) -> float:
        boxes = [frame.boxes[i] for frame, i in zip(made, path, strict=True)]
        scores = sum(frame.scores[i] for frame, i in zip(made, path, strict=True))
        steps = zip(boxes, boxes[1:], strict=False)
        return scores + sum(tube_iou(tube([1], a), tube([1], b)) for a, b in steps)

    paths = list(np.ndindex(*(3,) * 5))
    best_path = max(paths, key=worth)
    wanted = [frame.boxes[i].tolist() for frame, i in zip(made, best_path, strict=True)]
    assert best.boxes.tolist() == wanted


def test_frames_without_detections_are_passed_over(make_sample):
    rows = [(0, 0.5, *LEFT)], [], [(0, 0.7, *LEFT)]
    (only,) = link_tubes(frames(make_sample, *rows))[0]
    assert only.frames.tolist() == [1, 3]
    assert link_tubes(frames(make_sample, [], [])) == []


def test_true_tubes_are_told_apart(make_sample):
    samples = [make_sample([], [(1, *LEFT), (1, *RIGHT)], frame=n) for n in (1, 2)]
    for sample in samples:
        sample['gt_tubes'] = np.array([0, 1])
    found = true_tubes([FrameDetections.from_sample(sample) for sample in samples])
    assert [t.boxes.tolist() for t in found[1]] == [[list(LEFT)] * 2, [list(RIGHT)] * 2]


def test_truth_as_detections_scores_100(make_sample):
    samples = [
        make_sample([(label, 1, *box)], [(label, *box)], video, n)
        for video, label, box in (('a', 0, LEFT), ('b', 1, RIGHT))
        for n in (1, 2, 3)
    ]
    names = ['video_map@0.2', 'video_map@0.5', 'video_map@0.75', 'video_map@0.5:0.95']
    assert evaluate(samples) == dict.fromkeys(names, 100)


def test_by_hand(make_sample):
    """Boxes that overlap by 0.6; a surer tube in a video of another class is wrong."""
    lower = (0, 0, 10, 6)
    samples = [make_sample([(0, 0.5, *lower)], [(0, *LEFT)], 'a', n) for n in (1, 2)]
    samples += [make_sample([(0, 0.9, *LEFT)], [(1, *LEFT)], 'b', n) for n in (1, 2)]
    values = evaluate(samples)
    # Class 0: wrong, right of 1 -> 1/2; class 1: nothing says so (score 0 is below all) -> 1/2
    # as its score of 0 in video b stands behind that of video a: 0 too, and a comes first.
    assert values['video_map@0.2'] == values['video_map@0.5'] == pytest.approx(50)
    assert values['video_map@0.75'] == pytest.approx(25)
    # Class 0 is right at 0.5, 0.55 and 0.6 of the ten; class 1 at all.
    assert values['video_map@0.5:0.95'] == pytest.approx((3 * 50 + 7 * 25) / 10)
