"""The rivals train and test through the same tools as every model."""

from argparse import Namespace
from pathlib import Path

import pytest
import torch

from tools.experiments.demo_runs import plan
from tools.experiments.demos import DEMOS
from vared_mm.reporting import RunResult

CONFIG = 'configs/demo/{}_moving-shapes.py'
AR_NET = [f'arnet{stage}_ar-net-tiny' for stage in ('-classifiers', '-joint', '')]


def weights(path: Path) -> dict[str, torch.Tensor]:
    return torch.load(path, weights_only=False)['state_dict']


def test_every_method_starts_from_one_before():
    for task, demo in DEMOS.items():
        folder = f'work_dirs/{demo.folder}'
        options = {'data_dir': demo.data, 'work_dir': folder, 'seeds': [0], 'cfg_options': []}
        planned = plan(Namespace(task=task, **options), 0)
        assert list(planned) == [method.name for method in demo.methods]
        seen = []
        for name, experiment in planned.items():
            assert experiment.folder == Path(folder, 'seed0', name)
            assert experiment.start is None or experiment.start in seen
            words = ('finetuned', 'longer', 'pruning', 'slim', 'cgnet', 'joint')
            assert (experiment.start is not None) == (
                any(word in name for word in words) or name in (AR_NET[2], 'vared-c2')
            )
            seen.append(experiment)


@pytest.mark.slow
@pytest.mark.parametrize('method', ['cgnet', 'slim'])
def test_a_rival_starts_from_the_static_model(run_tool, quick, trained, tmp_path, method):
    config = CONFIG.format(f'{method}_r2plus1d-tiny')
    start = f'load_from={trained["static"]}'
    words = ['--work-dir', tmp_path, '--cfg-options', *quick]
    assert run_tool('train.py', config, *words, start) == 0
    record = tmp_path / 'result.json'
    assert run_tool('test.py', config, tmp_path / 'epoch_1.pth', '--json', record, *words) == 0
    result = RunResult.load(record)
    share = result.metrics['cost/gflops/average'] / 0.020906
    assert (0.6 < share < 0.75) if method == 'slim' else (0.5 < share < 1)
    assert result.metrics['cost/share'] == (1 if method == 'slim' else pytest.approx(share, 1e-3))


@pytest.mark.slow
def test_pruning_resumes_with_its_masks(run_tool, quick, trained, tmp_path):
    config = CONFIG.format('pruning_r2plus1d-tiny')
    rounds = ['custom_hooks.0.epochs=[0,1]', f'load_from={trained["static"]}']
    words = ['--work-dir', tmp_path, '--cfg-options', *quick, *rounds]
    assert run_tool('train.py', config, *words) == 0
    first = weights(tmp_path / 'epoch_1.pth')
    longer = [str(word).replace('max_epochs=1', 'max_epochs=3') for word in words[:-1]]
    assert run_tool('train.py', config, '--resume', *longer) == 0
    record = tmp_path / 'result.json'
    last = tmp_path / 'epoch_3.pth'
    assert run_tool('test.py', config, last, '--json', record, *words[:-1]) == 0
    metrics = RunResult.load(record).metrics
    assert metrics['cost/thesis_gflops/average'] == pytest.approx(0.0143, rel=5e-3)  # the target
    masks = {key: value for key, value in weights(last).items() if key.endswith('weight_mask')}
    assert masks and all((mask <= first[key]).all() for key, mask in masks.items())
    dropped = [int((first[key] == 0).sum()) for key in masks]
    assert sum(dropped) > 0  # the first round had pruned before the run stopped
    assert sum(int((mask == 0).sum()) for mask in masks.values()) > sum(dropped)


@pytest.mark.slow
def test_the_three_stages_of_ar_net(run_tool, quick, tmp_path):
    before = None
    for method in AR_NET:
        config, folder = CONFIG.format(method), tmp_path / method
        words = ['--work-dir', folder, '--cfg-options', *quick]
        start = [f'load_from={before}'] if before else []
        assert run_tool('train.py', config, *words, *start) == 0
        after = folder / 'epoch_1.pth'
        if before:
            old, new = weights(before), weights(after)
            policy = [key for key in new if '.policy.' in key]
            changed = any(not torch.equal(old[key], new[key]) for key in policy)
            assert policy and changed == ('joint' in method)
        before = after
    record = tmp_path / 'result.json'
    assert run_tool('test.py', config, before, '--json', record, *words) == 0
    metrics = RunResult.load(record).metrics
    assert 0 < metrics['cost/gflops/minimum'] <= metrics['cost/gflops/average'] <= 0.0216
    assert 'acc/clip-1' in metrics


@pytest.mark.slow
def test_frames_end_early_where_gates_say_so(run_tool, quick, tmp_path):
    config = CONFIG.format('frameexit_tsn-tiny')
    words = ['--work-dir', tmp_path, '--cfg-options', *quick]
    assert run_tool('train.py', config, *words, 'model.cls_head.beta=1000') == 0
    new = weights(tmp_path / 'epoch_1.pth')
    for key in [key for key in new if '.gates.' in key and key.endswith('fc.bias')]:
        new[key] += 100  # more than one epoch on twelve clips teaches: stop after the first
    torch.save({'state_dict': new}, tmp_path / 'stop.pth')
    record = tmp_path / 'result.json'
    assert run_tool('test.py', config, tmp_path / 'stop.pth', '--json', record, *words) == 0
    metrics = RunResult.load(record).metrics
    first = 2540216 + 672 + 7744  # MACs of one frame, a classifier and a gate
    assert metrics['cost/gflops/maximum'] == pytest.approx(first / 1e9, abs=5e-7)
    assert metrics['cost/time'] == 1 / 8 and 'acc/clip-1' in metrics
