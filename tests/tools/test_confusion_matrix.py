"""tools/visualizations/confusion_matrix.py: of a record and of dumped predictions."""

import json
import pickle

import cv2
import pytest
import torch

from tests.reporting.records import record

TOOL = 'visualizations/confusion_matrix.py'
CONFUSION = {'classes': ['up', 'down $x'], 'counts': [[0, 0, 3], [0, 1, 1], [1, 1, 1]]}


@pytest.fixture
def dump(tmp_path):
    """Predictions that make up `CONFUSION`, the last one of two views."""
    pairs = [(0, 0)] * 3 + [(0, 1), (1, 1)]
    scores = [torch.eye(2)[taken] for _, taken in pairs]
    scores[-1] = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
    samples = [
        {'gt_label': torch.tensor([label]), 'pred_score': score}
        for (label, _), score in zip(pairs, scores, strict=True)
    ]
    (tmp_path / 'd.pkl').write_bytes(pickle.dumps(samples))
    (tmp_path / 'names.txt').write_text('\n'.join(CONFUSION['classes']) + '\n')
    return tmp_path / 'd.pkl'


def test_of_a_record_and_of_a_dump(run_tool, tmp_path, dump, capsys):
    path = record(tmp_path, 'run', confusion=CONFUSION)
    names = ['--label-map', tmp_path / 'names.txt']
    for words in ([path], [dump, *names]):
        assert run_tool(TOOL, *words) == 0
        out = words[0].parent / 'analysis'
        found = json.loads((out / 'confusion_matrix.json').read_text())
        assert {key: found[key] for key in CONFUSION} == CONFUSION
        assert found['mean_class_accuracy'] == 87.5
        assert [row['accuracy'] for row in found['by_class']] == [75, 100]
        assert cv2.imread(str(out / 'confusion_matrix.png')).std() > 0
        printed = capsys.readouterr().out
        rows = [line.split() for line in printed.splitlines()]
        assert ['up', '4', '75.00', 'down', '$x', '1'] in rows


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['none.json'], 'none.json'),
        (['none.pkl'], 'none.pkl'),
        (['old.json'], 'old.json: key "confusion" is null'),
        (['d.pkl', '--label-map', 'three.txt'], '3 names for scores of 2 classes'),
    ],
)
def test_a_mistake_ends_in_one_line(run_tool, tmp_path, dump, capsys, words, message):
    record(tmp_path, 'run').rename(tmp_path / 'old.json')
    (tmp_path / 'three.txt').write_text('a\nb\nc\n')
    paths = [word if word.startswith('--') else tmp_path / word for word in words]
    assert run_tool(TOOL, *paths) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[-1].startswith('error: ') and message in lines[-1]
