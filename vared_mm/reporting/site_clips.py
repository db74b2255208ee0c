"""Pictures of a run's most and least expensive clips, copied into the site."""

import shutil
from pathlib import Path
from typing import Any

from vared_mm.reporting.record_index import FoundRun, one_line
from vared_mm.reporting.record_schema import CLIPS
from vared_mm.reporting.run_result import read_json
from vared_mm.reporting.schema import check_keys


def copy_clips(run: FoundRun, folder: Path, refused: list[str]) -> list[dict[str, Any]]:
    """The run's most and least expensive clips, if they were looked for; copies their pictures.

    Args:
        run: whose analysis may lie beside its record.
        folder: of the site.
        refused: gets a line where the analysis can't be shown.
    """
    path = run.analysis / 'extreme_clips.json'
    if not path.is_file():
        return []
    try:
        found = read_json(path)
        check_keys(found if isinstance(found, dict) else {}, CLIPS)
        rows: list[dict[str, Any]] = found['classes']
        for row in rows:
            for clip in (*row['most'], *row['least']):
                for kind in ('animation', 'still'):
                    clip[kind] = _copy(run.analysis, clip[kind], folder / 'runs' / run.name)
    except (ValueError, OSError) as error:
        reason = str(error)
        refused.append(
            one_line(f'left out: {reason if str(path) in reason else f"{path}: {reason}"}')
        )
        return []
    return rows


def _copy(source: Path, name: str, target: Path) -> str:
    file = (source / name).resolve()
    if not file.is_relative_to(source.resolve()):
        raise ValueError(f'{name}: not below {source}')
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, target / file.name)
    return f'{target.name}/{file.name}'
