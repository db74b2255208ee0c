"""Result records on disk."""

import json
from dataclasses import replace

import pytest

from vared_mm.reporting import RunResult

RESULT = RunResult(
    config='static_tiny',
    config_sha256='0' * 64,
    checkpoint='epoch_1.pth',
    checkpoint_sha256='1' * 64,
    seed=0,
    dataset='moving_shapes/test.txt',
    generated_data=True,
    videos=12,
    metrics={'clip-1': 75.0, 'video-5': None},
    static_macs=1234,
    parameters=100,
    parameters_without_gates=90,
)


def test_a_saved_record_reads_back_the_same(tmp_path):
    path = tmp_path / 'new' / 'result.json'
    RESULT.save(path)
    assert RunResult.load(path) == RESULT
    assert json.loads(path.read_text())['metrics']['video-5'] is None  # unmeasured stays null


def test_a_record_of_another_schema_is_refused(tmp_path):
    replace(RESULT, schema=99).save(tmp_path / 'r.json')
    with pytest.raises(ValueError, match=r'r\.json: key "schema" must be 2'):
        RunResult.load(tmp_path / 'r.json')


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda values: values | {'gflops': 1}, 'unknown key "gflops"'),
        (lambda values: {k: v for k, v in values.items() if k != 'seed'}, 'key "seed" is missing'),
        (lambda values: values | {'videos': '12'}, 'key "videos" must be a whole'),
        (lambda values: values | {'videos': True}, 'key "videos" must be a whole'),
        (lambda values: values | {'seed': 0.5}, 'key "seed" must be a whole number, or null'),
        (
            lambda values: values | {'metrics': {'clip-1': 'good'}},
            'key "metrics.clip-1" must be a number',
        ),
        (lambda values: values | {'metrics': {'clip-1': 99.0}}, 'changed since it was written'),
        (lambda values: values | {'seed': 1}, 'changed since it was written'),
        (lambda values: {k: v for k, v in values.items() if k != 'digest'}, 'key "digest"'),
    ],
)
def test_a_record_with_other_keys_is_refused(tmp_path, change, message):
    path = tmp_path / 'r.json'
    RESULT.save(path)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(ValueError, match=message):
        RunResult.load(path)


@pytest.mark.parametrize('content', [b'', b'{', b'\xff\xfe{}', b'{"schema": 2, "seed"'])
def test_a_broken_file_is_named(tmp_path, content):
    (tmp_path / 'r.json').write_bytes(content)
    with pytest.raises(ValueError, match=r'r\.json: not JSON'):
        RunResult.load(tmp_path / 'r.json')


def test_lists_of_numbers_stand_on_one_line(tmp_path):
    path = tmp_path / 'r.json'
    record = replace(RESULT, curves={'loss': [[0.5, 1.0]], 'none': []})
    record.save(path)
    assert '[ 0.5, 1.0 ]' in path.read_text()
    assert RunResult.load(path) == record
