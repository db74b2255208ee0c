"""Two and four processes do what one does: the same losses, the same figures, each clip once."""

import numpy as np
import pytest
import torch
from mmaction.models import Recognizer3D
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import Dataset

from tests.many_processes import run_processes
from vared_mm.dynamic import dynamic_layers
from vared_mm.registry import DATASETS, MODELS

FINETUNE = 'configs/demo/vared-t2c2-finetuned_r2plus1d-tiny_moving-shapes.py'
STEPS, GLOBAL_BATCH = 8, 8


class DoublePrecision(Recognizer3D):
    """A recognizer whose gates differ from clip to clip, in double precision."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for layer in dynamic_layers(self).values():
                layer.gate.excite.normal_(std=2, generator=generator)
        self.double()

    def extract_feat(self, inputs, **kwargs):
        """As ever, in double precision."""
        return super().extract_feat(inputs.double(), **kwargs)


class Clips(Dataset):
    """Clips of noise, the same in every process."""

    def __init__(self, count: int, views: int) -> None:
        self.count, self.views = count, views

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> dict:
        generator = torch.Generator().manual_seed(number)
        inputs = torch.randint(0, 256, (self.views, 3, 8, 16, 16), generator=generator)
        sample = ActionDataSample().set_gt_label(number % 12)
        sample.set_metainfo(dict(motion=number % 3))
        return dict(inputs=inputs.to(torch.uint8), data_samples=sample)


class Trace(Hook):
    """What every step returned."""

    def __init__(self) -> None:
        self.steps: list[dict] = []

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        """Keep it."""
        self.steps.append({key: float(value) for key, value in outputs.items()})


def _runner(root, folder, processes: int, batch_size: int, **clips: int) -> Runner:
    MODELS.register_module(module=DoublePrecision, force=True)
    DATASETS.register_module(module=Clips, force=True)
    cfg = Config.fromfile(root / FINETUNE)
    cfg.merge_from_dict(dict(work_dir=str(folder), load_from=None, log_level='ERROR'))
    cfg.launcher = 'pytorch' if processes > 1 else 'none'
    cfg.model.type = 'vared_mm.DoublePrecision'
    cfg.model.cls_head.dropout_ratio = 0
    cfg.model.backbone.input_shape = (3, 8, 16, 16)
    # The statistics of batch norm would be of a process' own clips: they stand still.
    cfg.model.backbone.backbone.norm_eval = True
    cfg.default_hooks.checkpoint.interval = -1
    cfg.train_cfg.max_epochs, cfg.train_cfg.val_interval = 2, 9
    for split in ('train', 'val', 'test'):
        cfg[f'{split}_dataloader'] = dict(
            batch_size=batch_size,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=dict(type='vared_mm.Clips', **clips),
        )
    cfg.randomness = dict(seed=0)
    return Runner.from_cfg(cfg)


def _train(root, folder, processes: int) -> tuple[list[dict], dict[str, np.ndarray]]:
    clips = dict(count=STEPS * GLOBAL_BATCH // 2, views=1)
    runner = _runner(root, folder, processes, GLOBAL_BATCH // processes, **clips)
    trace = Trace()
    runner.register_hook(trace, 'VERY_LOW')
    runner.train()
    model = runner.model.module if processes > 1 else runner.model
    return trace.steps, {name: value.numpy() for name, value in model.state_dict().items()}


@pytest.fixture(scope='module')
def alone(root, tmp_path_factory) -> tuple[list[dict], dict]:
    """The training of one process."""
    return run_processes(1, _train, root, tmp_path_factory.mktemp('alone'), 1)[0]


@pytest.mark.parametrize('processes', [2, 4])
def test_losses_and_weights_are_those_of_one_process(processes, alone, root, tmp_path) -> None:
    steps, weights = alone
    assert len(steps) == STEPS and steps[0]['loss'] != pytest.approx(steps[-1]['loss'], rel=1e-4)
    ranks = run_processes(processes, _train, root, tmp_path, processes)
    for number, step in enumerate(steps):
        for key, value in step.items():
            of_ranks = [trace[number][key] for trace, _ in ranks]
            assert np.mean(of_ranks) == pytest.approx(value, rel=1e-9), (number, key)
            if key.startswith(('gate/', 'cost/')):  # of all clips, in each process' log
                assert max(of_ranks) - min(of_ranks) < 1e-12
    assert len({step['loss'] for (step,) in zip(ranks[0][0], strict=True)}) == STEPS
    for _, own in ranks:
        for name, value in weights.items():
            np.testing.assert_allclose(own[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def _test(root, folder, processes: int, clips: int) -> tuple[int, dict, dict]:
    runner = _runner(root, folder, processes, 2, count=clips, views=3)
    metrics = runner.test()
    profile = runner.test_loop.evaluator.metrics[1].profile
    return get_rank(), metrics, profile


@pytest.mark.parametrize('processes', [2, 4])
@pytest.mark.parametrize('clips', [1, 7])
def test_each_clip_counts_once(processes, clips, root, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ((_, expected, profile),) = run_processes(1, _test, root, tmp_path, 1, clips)
    ranks = run_processes(processes, _test, root, tmp_path, processes, clips)
    assert sum(profile['histogram']['full']) == 3 * clips
    if clips > 1:
        assert expected['cost/gflops/maximum'] > expected['cost/gflops/minimum']
    for rank, metrics, of_rank in ranks:
        assert metrics == pytest.approx(expected, rel=1e-12)
        if rank == 0:
            assert of_rank == profile
