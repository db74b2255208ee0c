"""The record that one test run leaves: what ran, on what, with which result."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

SCHEMA = 1


@dataclass(frozen=True)
class RunResult:
    """One measured run, as kept in ``results/*.json``. What was not measured is None.

    Args:
        config: name of the config, without folder and suffix.
        config_sha256: of the resolved config, without the places that it reads and writes.
        checkpoint: file name of the weights.
        checkpoint_sha256: of that file.
        seed: of the random generators; None if the config leaves it open.
        dataset: what was tested on, such as ``moving_shapes/test.txt``.
        generated_data: True if those clips were drawn by a program, not filmed.
        videos: number of samples tested.
        metrics: as the evaluator named them: accuracy in percent, cost in 1e9 MACs of one view.
        static_macs: MACs of the static model for one view, in the thesis' count; None where images
            differ in size.
        parameters: of the whole model.
        parameters_without_gates: the same, less what decides (the cheap operations count).
        clips_per_second: of one process, models timed in turn; None if not timed.
        machine: processor, cores, accelerator.
        versions: of Python and the packages that computed.
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
    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    def save(self, path: str | Path) -> None:
        """Write the record as JSON; folders are made."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2, sort_keys=True) + '\n')

    @classmethod
    def load(cls, path: str | Path) -> 'RunResult':
        """Read a record.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is no record of this schema; the file and the key are named.
        """
        try:
            values = json.loads(Path(path).read_text())
        except json.JSONDecodeError as error:
            raise ValueError(f'{path}: not JSON ({error})') from None
        if not isinstance(values, dict) or values.get('schema') != SCHEMA:
            raise ValueError(f'{path}: key "schema" must be {SCHEMA}')
        known = {item.name for item in fields(cls)}
        if unknown := sorted(values.keys() - known):
            raise ValueError(f'{path}: unknown key "{unknown[0]}"')
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(f'{path}: {error}') from None
