"""The formats that a network is written in."""

import importlib
import importlib.util
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
from torch.export import ExportedProgram

from .converting import converting

#: Name of a network's input.
INPUT = 'clips'


class Format(Protocol):
    """How a network is written to a file.

    Args:
        file: name of the file.
        modules: that writing and running it need.
        extra: of this package, that installs them.
        runtime: the module that runs the file.
    """

    file: str
    modules: tuple[str, ...]
    extra: str
    runtime: str

    @abstractmethod
    def write(self, program: ExportedProgram, path: Path, outputs: Sequence[str]) -> None:
        """Write a program.

        Args:
            program: of torch.
            path: of the file.
            outputs: names of its results.
        """


class TorchFormat:
    """A program of torch, which ``torch.export.load`` reads."""

    file, modules, extra, runtime = 'model.pt2', (), '', 'torch'

    def write(self, program: ExportedProgram, path: Path, outputs: Sequence[str]) -> None:
        """See :class:`Format`."""
        torch.export.save(program, path)


class OnnxFormat:
    """An ONNX graph, for ONNX Runtime and others."""

    file, extra, runtime = 'model.onnx', 'onnx', 'onnxruntime'
    modules = ('onnx', 'onnxscript', 'onnxruntime')

    def write(self, program: ExportedProgram, path: Path, outputs: Sequence[str]) -> None:
        """See :class:`Format`."""
        names = {'input_names': [INPUT], 'output_names': list(outputs)}
        with converting('the model can not be converted to ONNX'):
            made = torch.onnx.export(program, dynamo=True, verbose=False, **names)
        made.save(path)


class OpenVinoFormat:
    """OpenVINO's intermediate representation: ``model.xml``, with its weights beside it."""

    file, modules, extra, runtime = 'model.xml', ('openvino',), 'openvino', 'openvino'

    def write(self, program: ExportedProgram, path: Path, outputs: Sequence[str]) -> None:
        """See :class:`Format`."""
        openvino = importlib.import_module('openvino')
        with converting('the model can not be converted to OpenVINO'):
            made = openvino.convert_model(program)
        made.inputs[0].tensor.set_names({INPUT})
        for output, name in zip(made.outputs, outputs, strict=True):
            output.tensor.set_names({name})
        openvino.save_model(made, path, compress_to_fp16=False)


FORMATS: dict[str, Format] = {
    'torch': TorchFormat(),
    'onnx': OnnxFormat(),
    'openvino': OpenVinoFormat(),
}


def format_of(name: str) -> Format:
    """A format whose packages are installed.

    Raises:
        ValueError: if there is no such format.
        ModuleNotFoundError: naming a package that it needs.
    """
    if name not in FORMATS:
        raise ValueError(f'format {name!r}: must be one of {", ".join(FORMATS)}')
    found = FORMATS[name]
    for module in found.modules:
        if importlib.util.find_spec(module) is None:
            raise ModuleNotFoundError(
                f"format {name} needs {module}: pip install 'vared_mm[{found.extra}]'"
            )
    return found


def runtime_version(name: str) -> str:
    """Name and version of what runs a format."""
    runtime = FORMATS[name].runtime
    return f'{runtime} {importlib.import_module(runtime).__version__}'
