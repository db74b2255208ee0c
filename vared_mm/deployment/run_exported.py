"""Run an exported file on clips, without this package: a script that stands alone.

``python run_exported.py FORMAT FILE CLIPS.npy RESULTS.npz``; a result is named by its number.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Run = Callable[[np.ndarray], Sequence[np.ndarray]]


def load_torch(path: str) -> Run:
    """A program of torch, on the CPU."""
    torch = importlib.import_module('torch')
    module: Any = torch.export.load(path).module()

    def run(clips: np.ndarray) -> Sequence[np.ndarray]:
        with torch.no_grad():
            return [result.numpy() for result in module(torch.from_numpy(clips))]

    return run


def load_onnx(path: str) -> Run:
    """An ONNX graph, in ONNX Runtime on the CPU."""
    runtime = importlib.import_module('onnxruntime')
    session = runtime.InferenceSession(path, providers=['CPUExecutionProvider'])
    (given,) = session.get_inputs()
    return lambda clips: session.run(None, {given.name: clips})


def load_openvino(path: str) -> Run:
    """A model of OpenVINO on the CPU, in float32: by itself it may take bfloat16."""
    openvino = importlib.import_module('openvino')
    model = openvino.compile_model(path, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
    return lambda clips: [np.array(result) for result in model(clips).to_tuple()]


LOADERS: dict[str, Callable[[str], Run]] = {
    'torch': load_torch,
    'onnx': load_onnx,
    'openvino': load_openvino,
}


def main(kind: str, path: str, clips: str, results: str) -> None:
    """Load, run, write."""
    found = LOADERS[kind](path)(np.load(clips))
    np.savez(results, **{str(i): np.asarray(value) for i, value in enumerate(found)})
    assert not any(name.startswith(('vared_mm', 'mmaction', 'mmseg')) for name in sys.modules)


if __name__ == '__main__':
    main(*sys.argv[1:])
