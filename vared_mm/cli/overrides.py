"""The option ``--cfg-options``."""

import argparse
import re
from collections.abc import Sequence
from typing import Any

from mmengine.config import DictAction

# Stands for a blank while mmengine's parser, which drops blanks, looks at a value; no argument of a
# process can hold it.
_BLANK = '\0'


class Overrides(DictAction):
    """``key=value`` words into a dict, as mmengine's action does, but blanks in values stay.

    Lists and tuples may have blanks around their items, as in ``key="[a, b c]"``: ``['a', 'b c']``.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Parse the words, or tell which of them is wrong."""
        words = [values] if isinstance(values, str) else list(values or ())
        for word in words:
            key, equals, _ = word.partition('=')
            if not (equals and all(part.strip() for part in key.removeprefix('+').split('.'))):
                parser.error(f'{option_string} {word}: is not key=value')
        try:
            super().__call__(parser, namespace, [_protect(word) for word in words], option_string)
        except AssertionError as error:  # of brackets
            parser.error(f'{option_string} {_restore(str(error))}')
        found = getattr(namespace, self.dest)
        setattr(namespace, self.dest, {key: _restore(value) for key, value in found.items()})


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """Add ``--cfg-options``."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Overrides,
        metavar='KEY=VALUE',
        help='override settings of the config: key=value, key.of.dict=value, key="[a,b]"; '
        '+key=value adds a key that nothing here knows',
    )


def _protect(word: str) -> str:
    key, _, value = word.partition('=')
    value = value.strip()
    bare = value.strip('\'"')
    if ',' in bare or (bare[:1], bare[-1:]) in (('[', ']'), ('(', ')')):
        value = re.sub(r' *, *|(?<=[\[(]) +| +(?=[\])])', lambda gap: gap[0].strip(), value)
    return f'{key.strip()}={value.replace(" ", _BLANK)}'


def _restore(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_BLANK, ' ')
    if isinstance(value, list | tuple):
        return type(value)(_restore(item) for item in value)
    return value
