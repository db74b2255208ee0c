"""Run a tool of the checkout in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_tool(
    script: str, *words: str | Path, stderr: int = subprocess.STDOUT
) -> subprocess.CompletedProcess[str]:
    """Run ``tools/<script>`` on one thread; its errors are among its output, unless kept apart."""
    return subprocess.run(
        [sys.executable, ROOT / 'tools' / script, *words],
        env=os.environ | {'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1'},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def last_scalars(work_dir: Path) -> list[dict]:
    """What the last run in a folder logged; nothing where none began."""
    logs = sorted(work_dir.glob('*/vis_data/2*.json'))
    return [json.loads(line) for line in logs[-1].read_text().splitlines()] if logs else []
