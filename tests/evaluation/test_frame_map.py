"""Frame-mAP, recall, classification: by hand, against another evaluator, on J-HMDB's truth."""

import contextlib
import io
import zipfile
from time import process_time

import numpy as np
import pytest
import torch

from vared_mm.datasets.localization import CLASSES, parse_rows
from vared_mm.evaluation import FrameDetections, FrameMAP, assign, precision_recall

BOX, FAR = (0, 0, 10, 10), (50, 50, 60, 60)
HALF = (0, 0, 10, 5)  # overlaps BOX by exactly 1/2


def evaluate(samples: list[dict], **options) -> dict[str, float]:
    metric = FrameMAP(**options)
    metric.dataset_meta = {'classes': ['a', 'b', 'c']}
    metric.process(None, samples)
    return {k.removeprefix('localization/'): v for k, v in metric.evaluate(len(samples)).items()}


def test_truth_as_detections_scores_100(make_sample):
    truth = [(0, *BOX), (1, *FAR), (1, 20, 20, 30, 40)]
    samples = [
        make_sample([(label, 1, *box) for label, *box in truth], truth, frame=n) for n in range(3)
    ]
    values = evaluate(samples)
    names = [f'{k}/{c}' for k in ('ap', 'recall', 'classification') for c in 'ab']
    assert values == dict.fromkeys(['frame_map', 'recall', 'classification', *names], 100)


def test_by_hand(make_sample):
    samples = [
        # Class a is found, and once more; class b, with class c's name.
        make_sample(
            [(0, 0.9, *BOX), (0, 0.8, *BOX), (2, 0.7, *FAR)], [(0, *BOX), (1, *FAR)], frame=1
        ),
        # A false alarm of a, surer than all; class a is not found.
        make_sample([(0, 0.95, *FAR)], [(0, *BOX)], frame=2),
        make_sample([], [(1, *BOX)], frame=3),
        make_sample([(1, 0.6, *BOX)], [(1, *BOX)], frame=4),
    ]
    values = evaluate(samples)
    # a: wrong, right, wrong of 2 -> recall 1/2 at precision 1/2. b: right of 3 -> 1/3 at 1.
    assert values['ap/a'] == pytest.approx(25) and values['ap/b'] == pytest.approx(100 / 3)
    assert values['frame_map'] == pytest.approx((25 + 100 / 3) / 2)
    assert values['recall'] == pytest.approx(60)  # 3 of 5 boxes
    assert values['classification'] == pytest.approx(200 / 3)
    assert values['recall/b'] == pytest.approx(200 / 3)
    assert values['classification/b'] == pytest.approx(50)
    assert 'ap/c' not in values


def test_the_threshold_itself(make_sample):
    """Enough for the average precision, not for the recall: as YOWO's evaluations have it."""
    values = evaluate([make_sample([(0, 1, *HALF)], [(0, *BOX)])])
    assert values == {'frame_map': 100, 'recall': 0, 'recall/a': 0, 'ap/a': 100}


def test_without_classes_of_their_own(make_sample):
    values = evaluate([make_sample([(0, 1, *BOX)], [(0, *BOX)])], per_class=False)
    assert sorted(values) == ['classification', 'frame_map', 'recall']


def test_takes_tensors(make_sample):
    sample = make_sample([(0, 1, *BOX)], [(0, *BOX)])
    for part in ('pred_instances', 'gt_instances'):
        sample[part] = {k: torch.from_numpy(v) for k, v in sample[part].items()}
    assert evaluate([sample])['frame_map'] == 100


def random_samples(make_sample, frames: int = 60, seed: int = 0) -> list[dict]:
    """Up to 3 true boxes a frame, detections around them and elsewhere, some of a wrong class."""
    rng = np.random.default_rng(seed)
    samples = []
    for n in range(frames):
        corner = rng.uniform(0, 150, (rng.integers(1, 4), 2))
        boxes = np.concatenate([corner, corner + rng.uniform(30, 80, corner.shape)], 1)
        labels = rng.integers(0, 3, len(boxes))
        found = []
        for box, label in zip(boxes, labels, strict=True):
            for _ in range(rng.integers(0, 4)):
                guess = label if rng.random() < 0.8 else rng.integers(0, 3)
                found.append((guess, rng.random(), *(box + rng.normal(0, 7, 4))))
        truth = [(label, *box) for label, box in zip(labels, boxes, strict=True)]
        samples.append(make_sample(found, truth, frame=n))
    return samples


