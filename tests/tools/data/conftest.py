"""Running of command-line tools inside the test's process, which spares their imports."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def call_tool(root, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Run a tool by its path below `tools/`; gives exit status, output and errors."""

    def run(tool: str, *args: str | Path) -> tuple[int, str, str]:
        path = str(root / 'tools' / tool)
        monkeypatch.setattr(sys, 'argv', [path, *map(str, args)])
        capsys.readouterr()
        status = 0
        try:
            runpy.run_path(path, run_name='__main__')
        except SystemExit as end:
            status = int(end.code or 0)
        return status, *capsys.readouterr()

    return run
