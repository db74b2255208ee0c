"""Turn mistakes of the caller into one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pickle import UnpicklingError

from mmengine.config.utils import ConfigParsingError

SETUP_ERRORS = (
    ValueError,
    KeyError,
    FileNotFoundError,
    UnpicklingError,  # a checkpoint that is refused
    ConfigParsingError,
    SyntaxError,
)


@contextmanager
def one_line_errors(*kinds: type[BaseException]) -> Iterator[None]:
    """Print ``error: ...`` and exit with status 2 where one of ``kinds`` is raised inside.

    Anything else passes through with its traceback.

    Args:
        kinds: exception classes; :data:`SETUP_ERRORS` if none is given.
    """
    caught = kinds or SETUP_ERRORS
    try:
        yield
    except caught as error:
        print(f'error: {error_line(error)}', file=sys.stderr)
        raise SystemExit(2) from None


def error_line(error: BaseException) -> str:
    """What an exception says, in one line.

    A data loader's worker hands its exception over as a whole traceback; its last line counts.
    """
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    if 'Original Traceback' in text:
        return lines[-1].partition(': ')[2] or lines[-1]
    return ' '.join(lines)
