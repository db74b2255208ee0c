"""Every record of a run below some folders, and an index of them in SQLite."""

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vared_mm.reporting.run_result import RunResult

#: Below a folder of this name every JSON file is a record; elsewhere those called `result.json`.
KEPT = 'results'
NO_RECORDS = ('thesis.json', 'recipe_costs.json')
#: What lies in folders of these names is measured, but of no run: analyses, and speeds.
OTHER = {'analysis', 'speed'}


@dataclass(frozen=True)
class FoundRun:
    """A record and where it lies.

    Args:
        path: of the file.
        result: what it holds.
        analysis: folder of the run's analyses; it need not be there.
    """

    path: Path
    result: RunResult
    analysis: Path

    @property
    def name(self) -> str:
        """Short, unique among the runs of a leaderboard, good for a file's name."""
        seed = '' if self.result.seed is None else f'_seed{self.result.seed}'
        mark = hashlib.sha256(repr(identity(self.result)).encode()).hexdigest()[:8]
        config = re.sub(r'[^\w-]+', '-', self.result.config, flags=re.ASCII)[:120]
        return f'{config}{seed}_{mark}'


def identity(result: RunResult) -> tuple[str, str | None, str]:
    """What makes two records one run: resolved config, weights, tested list."""
    return result.config_sha256, result.checkpoint_sha256, result.dataset


def find_runs(folders: Iterable[str | Path]) -> tuple[list[FoundRun], list[str]]:
    """The readable records of runs, and a line for each file that is left out, with its reason.

    The same weights tested twice with the same config are one run; the first file counts.

    Args:
        folders: looked through to any depth; one that is not there holds nothing.
    """
    runs: dict[tuple[str, str | None, str], FoundRun] = {}
    refused: list[str] = []
    for path in _candidates(folders, refused):
        try:
            result = RunResult.load(path)
        except (ValueError, OSError) as error:
            refused.append(one_line(f'left out: {error}'))
            continue
        beside = path.parent if path.name == 'result.json' else path.with_suffix('')
        runs.setdefault(identity(result), FoundRun(path, result, beside / 'analysis'))
    return list(runs.values()), refused


def _candidates(folders: Iterable[str | Path], refused: list[str]) -> list[Path]:
    found: dict[str, Path] = {}
    for folder in map(Path, folders):
        inside = os.path.basename(os.path.realpath(folder))
        for path in sorted(_json_files(folder, refused)):
            parts = path.relative_to(folder).parts
            kept = KEPT in (inside, *parts[:-1]) and not OTHER & set(parts)
            if path.name not in NO_RECORDS and (kept or path.name == 'result.json'):
                found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def _json_files(folder: Path, refused: list[str]) -> Iterator[Path]:
    """Below a folder, links to folders not followed; a line for each folder that can't be read."""

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            refused.append(one_line(f'left out: {error.filename}: {error.strerror}'))

    for place, folders, files in os.walk(folder, onerror=note):
        yield from (Path(place, name) for name in (*folders, *files) if name.endswith('.json'))


def one_line(text: str) -> str:
    """A text without breaks of lines and other control characters, which names may hold; cut."""
    return re.sub(r'[\x00-\x1f\x7f-\x9f\u2028\u2029]+', ' ', text)[:400]


def write_index(runs: Iterable[FoundRun], path: str | Path) -> None:
    """Write tables ``runs`` and ``metrics`` anew; the JSON files stay what counts."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    index = sqlite3.connect(path)
    with index:
        index.executescript(
            """
            CREATE TABLE runs (
                name TEXT PRIMARY KEY, path TEXT, config TEXT, dataset TEXT, generated INTEGER,
                seed INTEGER, videos INTEGER, static_macs INTEGER, parameters INTEGER,
                clips_per_second REAL, commit_ TEXT, machine TEXT
            );
            CREATE TABLE metrics (run TEXT REFERENCES runs (name), metric TEXT, value REAL);
            CREATE INDEX by_metric ON metrics (metric, run);
            """
        )
        for run in runs:
            it = run.result
            row = (
                run.name, str(run.path), it.config, it.dataset, it.generated_data, it.seed,
                it.videos, it.static_macs, it.parameters, it.clips_per_second, it.commit,
                json.dumps(it.machine, sort_keys=True),
            )  # fmt: skip
            marks = ','.join('?' * len(row))
            index.execute(f'INSERT OR IGNORE INTO runs VALUES ({marks})', [*map(_stored, row)])
            index.executemany(
                'INSERT INTO metrics VALUES (?, ?, ?)',
                [
                    (run.name, _stored(metric), None if value is None else float(value))
                    for metric, value in it.metrics.items()
                ],
            )
    index.close()


def _stored(value: Any) -> Any:
    """Text that UTF-8 can hold: names of files may be of no encoding."""
    return value.encode('utf-8', 'replace').decode() if isinstance(value, str) else value
