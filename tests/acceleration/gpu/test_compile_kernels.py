"""What the interpreter runs a GPU's compiler takes too."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_every_kernel_compiles_for_a_gpu(root, tmp_path):
    env = os.environ | {'PYTHONPATH': str(root), 'TRITON_CACHE_DIR': str(tmp_path)}
    env.pop('TRITON_INTERPRET', None)
    script = root / 'tests/acceleration/gpu/compile_kernels.py'
    done = subprocess.run([sys.executable, script], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {
        'convolve_depthwise_kernel',
        'convolve_gather_kernel',
        'convolve_tma_kernel',
        'decide_kernel',
        'mix_channels_kernel',
        'mix_frames_kernel',
    }
