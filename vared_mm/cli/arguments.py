"""Types of command-line arguments, for argparse's ``type``."""

import argparse
import math
from collections.abc import Callable

import torch


def positive(text: str) -> int:
    """A whole number above 0."""
    return int(_number(int, text, lambda number: number > 0, 'must be a whole number, 1 or more'))


def not_negative(text: str) -> int:
    """A whole number, 0 or more."""
    return int(_number(int, text, lambda number: number >= 0, 'must be a whole number, 0 or more'))


def share(text: str) -> float:
    """A number above 0, up to 1."""
    return _number(float, text, lambda number: 0 < number <= 1, 'must be above 0 and at most 1')


def finite(text: str) -> float:
    """A number, 0 or more, that is neither infinite nor NaN."""
    return _number(float, text, lambda number: 0 <= number < math.inf, 'must be 0 or more')


def _number(kind: type[float], text: str, fits: Callable[[float], bool], rule: str) -> float:
    try:
        if fits(number := kind(text)):
            return number
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f'{text!r} {rule}')


def device_name(text: str) -> str:
    """A device that this machine has, such as ``cpu`` or ``cuda:0``."""
    try:
        device = torch.device(text)
    except RuntimeError:
        raise argparse.ArgumentTypeError(f'{text}: not a device') from None
    if device.type == 'cuda' and (device.index or 0) >= torch.cuda.device_count():
        found = f'{torch.cuda.device_count()} GPU(s)' if torch.cuda.is_available() else 'no GPU'
        raise argparse.ArgumentTypeError(f'{text}: torch finds {found}')
    if device.type not in ('cpu', 'cuda') or (device.type == 'cpu' and device.index):
        raise argparse.ArgumentTypeError(f'{text}: must be cpu, cuda or cuda:NUMBER')
    return text


def add_device(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add ``--device``; by default the first GPU, or the CPU where there is none."""
    default = default or ('cuda:0' if torch.cuda.is_available() else 'cpu')
    parser.add_argument(
        '--device',
        type=device_name,
        default=default,
        help='such as cpu or cuda:0 (default: %(default)s)',
    )
