"""Video files below a folder, and text files that are never half written."""

import os
from collections.abc import Callable
from pathlib import Path, PurePath

VIDEO_SUFFIXES = ('.mp4', '.mkv', '.webm', '.avi', '.mov')


def index_videos(
    root: Path, name: Callable[[PurePath], str], suffixes: tuple[str, ...] = VIDEO_SUFFIXES
) -> dict[str, list[Path]]:
    """Look for all video files below a folder, links followed.

    Args:
        root: the folder.
        name: of a video, from its path relative to the folder.
        suffixes: of the names of video files.

    Returns:
        Sorted paths of the files of each name.

    Raises:
        FileNotFoundError: naming the folder if there is none, or no video in it.
    """
    if not root.is_dir():
        raise FileNotFoundError(f'{root}: no such folder')
    found: dict[str, list[Path]] = {}
    for folder, _, files in os.walk(root, followlinks=True):
        for file in files:
            if file.lower().endswith(suffixes):
                path = Path(folder, file)
                found.setdefault(name(path.relative_to(root)), []).append(path)
    if not found:
        raise FileNotFoundError(f'{root}: holds no video file')
    for paths in found.values():
        paths.sort()
    return found


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step."""
    part = path.with_name(path.name + '.part')
    part.write_text(text, encoding='utf-8')
    os.replace(part, path)
