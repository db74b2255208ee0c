"""What became of a split's annotated videos."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vared_mm.datasets.preparation.files import write_text

#: So many of each kind are named on the screen; the report names all.
_SHOWN = 3


@dataclass
class SplitReport:
    """Counts and names of one split.

    Args:
        annotations: file that the videos are annotated in.
        annotated: videos of the data set in it, each counted once.
        left_out: its good lines that belong to other classes.
        listed: videos in the list that was written.
        frames: of all of them.
        classes: number of classes of the data set.
        classes_without_video: their names.
        bad_lines: `file:line: reason`.
        duplicate: annotated again, or in another split too, or in several files.
        missing: names of videos without a file.
        unreadable: `file: reason`.
    """

    annotations: str
    annotated: int = 0
    left_out: int = 0
    listed: int = 0
    frames: int = 0
    classes: int = 0
    classes_without_video: list[str] = field(default_factory=list)
    bad_lines: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def problems(self) -> dict[str, list[str]]:
        """Names by kind of problem, kinds without any left out."""
        kinds = ('missing', 'unreadable', 'duplicate', 'bad_lines', 'classes_without_video')
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}

    def count_problems(self) -> str:
        """Say how many there are of each kind, in one line."""
        parts = [f'{len(names)} {kind.replace("_", " ")}' for kind, names in self.problems.items()]
        return ', '.join(parts) or 'no problem'

    def describe(self, split: str) -> str:
        """Say it in some lines, with the first names of each kind."""
        found = self.classes - len(self.classes_without_video)
        lines = [
            f'{split}: {self.listed} of {self.annotated} videos of {self.annotations} listed, '
            f'{found} of {self.classes} classes'
        ]
        if self.left_out:
            lines.append(f'  other classes: {self.left_out} lines left out')
        for kind, names in self.problems.items():
            lines.append(f'  {kind.replace("_", " ")}: {len(names)}')
            lines += [f'    {name}' for name in names[:_SHOWN]]
            if len(names) > _SHOWN:
                lines.append('    ...')
        return '\n'.join(lines)


def save_report(path: Path, reports: Mapping[str, SplitReport], unlisted_files: int) -> None:
    """Write the reports of all splits as one JSON file.

    Args:
        path: of the file.
        reports: by split.
        unlisted_files: number of video files that no annotation names.
    """
    splits = {
        split: {'counts': {k: len(v) for k, v in report.problems.items()}, **asdict(report)}
        for split, report in reports.items()
    }
    values = {'splits': splits, 'unlisted_files': unlisted_files}
    write_text(path, json.dumps(values, indent=2, ensure_ascii=False) + '\n')
