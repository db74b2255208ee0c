"""tools/test.py: its outputs, and mistakes that end in one line."""

import json
import pickle
from pathlib import Path

import cv2
import pytest
import torch

from vared_mm.evaluation import read_dump
from vared_mm.reporting import RunResult

STATIC = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
DYNAMIC = 'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py'


def test_outputs_of_a_run(run_tool, quick, trained, tmp_path):
    record, dump, shown = tmp_path / 'r.json', tmp_path / 'd.pkl', tmp_path / 'shown'
    words = ['--work-dir', tmp_path / 'w', '--json', record, '--dump', dump]
    words += ['--show-dir', shown, '--interval', '3']
    checkpoint = trained['vared-t2c2']
    assert run_tool('test.py', DYNAMIC, checkpoint, *words, '--cfg-options', *quick) == 0

    result = RunResult.load(record)
    assert (result.config, result.checkpoint) == (Path(DYNAMIC).stem, 'epoch_1.pth')
    assert result.generated_data and result.dataset == 'set/test.txt' and result.videos == 4
    assert result.parameters > result.parameters_without_gates
    # After one epoch no gate has shut: the thesis' count is that of the static model.
    macs = 1e9 * result.metrics['cost/thesis_gflops/maximum']
    assert result.static_macs == pytest.approx(macs, abs=1000)
    costs = [result.metrics[f'cost/gflops/{which}'] for which in ('minimum', 'average', 'maximum')]
    assert costs == sorted(costs) and costs[0] > 0
    assert 0 <= result.metrics['acc/video-1'] <= result.metrics['acc/video-5'] <= 100
    assert result.views == 9 and sum(result.profile['histogram']['full']) == 4 * 9
    assert len(result.profile['layers']) == 6 and len(result.profile['classes']) == 4
    assert result.curves['acc/clip-1'][-1][0] == 1  # after the first epoch
    text = json.dumps(json.loads(record.read_text()))
    assert str(tmp_path) not in text  # no place of this machine

    assert {true for true, *_ in result.confusion['counts']} == {0, 1, 2, 3}
    samples = pickle.loads(dump.read_bytes())
    assert torch.equal(read_dump(dump)[3]['pred_score'], samples[3]['pred_score'])
    assert [sample['view_scores'].shape for sample in samples] == [(3, 3, 12)] * 4  # crops x clips
    for sample in samples:
        averaged = sample['view_scores'].flatten(0, 1).softmax(1).mean(0)
        assert torch.allclose(sample['pred_score'], averaged)
    pictures = sorted(shown.glob('*.png'))
    assert [picture.name[:6] for picture in pictures] == ['000000', '000003']
    assert cv2.imread(str(pictures[0])).shape == (32 + 28, 8 * 32, 3)


def test_the_config_hash_is_of_what_counts(run_tool, quick, trained, tmp_path):
    hashes = []
    for number, change in enumerate(['', '', 'model.cls_head.dropout_ratio=0.1']):
        record = tmp_path / f'{number}.json'
        words = ['--json', record, '--work-dir', tmp_path / str(number)]
        options = [*quick, *([change] if change else [])]
        assert (
            run_tool('test.py', STATIC, trained['static'], *words, '--cfg-options', *options) == 0
        )
        hashes.append(RunResult.load(record).config_sha256)
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_quick_model_gives_the_same(run_tool, quick, trained, tmp_path):
    found = []
    for flags in ([], ['--fast']):
        record = tmp_path / f'{len(flags)}.json'
        words = [*flags, '--json', record, '--work-dir', tmp_path / 'w', '--cfg-options', *quick]
        assert run_tool('test.py', DYNAMIC, trained['vared-t2c2'], *words) == 0
        found.append(RunResult.load(record))
    assert found[0].metrics == found[1].metrics
    assert found[0].parameters == found[1].parameters
    assert found[0].static_macs == found[1].static_macs


def test_a_budget_is_recorded_and_saves(run_tool, quick, trained, tmp_path, capsys):
    record = tmp_path / 'r.json'
    words = ['--json', record, '--work-dir', tmp_path / 'w', '--cfg-options', *quick]
    checkpoint = trained['vared-t2c2']
    assert run_tool('test.py', DYNAMIC, checkpoint, *words) == 0
    plain = RunResult.load(record)
    assert run_tool('test.py', DYNAMIC, checkpoint, '--budget', '0.8', *words) == 0
    saving = RunResult.load(record)
    assert saving.metrics['cost/share'] < 0.95 < plain.metrics['cost/share']
    assert saving.config_sha256 != plain.config_sha256

    assert run_tool('test.py', DYNAMIC, checkpoint, '--budget', '0.1', *words) == 2
    assert 'error: budget=0.1: must be from' in capsys.readouterr().err
    assert run_tool('test.py', STATIC, trained['static'], '--budget', '0.8', *words) == 2
    assert 'no gates' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('checkpoint', 'option', 'message'),
    [
        ('none.pth', '', 'none.pth: no such checkpoint'),
        (None, 'model.cls_head.num_classes=7', 'checkpoint of another model'),
        (None, 'test_dataloader.dataset.ann_file={}/broken.txt', 'broken.mp4'),
    ],
)
def test_a_mistake_ends_in_one_line(
    run_tool, quick, trained, tmp_path, capsys, checkpoint, option, message
):
    (tmp_path / 'broken.mp4').write_bytes(b'no video')
    (tmp_path / 'broken.txt').write_text(f'{tmp_path}/broken.mp4,0,0\n')
    words = [checkpoint or trained['static'], '--work-dir', tmp_path / 'w', '--cfg-options', *quick]
    status = run_tool('test.py', STATIC, *words, *([option.format(tmp_path)] if option else []))
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert status == 2
    assert error.startswith('error: ') and message in error


def test_an_undecodable_video_is_named_by_a_worker_too(run_tool, quick, trained, tmp_path, capsys):
    (tmp_path / 'broken.mp4').write_bytes(b'no video')
    (tmp_path / 'broken.txt').write_text(f'{tmp_path}/broken.mp4,0,0\n')
    options = [*quick, f'test_dataloader.dataset.ann_file={tmp_path}/broken.txt']
    options += ['test_dataloader.num_workers=1']
    words = [trained['static'], '--work-dir', tmp_path / 'w', '--cfg-options', *options]
    assert run_tool('test.py', STATIC, *words) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f'error: {tmp_path}/broken.mp4')


def test_dump_must_be_a_pickle(run_tool, trained, capsys):
    assert run_tool('test.py', STATIC, trained['static'], '--dump', 'x.json') == 2
    assert '--dump x.json: must end in .pkl or .pickle' in capsys.readouterr().err
