"""The shell scripts: several processes, and what Slurm would be asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.many_processes import free_port

ROOT = Path(__file__).parents[2]
FINETUNE = 'configs/demo/vared-t2c2-finetuned_r2plus1d-tiny_moving-shapes.py'


def run(script: str, *words: str | Path, **environment: str) -> subprocess.CompletedProcess:
    """Run a script of tools/ with this Python."""
    env = {**os.environ, 'PYTHON': sys.executable, 'OMP_NUM_THREADS': '1', **environment}
    command = ['bash', f'tools/{script}', *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.slow
def test_two_processes_finetune_and_test(trained, quick, tmp_path):
    options = [*quick, 'env_cfg.dist_cfg.backend=gloo', f'load_from={trained["vared-t2c2"]}']
    words = ['--work-dir', tmp_path, '--cfg-options', *options]
    done = run('dist_train.sh', FINETUNE, '2', *words, PORT=str(free_port()))
    assert done.returncode == 0, done.stderr[-6000:]
    checkpoint = tmp_path / 'epoch_1.pth'
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert '[1][2/2]' in log and 'loss_efficiency' in log  # 12 clips: 2 steps of 2 x 4
    record = tmp_path / 'r.json'
    words = [FINETUNE, checkpoint, '2', '--json', record, *words]
    done = run('dist_test.sh', *words, PORT=str(free_port()))
    assert done.returncode == 0, done.stderr[-6000:]
    assert record.is_file()


@pytest.mark.parametrize(
    ('script', 'words', 'last'),
    [
        ('slurm_train.sh', ['part', 'job', 'c.py', '--amp'], 'c.py --launcher slurm --amp'),
        ('slurm_test.sh', ['part', 'job', 'c.py', 'x.pth'], 'c.py x.pth --launcher slurm'),
    ],
)
def test_slurm_is_asked_for(tmp_path, script, words, last):
    stand_in = tmp_path / 'srun'
    stand_in.write_text('#!/bin/sh\necho "$@"\n')
    stand_in.chmod(0o755)
    path = f'{tmp_path}:{os.environ["PATH"]}'
    done = run(script, *words, PATH=path, GPUS='4', GPUS_PER_NODE='2', SRUN_ARGS='--quotatype=x y')
    asked = done.stdout.split()
    assert done.returncode == 0
    assert {'--partition=part', '--job-name=job', '--gres=gpu:2', '--ntasks=4', 'y'} <= set(asked)
    assert done.stdout.strip().endswith(last)


@pytest.mark.parametrize('kind', ['train', 'test'])
@pytest.mark.parametrize('launcher', ['dist', 'slurm'])
def test_missing_words_show_the_usage(launcher, kind):
    done = run(f'{launcher}_{kind}.sh', 'one')
    assert done.returncode == 2
    assert done.stderr.startswith(f'Usage: tools/{launcher}_{kind}.sh ')
