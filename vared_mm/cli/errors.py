"""Turn mistakes of the user into one line; mistakes of the program keep their traceback."""

import functools
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError

from mmengine.config import ConfigDict
from mmengine.config.utils import ConfigParsingError

#: What a config, a file or an option of the user's may raise while everything is being set up.
SETUP_ERRORS = (
    ValueError,
    KeyError,
    OSError,
    ImportError,  # of what a config names
    UnpicklingError,  # a checkpoint that is refused
    ConfigParsingError,
    SyntaxError,
)
#: Set it to see the traceback of any error.
SHOW = 'VARED_MM_TRACEBACK'


@contextmanager
def one_line_errors(*kinds: type[BaseException]) -> Iterator[None]:
    """Print ``error: ...`` and exit with status 2 where one of ``kinds`` is raised inside.

    So it does for whatever is raised while a part is built that a config names and, without
    ``kinds``, for a key that a config lacks. Anything else passes through with its traceback; so
    does everything if the environment has ``VARED_MM_TRACEBACK``.

    Args:
        kinds: exception classes; :data:`SETUP_ERRORS` if none is given.
    """
    try:
        yield
    except Exception as error:
        expected = isinstance(error, kinds or SETUP_ERRORS)
        built = _built(error)
        lacks = not kinds and _lacks_key(error)
        if os.environ.get(SHOW) or not (expected or built or lacks):
            raise
        kind = '' if expected or lacks else f'{type(error).__name__}: '
        place = f'{built}: ' if built and built not in str(error) else ''
        hint = '' if expected or lacks else f' ({SHOW}=1 shows where)'
        print(f'error: {place}{kind}{error_line(error)}{hint}', file=sys.stderr)
        raise SystemExit(2) from None


def command(main: Callable[[], None]) -> Callable[[], None]:
    """Let a tool's ``main`` end without a traceback where nothing is wrong with the program.

    An interrupt from the keyboard ends with status 130, a reader of its output that has gone
    (``| head``) with 141, a file that can't be read or written with a line and status 2.
    """

    @functools.wraps(main)
    def run() -> None:
        try:
            with one_line_errors(OSError):
                try:
                    main()
                    sys.stdout.flush()
                except BrokenPipeError:
                    # Python would complain again when it flushes at its end.
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                    raise SystemExit(141) from None
        except KeyboardInterrupt:
            if os.environ.get(SHOW):
                raise
            print('interrupted', file=sys.stderr)
            raise SystemExit(130) from None

    return run


def error_line(error: BaseException) -> str:
    """What an exception says, in one line.

    A data loader's worker hands its exception over as a whole traceback; its last line counts.
    """
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        text = f'{error.filename}: {error.strerror}'
    if isinstance(error, KeyError) and text.isidentifier():
        text = f'there is no {text}'
    if _lacks_key(error):
        text = f'the config has no key {getattr(error, "name", "")}'
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    if 'Original Traceback' in text:
        return lines[-1].partition(': ')[2] or lines[-1]
    return ' '.join(lines)


def _built(error: BaseException) -> str | None:
    """The type that was being built from a config when the error was raised; None if none was."""
    name = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == 'build_from_cfg' and Path(frame.f_code.co_filename).match(
            'mmengine/registry/*.py'
        ):
            settings = frame.f_locals.get('cfg')
            kind = settings.get('type') if isinstance(settings, dict) else None
            name = str(kind) if kind else name
    return name


def _lacks_key(error: BaseException) -> bool:
    """Whether a config was asked for a key that it lacks."""
    return isinstance(error, AttributeError) and isinstance(getattr(error, 'obj', None), ConfigDict)
