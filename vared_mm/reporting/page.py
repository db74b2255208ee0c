"""Measured text inside a page that is otherwise written by hand."""

from pathlib import Path


def fill_block(path: str | Path, name: str, text: str) -> None:
    """Write a page anew with another block, see :func:`with_block`.

    Raises:
        FileNotFoundError: if there is no such page.
        ValueError: if the page has no such block.
    """
    filled = with_block(path, name, text)
    Path(path).write_text(filled)


def with_block(path: str | Path, name: str, text: str) -> str:
    """A page with what stands between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` replaced.

    Raises:
        FileNotFoundError: if there is no such page.
        ValueError: if the page has no such block.
    """
    return fill(Path(path).read_text(), name, text, str(path))


def fill(page: str, name: str, text: str, path: str) -> str:
    """The text of a page with a block replaced; see :func:`with_block`.

    Args:
        page: its text.
        name: of the block.
        text: what is to stand in it.
        path: of the page, for messages.

    Raises:
        ValueError: if the page has no such block.
    """
    begin, end = (f'<!-- {name}: {mark} -->' for mark in ('begin', 'end'))
    before, found, rest = page.partition(f'{begin}\n')
    _, closed, after = rest.partition(f'{end}\n')
    if not (found and closed):
        raise ValueError(f'{path}: no block from {begin} to {end}')
    return f'{before}{begin}\n\n{text.strip()}\n\n{end}\n{after}'
