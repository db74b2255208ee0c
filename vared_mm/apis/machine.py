"""What a measurement ran on: machine, versions of packages, commit."""

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from vared_mm import __version__

ROOT = Path(__file__).parents[2]
PACKAGES = ('torch', 'mmengine', 'mmcv', 'mmaction', 'mmseg', 'av', 'numpy')


def describe_machine() -> dict[str, Any]:
    """Processor, cores, threads in use, accelerator."""
    cpuinfo = Path('/proc/cpuinfo')
    text = cpuinfo.read_text() if cpuinfo.exists() else ''
    names = re.findall(r'^model name\s*:\s*(.+)$', text, re.MULTILINE)
    return {
        'processor': names[0] if names else platform.machine(),
        'cores': os.cpu_count(),
        'threads': torch.get_num_threads(),
        'accelerator': torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def list_versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it computes with, by distribution."""
    owners = metadata.packages_distributions()
    found = {name: metadata.version(name) for module in PACKAGES for name in owners[module]}
    return {'python': platform.python_version(), 'vared_mm': __version__, **found}


def find_commit() -> str | None:
    """Commit of this package's checkout, ``-dirty`` where files differ from it."""
    if not (ROOT / '.git').exists():
        return None
    command = ['git', '-C', str(ROOT), 'describe', '--always', '--dirty', '--abbrev=12']
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() or None
    except FileNotFoundError:
        return None
