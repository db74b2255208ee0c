"""`python -m vared_mm doctor`: is this installation sound?"""

import argparse
import sys

from vared_mm import doctor


def main() -> int:
    """Run the command that the command line names and return its exit status."""
    parser = argparse.ArgumentParser(prog='python -m vared_mm')
    commands = parser.add_subparsers(dest='command', required=True)
    command = commands.add_parser('doctor', help='print versions and say what is wrong')
    command.add_argument('--json', action='store_true', help='print one JSON object instead')
    return doctor.main(as_json=parser.parse_args().json)


if __name__ == '__main__':
    sys.exit(main())
