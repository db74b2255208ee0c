"""The console command: ``vared-mm train CONFIG``, or ``python -m vared_mm train CONFIG``."""

import argparse
import runpy
import sys

from vared_mm import doctor
from vared_mm.files import ROOT

#: By command: its script in ``tools`` and what it does.
TOOLS = {
    'train': ('train.py', 'train a model'),
    'test': ('test.py', 'test a trained model'),
    'demo': ('demo.py', 'run a model on one video or image'),
    'export': ('export.py', 'write a model for another runtime'),
    'stream': ('stream.py', 'run a model on live video'),
    'flops': ('analysis_tools/get_flops.py', 'count parameters and MACs of a config'),
}


def run_tool(script: str, words: list[str]) -> int:
    """Run a script of ``tools`` as Python would; give its exit status."""
    path = str(ROOT / 'tools' / script)
    sys.argv = [path, *words]
    sys.path.insert(0, str(ROOT / 'tools'))
    try:
        runpy.run_path(path, run_name='__main__')
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return int(end.code or 0)
    return 0


def main() -> int:
    """Run the command that the command line names and return its exit status."""
    if sys.argv[1:] and sys.argv[1] in TOOLS:
        script, _ = TOOLS[sys.argv[1]]
        return run_tool(script, sys.argv[2:])
    parser = argparse.ArgumentParser(prog='vared-mm')
    commands = parser.add_subparsers(dest='command', required=True)
    for name, (_, text) in TOOLS.items():
        commands.add_parser(name, help=text, add_help=False)
    command = commands.add_parser('doctor', help='print versions and say what is wrong')
    command.add_argument('--json', action='store_true', help='print one JSON object instead')
    return doctor.main(as_json=parser.parse_args().json)


if __name__ == '__main__':
    sys.exit(main())
