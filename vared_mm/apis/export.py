"""Write a trained model as a file that runs without this package."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config

from vared_mm.apis.class_names import class_names
from vared_mm.apis.cost import view_macs
from vared_mm.apis.input_shapes import sample_shape, view_shape
from vared_mm.apis.loading import load_model
from vared_mm.apis.machine import list_versions
from vared_mm.deployment import (
    Choice,
    check_exported,
    chosen,
    count_classes,
    describe_input,
    describe_outputs,
    example_shape,
    export_program,
    format_of,
    network_of,
    random_clips,
    runtime_version,
    thresholds,
)
from vared_mm.dynamic import dynamic_layers, recorded_cost

MANIFEST = 'manifest.json'


def export(
    cfg: Config,
    checkpoint: str,
    out: str | Path,
    format: str = 'onnx',
    choice: Choice | None = None,
    classes: Sequence[str] | None = None,
    batch_size: int = 1,
) -> dict[str, Any]:
    """Write a trained model as a file, and run that file in a process without this package.

    The file takes normalised clips, one view each, of the size that the config validates on. Its
    results are compared with the model's; nothing is written where they differ.

    Args:
        cfg: of a recognizer, of YOWO or of a segmentor.
        checkpoint: its weights.
        out: folder for the file and ``manifest.json``, which says what it takes and gives.
        format: ``'torch'``, ``'onnx'`` or ``'openvino'``.
        choice: of a dynamic model, the candidates that every layer takes along time and along
            channels, from 0; see :func:`vared_mm.dynamic.fixed_choice`.
        classes: their names; None takes those that the data set's class or the head knows.
        batch_size: clips at once; the file takes no other number.

    Returns:
        What the manifest says.

    Raises:
        FileNotFoundError: if there is no such checkpoint.
        ModuleNotFoundError: if a package that the format needs is not installed.
        ValueError: if the model can't be exported, or the file does not give what the model gives.
    """
    written = format_of(format)
    model = load_model(cfg, checkpoint)
    network = network_of(model)
    names = list(classes) if classes else class_names(cfg)
    if names and len(names) != (count := count_classes(model)):
        raise ValueError(f'{len(names)} labels for a model of {count} classes')
    sample = sample_shape(cfg)
    clips = random_clips(example_shape(model, view_shape(model, sample), batch_size))
    try:
        with chosen(model, choice), torch.no_grad():
            with recorded_cost(model) as recorder:
                results = network(clips)
            # Of other methods a file computes everything, whatever their layers would leave out.
            cost = recorder.take() if dynamic_layers(model) else None
            program = export_program(network, clips)
    except ValueError as error:
        raise ValueError(f'{cfg.filename}: {error}') from None
    static = view_macs(cfg, model, sample)
    expected = [result.numpy() for result in results]
    shapes = {n: x.shape for n, x in zip(network.outputs, expected, strict=True)}
    out = Path(out)
    with tempfile.TemporaryDirectory() as folder:
        written.write(program, path := Path(folder, written.file), network.outputs)
        difference = check_exported(format, path, clips.numpy(), expected)
        manifest = {
            'format': format,
            'file': written.file,
            'task': network.task,
            'config': Path(cfg.filename).stem,
            'checkpoint': Path(checkpoint).name,
            'checkpoint_sha256': hashlib.sha256(Path(checkpoint).read_bytes()).hexdigest(),
            'choice': list(choice) if choice else None,
            'input': describe_input(cfg, network, tuple(clips.shape)),
            'outputs': describe_outputs(network, shapes),
            **thresholds(model),
            'classes': names,
            'macs': {
                'static': static,
                'executed': static if cost is None else int(cost.full_macs(static)[0]),
            },
            'largest_difference': difference,
            'checked_by': runtime_version(format),
            'versions': list_versions(),
        }
        text = json.dumps(manifest, indent=2)
        Path(folder, MANIFEST).write_text(text + '\n')
        out.mkdir(parents=True, exist_ok=True)
        for file in sorted(Path(folder).iterdir(), key=lambda file: file.name == MANIFEST):
            shutil.move(file, out / file.name)
    made: dict[str, Any] = json.loads(text)
    return made