def coco_precision(samples: list[dict]) -> np.ndarray:
    """Precision (101 recalls, 3 classes) at IoU 0.5, by faster-coco-eval."""
    coco_eval = pytest.importorskip('faster_coco_eval')
    images = [{'id': n + 1, 'height': 300, 'width': 300} for n in range(len(samples))]
    truth, found = [], []
    for image, sample in zip(images, samples, strict=True):
        for kind, rows in (('gt_instances', truth), ('pred_instances', found)):
            of_frame = sample[kind]
            for i, (x1, y1, x2, y2) in enumerate(of_frame['bboxes'].tolist()):
                row = {
                    'id': len(rows) + 1,
                    'image_id': image['id'],
                    'category_id': int(of_frame['labels'][i]),
                    'bbox': [x1, y1, x2 - x1, y2 - y1],
                    'area': (x2 - x1) * (y2 - y1),
                    'iscrowd': 0,
                }
                if kind == 'pred_instances':
                    row['score'] = float(of_frame['scores'][i])
                rows.append(row)
    categories = [{'id': label, 'name': str(label)} for label in range(3)]
    with contextlib.redirect_stdout(io.StringIO()):
        gt = coco_eval.COCO({'images': images, 'annotations': truth, 'categories': categories})
        evaluator = coco_eval.COCOeval_faster(gt, gt.loadRes(found), iouType='bbox')
        evaluator.params.iouThrs = np.array([0.5])
        evaluator.params.maxDets = [1000]
        evaluator.params.areaRng, evaluator.params.areaRngLbl = [[0, 1e10]], ['all']
        evaluator.evaluate()
        evaluator.accumulate()
    return evaluator.eval['precision'][0, :, :, 0, 0]


@pytest.mark.parametrize('seed', range(3))
def test_agrees_with_faster_coco_eval(make_sample, seed):
    """The same matches, so the same curves at all of COCO's 101 recalls.

    Areas differ by interpolation only: COCO averages those 101 precisions, we take the whole curve.
    It never rises, so both lie between the sums of its 100 steps taken at their right and left
    ends, and those differ by (first - last) / 100: below one point.
    """
    samples = random_samples(make_sample, seed=seed)
    theirs = coco_precision(samples)
    values = evaluate(samples)
    frames = [FrameDetections.from_sample(sample) for sample in samples]
    for label, name in enumerate('abc'):
        scores, right, total = [], [], 0
        for frame in frames:
            own, true = frame.labels == label, frame.true_labels == label
            scores += frame.scores[own].tolist()
            right += (assign(frame.overlaps[own][:, true], 0.5) >= 0).tolist()
            total += int(true.sum())
        precision, recall = precision_recall(scores, right, total)
        best = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, np.linspace(0, 1, 101), side='left')
        ours = np.append(best, 0)[at.clip(max=len(best))]
        np.testing.assert_allclose(ours, theirs[:, label], atol=1e-6)
        assert abs(values[f'ap/{name}'] - 100 * theirs[:, label].mean()) < 1


def test_the_real_ground_truth(shared_dir, make_sample):
    """9,126 frames of split 1's test videos: as detections of themselves, in seconds."""
    file = shared_dir / 'annotations' / 'jhmdb21_split1_test_groundtruth.zip'
    began = process_time()
    samples = []
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.endswith('.txt'):
                rows = parse_rows(archive.read(name).decode(), name)
                video, _, frame = name.rpartition('/')[2].removesuffix('.txt').rpartition('_')
                found = [(row[0], 1, *row[1:]) for row in rows]
                samples.append(make_sample(found, rows, video, int(frame), len(CLASSES)))
    metric = FrameMAP()
    metric.dataset_meta = {'classes': CLASSES}
    metric.process(None, samples)
    values = metric.evaluate(len(samples))
    assert len(samples) == 9126
    assert len(values) == 3 + 3 * 21 and set(values.values()) == {100.0}
    assert process_time() - began < 10
