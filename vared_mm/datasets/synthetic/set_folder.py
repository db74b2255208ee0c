"""The folder of a generated set: one kind of drawing in it, files never half written."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from mmengine.utils import ProgressBar


def claim_folder(
    out_dir: Path, drawing: dict, overwrite: bool, holds: Iterable[str]
) -> dict[str, dict]:
    """Read the folder's manifest, or begin one: samples of two kinds must not mix in it.

    Args:
        out_dir: the folder.
        drawing: everything that the samples depend on.
        overwrite: delete what is there, if it is of another kind or not.
        holds: names of the subfolders to delete then.

    Raises:
        ValueError: if it holds a set of another kind.
    """
    path, manifest = out_dir / 'manifest.json', {'drawing': drawing, 'lists': {}}
    if path.exists():
        found = json.loads(path.read_text())
        if not overwrite and found['drawing'] != drawing:
            raise ValueError(f'{path}: made with another seed or parameters; overwrite it?')
        if not overwrite:
            return found
        for name in holds:
            shutil.rmtree(out_dir / name, ignore_errors=True)
    out_dir.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(manifest, indent=2) + '\n')
    return manifest


def run_jobs(job: Callable, items: Sequence, workers: int, progress: bool) -> None:
    """Call ``job`` on each item, in some processes (0: in this one), with a bar if asked."""
    bar = ProgressBar(len(items)) if progress and items else None
    pool = ProcessPoolExecutor(workers) if workers else None
    try:
        for _ in pool.map(job, items, chunksize=16) if pool else map(job, items):
            if bar:
                bar.update()
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)


def write_text(path: Path, text: str) -> str:
    """Write a text file in one step and return its SHA-256."""
    part = path.with_name(path.name + '.part')
    part.write_text(text)
    os.replace(part, path)
    return hashlib.sha256(text.encode()).hexdigest()
