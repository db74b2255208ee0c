"""Finding records, and their index."""

import json
import sqlite3

import pytest

from tests.reporting.records import record
from vared_mm.reporting import RunResult, find_runs, write_index


def test_bad_files_are_named_and_left_out_and_the_rest_is_found(tmp_path):
    good = record(tmp_path, 'good')
    text = good.read_text()
    changed = json.loads(text)
    changed['metrics']['acc/clip-1'] = 99.0
    bad = {
        'corrupted': b'\x00\xff{',
        'truncated': text[: len(text) // 2].encode(),
        'edited': json.dumps(changed).encode(),
        'old': text.replace('"schema": 2', '"schema": 1').encode(),
        'empty': b'',
    }
    for name, content in bad.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / 'result.json').write_bytes(content)
    runs, refused = find_runs([tmp_path])
    assert [run.path for run in runs] == [good]
    assert len(refused) == len(bad)
    for name in bad:
        assert any(f'{name}/result.json: ' in line for line in refused), name


def test_what_counts_as_a_record(tmp_path):
    kept = tmp_path / 'results' / 'demo'
    source = record(tmp_path / 'work', 'a')
    kept.mkdir(parents=True)
    (kept / 'a_seed0.json').write_text(source.read_text())
    (tmp_path / 'results' / 'thesis.json').write_text('{}')
    (kept / 'a_seed0' / 'analysis').mkdir(parents=True)
    (kept / 'a_seed0' / 'analysis' / 'redundancy.json').write_text('{}')
    (tmp_path / 'results' / 'speed').mkdir()
    (tmp_path / 'results' / 'speed' / 'a.json').write_text('{}')
    (source.parent / 'other.json').write_text('{}')
    runs, refused = find_runs([tmp_path / 'results', tmp_path / 'work', tmp_path / 'none'])
    assert refused == [] and len(runs) == 1  # one run, found twice
    assert runs[0].path == kept / 'a_seed0.json'
    assert runs[0].analysis == kept / 'a_seed0' / 'analysis'


def test_names_are_unique_and_fit_a_file(tmp_path):
    paths = [record(tmp_path, 'a', seed=seed) for seed in (0, 1)]
    result = RunResult.load(paths[0])
    odd = RunResult(**{**result.__dict__, 'config': '../../<x> "y"', 'config_sha256': 'z'})
    odd.save(tmp_path / 'odd' / 'result.json')
    names = [run.name for run in find_runs([tmp_path])[0]]
    assert len(set(names)) == 3
    assert all(set('/<>" .').isdisjoint(name) for name in names)


def test_index_is_made_anew_from_the_files(tmp_path):
    path = record(tmp_path / 'w', 'a', seed=0)
    record(tmp_path / 'w', 'a', seed=1, metrics={'acc/clip-1': 70.0})
    for expected in ([80.0, 70.0], [70.0]):
        write_index(find_runs([tmp_path / 'w'])[0], tmp_path / 'index.sqlite')
        index = sqlite3.connect(tmp_path / 'index.sqlite')
        query = (
            "SELECT value FROM runs JOIN metrics ON run = name WHERE metric = 'acc/clip-1' "
            'ORDER BY seed'
        )
        assert [value for (value,) in index.execute(query)] == expected
        index.close()
        path.unlink(missing_ok=True)


@pytest.mark.parametrize('name', ['result.json'])
def test_a_folder_of_that_name_is_no_record(tmp_path, name):
    (tmp_path / name).mkdir()
    runs, refused = find_runs([tmp_path])
    assert runs == [] and len(refused) == 1
