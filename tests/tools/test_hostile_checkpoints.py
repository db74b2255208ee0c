"""A checkpoint that would run code is refused by every way in, in one line, and runs nothing."""

import os
import pickle
from pathlib import Path

import pytest
import torch
from mmaction.apis import init_recognizer
from mmengine.config import Config
from mmengine.infer import BaseInferencer
from mmengine.model import BaseModule
from mmengine.runner import load_checkpoint
from mmengine.runner.checkpoint import CheckpointLoader, load_from_http
from mmseg.apis import init_model
from torch import nn

from tests.crafted import Call

CONFIG = 'configs/demo/static_r2plus1d-tiny_moving-shapes.py'
SCENES = 'configs/demo/static_pspnet-tiny_shape-scenes.py'


def calls(trace: Path) -> dict[str, Call]:
    """Ways to leave a file behind."""
    code = f'open({str(trace)!r}, "w")'
    return {
        'system': Call(os.system, f'touch {trace}'),
        'mkdir': Call(os.mkdir, str(trace)),
        'exec': Call(exec, code),
        'open': Call(open, str(trace), 'w'),
        'attribute': Call(getattr, Call(__import__, 'os'), 'system'),
        'import': Call(__import__, 'os'),
        'map': Call(map, exec, [code]),
    }


KINDS = list(calls(Path()))


@pytest.fixture(params=KINDS)
def hostile(request, tmp_path, trained):
    """A checkpoint that begins as a real one; the file that it would leave must not be there."""
    trace = tmp_path / 'trace'
    content = torch.load(trained['static'], weights_only=False)
    content['optimizer']['x'] = calls(trace)[request.param]
    path = tmp_path / 'work' / 'epoch_9.pth'
    path.parent.mkdir()
    torch.save(content, path)
    yield path
    assert not trace.exists()


def refused(text: str, path: Path) -> bool:
    line = text.strip().splitlines()[-1]
    return f'{path}: refused: loading it could run code, as it holds ' in line


#: Command lines of the tools; {0} is the checkpoint, {1} its folder, {2} a video.
WAYS = {
    'load_from': f'train.py {CONFIG} --work-dir {{1}}/w --cfg-options load_from={{0}}',
    'resume': f'train.py {CONFIG} --work-dir {{1}}/w --resume {{0}} --cfg-options',
    'pretrained': f'train.py {CONFIG} --work-dir {{1}}/w --cfg-options '
    'model.backbone.pretrained={0}',
    'test': f'test.py {CONFIG} {{0}} --work-dir {{1}}/w --cfg-options',
    'demo': f'demo.py {{2}} {CONFIG} {{0}}',
    'export': 'export_weights.py {0} {1}/out.safetensors',
    'budget_curve': 'analysis_tools/budget_curve.py '
    'configs/demo/vared-t2c2_r2plus1d-tiny_moving-shapes.py {0} --work-dir {1}/w --cfg-options',
    'compare_speed': f'analysis_tools/compare_speed.py {CONFIG} {{0}} --cfg-options',
    'redundancy': f'analysis_tools/redundancy.py {CONFIG} {{0}} --out-dir {{1}} --cfg-options',
    'policy': f'visualizations/policy_heatmap.py {CONFIG} {{0}} --out-dir {{1}} --cfg-options',
    'costs': f'visualizations/cost_distribution.py {CONFIG} {{0}} --out-dir {{1}} --cfg-options',
    'extreme': f'visualizations/extreme_clips.py {CONFIG} {{0}} --out-dir {{1}} --cfg-options',
    'maps': f'visualizations/feature_maps.py {CONFIG} {{0}} --out-dir {{1}} --cfg-options',
}


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('hostile', ['system', 'attribute'], indirect=True)
def test_every_tool_refuses_it(run_tool, quick, clips, hostile, capfd, way):
    words = WAYS[way].format(hostile, hostile.parent, clips / 'train' / '00000.mp4').split()
    options = quick if '--cfg-options' in words else []
    assert run_tool(*words, *options) == 2
    error = capfd.readouterr().err
    assert refused(error, hostile) and error.strip().splitlines()[-1].startswith('error: ')


@pytest.mark.parametrize('hostile', ['system'], indirect=True)
def test_an_automatic_resume_passes_it_over(run_tool, quick, hostile, capfd):
    """It names it and begins anew, as there is no other."""
    words = ['train.py', CONFIG, '--work-dir', hostile.parent, '--resume', '--cfg-options', *quick]
    assert run_tool(*words) == 0
    log = ''.join(path.read_text() for path in hostile.parent.glob('*/*.log'))
    assert f'{hostile}: refused: loading it could run code' in log
    assert (hostile.parent / 'epoch_1.pth').is_file()


def test_upstream_refuses_it(root, hostile):
    recognizer = Config.fromfile(root / CONFIG)
    segmentor = Config.fromfile(root / SCENES)
    ways = [
        lambda: load_checkpoint(nn.Linear(1, 1), str(hostile)),
        lambda: CheckpointLoader.load_checkpoint(str(hostile)),
        lambda: BaseModule(dict(type='Pretrained', checkpoint=str(hostile))).init_weights(),
        lambda: init_recognizer(recognizer, str(hostile), device='cpu'),
        lambda: init_model(segmentor, str(hostile), device='cpu'),
    ]
    for way in ways:
        with pytest.raises(pickle.UnpicklingError) as error:
            way()
        assert refused(str(error.value), hostile)


@pytest.mark.parametrize('legacy', [False, True])
def test_what_is_downloaded_is_refused(hostile, tmp_path, monkeypatch, legacy):
    """torch's own function for this would run it; the file lies in its cache already."""
    content = {'state_dict': {}, 'x': calls(tmp_path / 'trace')['mkdir']}
    (tmp_path / 'hub' / 'checkpoints').mkdir(parents=True)
    cached = tmp_path / 'hub' / 'checkpoints' / 'a.pth'
    torch.save(content, cached, _use_new_zipfile_serialization=not legacy)
    monkeypatch.setattr(torch.hub, '_hub_dir', str(tmp_path / 'hub'))
    with pytest.raises(pickle.UnpicklingError):
        load_from_http('https://example.org/a.pth', map_location='cpu')


def test_a_config_inside_a_checkpoint_is_not_run(run_tool, quick, trained, tmp_path):
    """mmengine runs ``meta['config']`` when it resumes; checkpoints of old versions have it."""
    trace, path = tmp_path / 'trace', tmp_path / 'old.pth'
    content = torch.load(trained['static'], weights_only=False)
    content['meta']['config'] = f'open({str(trace)!r}, "w")'
    torch.save(content, path)
    options = [*quick, 'train_cfg.max_epochs=2']
    words = ['train.py', CONFIG, '--work-dir', tmp_path / 'w', '--resume', path]
    assert run_tool(*words, '--cfg-options', *options) == 0
    assert (tmp_path / 'w' / 'epoch_2.pth').is_file() and not trace.exists()


def test_an_inferencer_does_not_run_the_config_of_a_checkpoint(trained, tmp_path):
    trace, path = tmp_path / 'trace', tmp_path / 'a.pth'
    content = torch.load(trained['static'], weights_only=False)
    code = f'open({str(trace)!r}, "w")'
    content['message_hub']['runtime_info']['cfg'] = content['meta']['cfg'] = code
    torch.save(content, path)

    class Inferencer(BaseInferencer):
        preprocess = visualize = postprocess = _init_pipeline = None

    with pytest.raises(ValueError, match='a.pth: name its config too'):
        Inferencer(weights=str(path), device='cpu', scope='mmaction')
    assert not trace.exists()
