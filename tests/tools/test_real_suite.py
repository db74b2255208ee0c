"""The queue on real clips and images: order, what experiments start from, what is done once."""

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tools.experiments import real, real_experiment
from tools.experiments.forked import call_forked
from tools.experiments.real_plan import BACKBONES, CORE, METHODS, Run, plan
from vared_mm.reporting import RunResult

ROOT = Path(__file__).parents[2]

BACKBONE = 'r2plus1d-small'
STATIC = Run('mix', 0, 0, BACKBONE, 'static')


def _record(config: str) -> RunResult:
    return RunResult(
        config=config, config_sha256='0', checkpoint=None, checkpoint_sha256=None, seed=0,
        dataset='mix/fold0-test.txt', generated_data=False, videos=1, metrics={}, static_macs=1,
        parameters=1, parameters_without_gates=1,
    )  # fmt: skip


@pytest.fixture
def queue(tmp_path, monkeypatch) -> real.RunQueue:
    """A queue whose experiments leave a record and weights, and whose dynamic model has a share."""
    ran: list[str] = []

    def run(experiment: real_experiment.RealExperiment) -> None:
        ran.append(experiment.config.removesuffix('_real').removesuffix(BACKBONE).rstrip('_'))
        experiment.folder.mkdir(parents=True, exist_ok=True)
        (experiment.folder / 'config_sha256').write_text(experiment.digest())
        (experiment.folder / 'last_checkpoint').write_text(str(experiment.folder / 'weights.pth'))
        (experiment.folder / 'weights.pth').touch()
        experiment.seconds_file.write_text(json.dumps({'wall': 9.0, 'cpu': 6.0}))
        _record(experiment.config).save(experiment.record)

    def choose(words: list[str], log: Path, folder: Path) -> int:
        ran.append('choices')
        message = {'backbone_share': 0.61234, 'mean_macs': 15e6 + 0.4, 'static_macs': 24e6}
        (log.parent / 'choices.json').write_text(json.dumps(message))
        return 0

    monkeypatch.setattr(real_experiment.RealExperiment, 'run', run)
    monkeypatch.setattr(real, 'call_forked', choose)
    made = real.RunQueue(tmp_path / 'work', tmp_path / 'results')
    made.ran = ran
    return made


def test_the_plan_has_every_run_once_and_what_says_most_first() -> None:
    runs = plan()
    assert len(runs) == len(set(runs))
    per = Counter((run.data_set, run.backbone) for run in runs)
    images = per.pop(('camvid11', 'pspnet-small'))
    assert set(per.values()) == {15 * len(METHODS), 15 * len(CORE)}
    assert set(per) == {
        (s, b) for s in ('mix', 'hockey2', 'tennis7', 'surv2') for b in BACKBONES[:3]
    }
    # One split; the dynamic model has channels only, so it is no method beside it.
    assert images == 3 * (len(METHODS) - 1)
    first = runs[: 5 * len(CORE)]
    assert {(run.data_set, run.seed, run.backbone) for run in first} == {('mix', 0, BACKBONE)}
    assert {run.method for run in first} == set(CORE)
    # A set of one's own gets all methods.
    assert len(plan(sets=['mine'], backbones=[BACKBONE])) == 15 * len(METHODS)


def test_a_control_waits_for_the_dynamic_model_and_has_its_cost(queue) -> None:
    narrow = Run('mix', 0, 0, BACKBONE, 'narrow')
    queue.run(narrow)
    before = ['pretrain', 'vared-t2c2', 'vared-t2c2-finetuned']
    assert queue.ran == [*before, 'choices', 'narrow', 'narrow-longer']
    last = queue.experiments(narrow)[-1]
    assert list(last.options) == ['model.backbone.share=0.612']
    starts = [last.start.config, last.start.start.config]
    assert starts == [f'narrow_{BACKBONE}_real', f'pretrain_{BACKBONE}_real']
    slim = queue.experiments(Run('mix', 0, 0, BACKBONE, 'channel-pruning'))[-1]
    assert slim.start.config == f'static_{BACKBONE}_real'
    queue.run(narrow)  # nothing again
    queue.run(Run('mix', 0, 0, BACKBONE, 'fixed'))
    assert queue.ran[6:] == ['fixed-t2c2']
    fixed = queue.experiments(Run('mix', 0, 0, BACKBONE, 'fixed'))[-1]
    choices = queue.work / f'mix/fold0/seed0/choices_vared-t2c2-finetuned_{BACKBONE}'
    assert fixed.weights == choices / 'fixed.pth'
    kept = {path.name for path in (queue.results / 'mix').iterdir()}
    assert f'narrow-longer_{BACKBONE}_real_fold0_seed0.json' in kept
    assert not any(name.startswith('pretrain') for name in kept)


def test_a_budget_has_a_dynamic_model_and_controls_of_its_own(queue) -> None:
    queue.run(Run('mix', 0, 0, BACKBONE, 'narrow-high'))
    before = ['pretrain', 'vared-t2c2', 'vared-t2c2-high']
    assert queue.ran == [*before, 'choices', 'narrow-high', 'narrow-longer-high']
    queue.run(Run('mix', 0, 0, BACKBONE, 'random-high'))
    assert queue.ran[6:] == ['random-t2c2-high']
    queue.run(Run('mix', 0, 0, BACKBONE, 'fixed'))
    assert queue.ran[7:] == ['vared-t2c2-finetuned', 'choices', 'fixed-t2c2']


