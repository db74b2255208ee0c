"""Launches tried for real: they give what one process gives, and end when a process is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.many_processes import free_port

ROOT = Path(__file__).parents[2]
FINETUNE = 'configs/demo/vared-t2c2-finetuned_r2plus1d-tiny_moving-shapes.py'
pytestmark = pytest.mark.faults


@pytest.fixture
def slurm(tmp_path) -> Path:
    """A folder with stand-ins for `srun` and `scontrol`."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    (folder / 'srun').write_text(
        f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/tools/stub_srun.py "$@"\n'
    )
    (folder / 'scontrol').write_text('#!/bin/sh\nprintf "127.0.0.1\\n127.0.0.2\\n"\n')
    for script in folder.iterdir():
        script.chmod(0o755)
    return folder


def _start(*words: object, path: Path) -> subprocess.Popen:
    environment = {
        **os.environ,
        'PYTHON': sys.executable,
        'PYTHONPATH': str(ROOT),
        'OMP_NUM_THREADS': '1',
        'PORT': str(free_port()),
        'MASTER_PORT': str(free_port()),
        'GPUS': '2',
        'GPUS_PER_NODE': '2',
        'PATH': f'{path}:{os.environ["PATH"]}',
    }
    output = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return subprocess.Popen(list(map(str, words)), cwd=ROOT, env=environment, **output)


def _descendants(ancestor: int) -> dict[int, tuple[int, str, str]]:
    """Parent, time of start and command line of the processes below one, by their numbers."""
    known = {}
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            fields = (folder / 'stat').read_text().rpartition(')')[2].split()
            words = (folder / 'cmdline').read_bytes().replace(b'\0', b' ').decode()
        except OSError:  # it has just ended
            continue
        known[int(folder.name)] = int(fields[1]), fields[19], words
    below, size = {ancestor}, 0
    while size != len(below):
        size = len(below)
        below |= {number for number, (parent, *_) in known.items() if parent in below}
    return {number: known[number] for number in below - {ancestor} if number in known}


def _left(before: dict[int, tuple[int, str, str]]) -> list[str]:
    """Those of earlier processes that are still there, zombies too.

    An ended one whose parent has ended waits for the system's first process, which collects it.
    """
    left = []
    for number, (_, started, words) in before.items():
        try:
            fields = Path(f'/proc/{number}/stat').read_text().rpartition(')')[2].split()
        except OSError:
            continue
        if fields[19] == started and not (fields[0] == 'Z' and int(fields[1]) not in before):
            left.append(f'{number} {fields[0]} {words}')
    return left


def _end(launch: subprocess.Popen, before: dict) -> None:
    """Let nothing run on after a test that failed."""
    numbers = {*before, *_descendants(launch.pid)}
    if launch.poll() is None:
        launch.kill()
    for line in _left({**before, **_descendants(launch.pid)}):
        if int(line.split()[0]) in numbers:
            os.kill(int(line.split()[0]), signal.SIGKILL)
    launch.communicate()


def _launches(work_dir: Path) -> dict[str, tuple[list, list]]:
    train, checkpoint = [FINETUNE], [FINETUNE, work_dir / 'epoch_1.pth']
    torchrun = [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2']
    launcher = ['--launcher', 'pytorch']
    return {
        'dist': (
            ['bash', 'tools/dist_train.sh', *train, 2],
            ['bash', 'tools/dist_test.sh', *checkpoint, 2],
        ),
        'slurm': (
            ['bash', 'tools/slurm_train.sh', 'part', 'job', *train],
            ['bash', 'tools/slurm_test.sh', 'part', 'job', *checkpoint],
        ),
        'torchrun': (
            [*torchrun, 'tools/train.py', *train, *launcher],
            [*torchrun, 'tools/test.py', *checkpoint, *launcher],
        ),
    }


@pytest.mark.parametrize('kind', ['dist', 'slurm', 'torchrun'])
def test_trains_and_tests_as_one_process_does(
    kind, slurm, trained, quick, run_tool, tmp_path
) -> None:
    work_dir = tmp_path / 'run'
    train, test = _launches(work_dir)[kind]
    words = ['--work-dir', work_dir, '--cfg-options', *quick]
    launch = _start(*train, *words, f'load_from={trained["vared-t2c2"]}', path=slurm)
    output = launch.communicate(timeout=300)[0]
    assert launch.returncode == 0, output[-4000:]
    assert '[1][2/2]' in next(work_dir.glob('*/*.log')).read_text()  # 12 clips: 2 steps of 2 x 4
    # Three clips: the last batch is short, and of two processes one has a clip twice.
    words += ['test_dataloader.batch_size=2', 'test_dataloader.dataset.indices=3']
    launch = _start(*test, '--json', tmp_path / 'two.json', *words, path=slurm)
    output = launch.communicate(timeout=300)[0]
    assert launch.returncode == 0, output[-4000:]
    words = ['--json', tmp_path / 'one.json', *words]
    assert run_tool('test.py', FINETUNE, work_dir / 'epoch_1.pth', *words) == 0
    one, two = (json.loads((tmp_path / f'{name}.json').read_text()) for name in ('one', 'two'))
    assert one['metrics'] == pytest.approx(two['metrics'], rel=1e-5)
    assert one['profile'] == two['profile']


def _wait_for(file: Path, launch: subprocess.Popen, seconds: float = 200) -> None:
    end = time.monotonic() + seconds
    while not file.exists():
        assert launch.poll() is None, launch.communicate()[0][-4000:]
        assert time.monotonic() < end, 'the training does not get on'
        time.sleep(0.2)


@pytest.mark.parametrize(
    ('kind', 'victim'),
    [
        ('dist', 'first rank'),
        ('dist', 'last rank'),
        ('dist', 'loader'),
        ('slurm', 'last rank'),
        ('torchrun', 'last rank'),
    ],
)
def test_a_killed_process_ends_the_launch(kind, victim, slurm, trained, quick, tmp_path) -> None:
    work_dir = tmp_path / 'run'
    train, _ = _launches(work_dir)[kind]
    options = [*quick, f'load_from={trained["vared-t2c2"]}', 'train_cfg.max_epochs=9999']
    options += ['train_cfg.val_interval=9999', 'train_dataloader.num_workers=1']
    launch = _start(*train, '--work-dir', work_dir, '--cfg-options', *options, path=slurm)
    before = {}
    try:
        _wait_for(work_dir / 'epoch_2.pth', launch)
        before = _descendants(launch.pid)
        ranks = sorted(
            number
            for number, (parent, _, words) in before.items()
            if parent == launch.pid and 'tools/train.py' in words
        )
        assert len(ranks) == 2, before
        killed = [ranks[-1] if victim == 'last rank' else ranks[0]]
        if victim == 'loader':
            killed = [number for number, (parent, *_) in before.items() if parent == ranks[0]]
        for number in killed:
            os.kill(number, signal.SIGKILL)
        output = launch.communicate(timeout=120)[0]
        assert launch.returncode != 0, output[-3000:]
        time.sleep(1)
        assert not _left(before)
    finally:
        _end(launch, before)
