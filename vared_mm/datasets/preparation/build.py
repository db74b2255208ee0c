"""Building of a data set's lists out of annotations and video files."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vared_mm.datasets.preparation.annotations import Annotation, Annotations
from vared_mm.datasets.preparation.files import write_text
from vared_mm.datasets.preparation.probe import Probe, ProbeCache
from vared_mm.datasets.preparation.report import SplitReport, save_report


@dataclass(frozen=True)
class Split:
    """What a list is made from.

    Args:
        annotations: its videos.
        files: paths of video files by the name of the video.
    """

    annotations: Annotations
    files: Mapping[str, Sequence[Path]]


def build_lists(
    root: Path,
    out_dir: Path,
    splits: Mapping[str, Split],
    classes: Sequence[str],
    *,
    workers: int = 4,
    verify: bool = False,
) -> dict[str, SplitReport]:
    """Write `<split>.txt`, with lines `path,label`, for `vared_mm.VideoDataset`.

    Paths are relative to the folder of the lists. Of several files of one video, the first that
    can be read is taken. A video that was annotated for training too is left to the other split.
    Writes `classes.txt` and `report.json` too, and `probes.jsonl`, by which a later run is quick.

    Args:
        root: folder of all videos.
        out_dir: where to write.
        splits: what each list is made from, by name.
        classes: names by label.
        workers: threads that look into files.
        verify: decode every frame of every video, not only the first.

    Returns:
        A report for each split.

    Raises:
        ValueError: naming the splits that no video is left of. Their lists stay as they were.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    cache = ProbeCache(out_dir / 'probes.jsonl', root)
    seen: dict[str, Annotation] = {}
    reports = {}
    for name in sorted(splits, key=lambda name: name == 'train'):
        split, found = splits[name], splits[name].annotations
        report = SplitReport(found.path.name, left_out=found.left_out, classes=len(classes))
        report.bad_lines = found.bad_lines
        videos = _once(found.videos, seen, report)
        files = _find_files(videos, split.files, root, report)
        probes = cache.probe([path for paths in files.values() for path in paths], workers, verify)
        lines = _make_lines(videos, files, probes, (root, out_dir), report)
        labels = {int(line.rpartition(',')[2]) for line in lines}
        report.classes_without_video = [c for i, c in enumerate(classes) if i not in labels]
        if lines:
            write_text(out_dir / f'{name}.txt', ''.join(f'{line}\n' for line in lines))
        reports[name] = report
    write_text(out_dir / 'classes.txt', ''.join(f'{name}\n' for name in classes))
    save_report(out_dir / 'report.json', reports, _count_unlisted(splits.values(), seen))
    _require_videos(reports, out_dir)
    return reports


def _once(
    videos: Sequence[Annotation], seen: dict[str, Annotation], report: SplitReport
) -> list[Annotation]:
    """Leave out videos that were annotated before."""
    first = []
    for video in videos:
        before = seen.setdefault(video.name, video)
        if before is video:
            first.append(video)
        else:
            other = '' if before.label == video.label else ', as another class'
            message = f'{video.where}: {video.name} is annotated at {before.where} already{other}'
            report.duplicate.append(message)
    report.annotated = len(first)
    return first


def _find_files(
    videos: Sequence[Annotation],
    files: Mapping[str, Sequence[Path]],
    root: Path,
    report: SplitReport,
) -> dict[str, Sequence[Path]]:
    report.missing = [video.name for video in videos if video.name not in files]
    found = {video.name: files[video.name] for video in videos if video.name in files}
    for name, paths in found.items():
        if len(paths) > 1:
            message = ', '.join(path.relative_to(root).as_posix() for path in paths)
            report.duplicate.append(f'{name} has {len(paths)} files: {message}')
    return found


def _make_lines(
    videos: Sequence[Annotation],
    files: Mapping[str, Sequence[Path]],
    probes: Mapping[Path, Probe],
    folders: tuple[Path, Path],
    report: SplitReport,
) -> list[str]:
    root, out_dir = folders
    # Links are followed: the kernel goes up from where `out_dir` really is.
    prefix = os.path.relpath(root.resolve(), out_dir.resolve())
    lines = []
    for video in videos:
        paths = files.get(video.name, ())
        for path in paths:
            if error := probes[path].error:
                report.unreadable.append(f'{path.relative_to(root).as_posix()}: {error}')
        good = next((path for path in paths if not probes[path].error), None)
        if good is not None:
            report.frames += probes[good].frames
            path = os.path.normpath(os.path.join(prefix, good.relative_to(root)))
            lines.append(f'{path},{video.label}')
    report.listed = len(lines)
    return lines


def _count_unlisted(splits: Iterable[Split], names: Collection[str]) -> int:
    files = [(name, path) for split in splits for name in split.files for path in split.files[name]]
    named = {path for name, path in files if name in names}
    return len({path for _, path in files} - named)


def _require_videos(reports: Mapping[str, SplitReport], out_dir: Path) -> None:
    empty = {name: report for name, report in reports.items() if not report.listed}
    if empty:
        message = '; '.join(
            f'{name}: no video of {report.annotations} is left ({report.count_problems()})'
            for name, report in empty.items()
        )
        raise ValueError(f'{message}; see {out_dir / "report.json"}')
