"""Linking and video-mAP, by hand."""

from itertools import pairwise

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


def test_inner_scores_count_in_both_links(make_sample):
    """LEFT is surer at both ends, 0.9 to 0.6, RIGHT between them, 0.6 to 0.1.

    Counted once each, LEFT has 1.9 and RIGHT 1.8; link by link, 2 * 1.045 and 2 * 1.38.
    """
    ends = [(0, 0.9, *LEFT), (0, 0.6, *RIGHT)]
    rows = [ends, [(0, 0.1, *LEFT), (0, 0.6, *RIGHT)], ends]
    best, _ = link_tubes(frames(make_sample, *rows), link_weight=5)[0]
    # Both are linked to their ends' end; the better one, by its mean score, comes first.
    assert best.score == pytest.approx(1.9 / 3)
    (first,) = link_tubes(frames(make_sample, *rows), link_weight=5, count=1)[0]
    assert first.boxes.tolist() == [list(RIGHT)] * 3


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
        scores = [frame.scores[i] for frame, i in zip(made, path, strict=True)]
        overlaps = (tube_iou(tube([1], a), tube([1], b)) for a, b in pairwise(boxes))
        return sum(a + b + a * b / 2 for a, b in pairwise(scores)) + sum(overlaps)

    paths = list(np.ndindex(*(3,) * 5))
    best_path = max(paths, key=worth)
    wanted = [frame.boxes[i].tolist() for frame, i in zip(made, best_path, strict=True)]
    assert best.boxes.tolist() == wanted


def test_frames_without_detections_take_the_nearest(make_sample):
    """Frame 2 those of frame 1, as near as 4 is but earlier; frame 3 those of frame 4."""
    rows = [(0, 0.5, *LEFT)], [], [], [(0, 0.8, *RIGHT)], []
    (only,) = link_tubes(frames(make_sample, *rows))[0]
    assert only.frames.tolist() == [1, 2, 3, 4, 5]
    assert only.boxes.tolist() == [list(LEFT)] * 2 + [list(RIGHT)] * 3
    assert only.score == pytest.approx((2 * 0.5 + 3 * 0.8) / 5)
    assert link_tubes(frames(make_sample, [], [])) == []


def test_tubes_on_a_better_one_are_left_out(make_sample):
    """Overlaps of 0.3 stay, of more go; a tube is measured against those kept only."""
    edge, near = (0, 0, 10, 3), (0, 0, 10, 9)
    rows = [[(0, 0.9, *LEFT), (0, 0.6, *near), (0, 0.3, *edge)]] * 2
    scores = [tube.score for tube in link_tubes(frames(make_sample, *rows))[0]]
    assert scores == pytest.approx([0.9, 0.3])


@pytest.mark.parametrize('step', [2, 3])
def test_gaps_of_a_still_actor_cost_nothing(make_sample, step: int):
    """Perfect boxes in every second or third of 40 frames: YOWO's linking fills the others."""
    found = [(0, 0.9, *LEFT)]
    samples = [make_sample([] if n % step else found, [(0, *LEFT)], frame=n) for n in range(1, 41)]
    assert set(evaluate(samples).values()) == {100}


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
