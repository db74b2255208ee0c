"""The record that one test run leaves: what ran, on what, with which result."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vared_mm.reporting.record_schema import FIELDS
from vared_mm.reporting.schema import check_keys

SCHEMA = 2
#: Fields that older records of this schema lack.
LATER = ('confusion', 'timing')
LARGEST = 64 << 20  # bytes of a file


@dataclass(frozen=True)
class RunResult:
    """One measured run, as kept in ``results/*.json``. What was not measured is None.

    A file holds, beside these fields, a ``digest`` of them all, so that a number changed by hand
    does not pass for a measured one.

    Args:
        config: name of the config, without folder and suffix.
        config_sha256: of the resolved config, without the places that it reads and writes.
        checkpoint: file name of the weights.
        checkpoint_sha256: of that file.
        seed: of the random generators; None if the config leaves it open.
        dataset: folder and list that were tested on, such as ``moving_shapes/test.txt``.
        generated_data: True if those clips were drawn by a program, not filmed.
        videos: number of samples tested.
        metrics: as the evaluator named them: accuracy in percent, cost in 1e9 MACs of one view.
        static_macs: MACs of the static model for one view, in the thesis' count; None where images
            differ in size.
        parameters: of the whole model.
        parameters_without_gates: the same, less what decides (the cheap operations count).
        clips_per_second: of one process, accelerated models timed in turn; on one thread by its CPU
            time; None if not timed.
        timing: how that was timed: ``threads``; ``cpu_share``, CPU time over wall-clock time, and
            whether the machine was ``busy`` with other work, both known for one thread only.
        views: clips and crops of one sample.
        profile: cost by bins, layers and classes, see :func:`vared_mm.evaluation.cost_profile`.
        confusion: classes taken for others, see :meth:`vared_mm.evaluation.Confusion.as_json`.
        curves: of training, name -> [step, value] pairs.
        machine: processor, cores, accelerator.
        versions: of Python and the packages that computed.
        commit: of the code; ends in ``-dirty`` where files had been changed; None outside git.
        schema: version of this record's fields.
    """

    config: str
    config_sha256: str
    checkpoint: str | None
    checkpoint_sha256: str | None
    seed: int | None
    dataset: str
    generated_data: bool
    videos: int
    metrics: dict[str, float | None]
    static_macs: int | None
    parameters: int
    parameters_without_gates: int
    clips_per_second: float | None = None
    timing: dict[str, Any] | None = None
    views: int | None = None
    profile: dict[str, Any] | None = None
    confusion: dict[str, Any] | None = None
    curves: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    commit: str | None = None
    schema: int = SCHEMA

    def save(self, path: str | Path) -> None:
        """Write the record as JSON; folders are made."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        values = asdict(self)
        text = json.dumps({**values, 'digest': digest_of(values)}, indent=2, sort_keys=True)
        path.write_text(one_line_lists(text) + '\n', 'utf-8')

    @classmethod
    def load(cls, path: str | Path) -> 'RunResult':
        """Read a record.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is no record of this schema, or not as it was written; the file and
                the key are named.
        """
        values = read_json(path)
        if not isinstance(values, dict) or values.get('schema') != SCHEMA:
            raise ValueError(f'{path}: key "schema" must be {SCHEMA}; test again to write it anew')
        digest = values.pop('digest', None)
        if unknown := sorted(values.keys() - FIELDS.keys()):
            raise ValueError(f'{path}: unknown key "{unknown[0]}"')
        try:
            check_keys({**dict.fromkeys(LATER), **values}, FIELDS)
        except ValueError as error:
            raise ValueError(f'{path}: {error}') from None
        if digest != digest_of(values):
            raise ValueError(f'{path}: changed since it was written (key "digest" differs)')
        return cls(**values)


def read_json(path: str | Path) -> Any:
    """What a file of JSON holds.

    Raises:
        OSError: if it can't be read.
        ValueError: if it is no regular file, larger than 64 MiB, or no JSON; the file is named.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise ValueError(f'{path}: not a file')
    if path.stat().st_size > LARGEST:
        raise ValueError(f'{path}: larger than {LARGEST >> 20} MiB')
    try:
        return json.loads(path.read_text('utf-8'))
    except ValueError as error:  # of JSON, or of UTF-8
        raise ValueError(f'{path}: not JSON ({error})') from None
    except RecursionError:
        raise ValueError(f'{path}: not JSON of a record (lists in lists without end)') from None


def digest_of(values: dict[str, Any]) -> str:
    """SHA-256 of a record's fields, whatever their order."""
    text = json.dumps(values, sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(text.encode()).hexdigest()


def one_line_lists(text: str) -> str:
    """Indented JSON with each list of plain numbers on one line."""
    return re.sub(r'\[[-+.\deE\s,]*\]', lambda found: ' '.join(found[0].split()), text)
