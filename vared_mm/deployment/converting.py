"""Conversion by other packages, without their words."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO


@contextmanager
def converting(refusal: str) -> Iterator[None]:
    """Keep back what a converter prints, logs and warns of; what it can't do is said in one line.

    Args:
        refusal: what its line begins with.

    Raises:
        ValueError: for any exception of the converter.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(StringIO()),
            redirect_stderr(StringIO()),
        ):
            warnings.simplefilter('ignore')
            yield
    except Exception as error:
        words = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ValueError(f'{refusal}: {words}') from error
    finally:
        logging.disable(before)