def test_images_have_one_split_and_dynamic_channels(queue, capsys) -> None:
    runs = plan(sets=['camvid11'], methods=['dynamic', 'channels-only', 'random-low'])
    assert len(runs) == len(set(runs)) and {run.fold for run in runs} == {0}
    assert [run.config for run in runs[:1]] == ['vared-c2-finetuned_pspnet-small_real']
    assert len(runs) == 2 * 3 and not plan(sets=['camvid11'], folds=[1, 2])
    assert not plan(sets=['camvid11'], backbones=[BACKBONE])
    queue.run(Run('camvid11', 0, 0, 'pspnet-small', 'narrow-low'))
    queue.run(Run('camvid11', 0, 0, 'pspnet-small', 'random-low'))
    names = [name.removesuffix('_pspnet-small') for name in queue.ran]
    before = ['pretrain', 'vared-c2', 'vared-c2-low', 'choices']
    assert names == [*before, 'narrow-low', 'narrow-longer-low', 'random-c2-low']
    random = queue.experiments(Run('camvid11', 0, 0, 'pspnet-small', 'random-low'))[-1]
    choices = queue.work / 'camvid11/fold0/seed0/choices_vared-c2-low_pspnet-small'
    assert random.weights == choices / 'random.pth'
    narrow = queue.experiments(Run('camvid11', 0, 0, 'pspnet-small', 'narrow-low'))[-1]
    assert list(narrow.options) == ['model.backbone.share=0.612']
    capsys.readouterr()
    real.print_plan(queue, [Run('camvid11', 0, 0, 'pspnet-small', 'dynamic')])
    assert '1 runs of 3 experiments, 2 of them done' in capsys.readouterr().out


def test_another_fold_shares_the_start_only(queue) -> None:
    queue.run(STATIC)
    queue.run(Run('hockey2', 3, 1, BACKBONE, 'static'))
    assert queue.ran == ['pretrain', 'static', 'static']
    one, other = (
        queue.experiments(run)[-1] for run in (STATIC, Run('mix', 1, 0, BACKBONE, 'static'))
    )
    assert one.digest() != other.digest()
    assert one.start.digest() == other.start.digest()


def test_what_an_experiment_starts_from_is_part_of_it(queue, monkeypatch) -> None:
    queue.run(STATIC)
    experiment = queue.experiments(STATIC)[-1]
    assert experiment.is_done()
    changed = real_experiment.replace(
        experiment, start=real_experiment.replace(experiment.start, seed=1)
    )
    assert not changed.is_done()


def test_a_dynamic_model_that_costs_more_than_static_sets_no_share_above_1(tmp_path) -> None:
    found = {'backbone_share': 1.046, 'mean_macs': 25e6, 'static_macs': 24e6}
    (tmp_path / 'choices.json').write_text(json.dumps(found))
    assert real._cost_options('{share} {macs}', tmp_path) == ('1.0 23976000',)


@pytest.mark.parametrize(
    ('code', 'status', 'message'),
    [
        ('import sys; print(sys.argv[1:]); sys.exit(3)', 3, "['a', 'b']"),
        ('print("done")', 0, 'done'),
        ('import sys; sys.exit("no")', 1, 'no'),
        ('1 / 0', 1, 'ZeroDivisionError'),
    ],
)
def test_a_forked_tool_ends_as_its_command_would(tmp_path, code, status, message) -> None:
    (tmp_path / 'tool.py').write_text(f'import os; os.environ["LEFT"] = "1"; {code}')
    log = tmp_path / 'log'
    assert call_forked(['tool.py', 'a', 'b'], log, tmp_path) == status
    assert message in log.read_text()
    assert 'LEFT' not in os.environ


def test_a_forked_tool_ends_with_who_called_it(tmp_path) -> None:
    (tmp_path / 'tool.py').write_text(
        'import os, pathlib, signal, time\n'
        'pathlib.Path("pid").write_text(str(os.getpid()))\n'
        'os.kill(os.getppid(), signal.SIGTERM)\n'
        'time.sleep(60)\n'
    )
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match='143'):
        call_forked(['tool.py'], tmp_path / 'log', tmp_path)
    assert signal.getsignal(signal.SIGTERM) is before
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / 'pid').read_text()), 0)


def test_overrides_are_of_every_experiment(queue) -> None:
    queue.options = ('train_cfg.max_epochs=1',)
    experiments = queue.experiments(Run('mix', 0, 0, BACKBONE, 'narrow'))
    assert all(experiment.options == queue.options for experiment in experiments)


def test_a_dry_run_says_what_is_left(queue, capsys) -> None:
    runs = [STATIC, Run('mix', 0, 0, BACKBONE, 'fixed')]
    queue.run(STATIC)
    capsys.readouterr()
    real.print_plan(queue, runs)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:5]] == ['done', 'done', 'to', 'to', 'to']
    assert '2 runs of 5 experiments, 2 of them done; 0.0 core-hours are left' in lines[5]


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['--sets', 'mine'], 'no configs/_base_/datasets/real/mine.py, nor of images'),
        (['--methods', 'best'], "invalid choice: 'best'"),
    ],
)
def test_an_unknown_name_is_refused(words, message, capsys) -> None:
    with pytest.raises(SystemExit):
        real.parse_args(words)
    assert message in capsys.readouterr().err
