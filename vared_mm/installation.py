"""What is installed here, as one record that the doctor's checks look at."""

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field

# The distributions of one thing: they share files, so there should be exactly one of them.
FAMILIES: dict[str, tuple[str, ...]] = {
    'torch': ('torch',),
    'mmengine': ('onedl-mmengine', 'mmengine', 'mmengine-lite'),
    'mmcv': ('onedl-mmcv', 'mmcv', 'mmcv-lite', 'mmcv-full'),
    'mmaction2': ('mmaction2',),
    'mmsegmentation': ('onedl-mmsegmentation', 'mmsegmentation'),
    'PyAV': ('av',),
    'OpenCV': (
        'opencv-python',
        'opencv-python-headless',
        'opencv-contrib-python',
        'opencv-contrib-python-headless',
    ),
    'numpy': ('numpy',),
}

# What is imported to see whether each works (a top-level package often imports nothing), what
# others need first, so that the first failure is the cause of those after it.
_MODULES = {
    'numpy': 'numpy',
    'PyAV': 'av',
    'OpenCV': 'cv2',
    'torch': 'torch',
    'torchvision': 'torchvision',
    'mmengine': 'mmengine.runner',
    'mmcv': 'mmcv.ops',
    'mmaction2': 'mmaction.models',
    'mmsegmentation': 'mmseg.models',
}


@dataclass(frozen=True)
class Installation:
    """What the checks look at.

    Args:
        distributions: name (lower case, hyphens) -> version, of every installed distribution.
        broken: family or 'torchvision' -> its import's error in one line, the cause first.
        h264_encoder: the encoder that PyAV takes for H.264, None without one.
        compiled_ops: whether mmcv has its compiled ops.
        compiler: path of a C++ compiler, None without one.
        device: what torch computes on.
        threads: how many CPU threads torch uses, 0 without torch.
    """

    distributions: Mapping[str, str]
    broken: Mapping[str, str] = field(default_factory=dict)
    h264_encoder: str | None = None
    compiled_ops: bool = False
    compiler: str | None = None
    device: str = 'CPU'
    threads: int = 0

    def installed(self, family: str) -> list[str]:
        """Return which distributions of a family are installed."""
        return [name for name in FAMILIES[family] if name in self.distributions]

    def versions(self) -> dict[str, str]:
        """Return a line's worth for each family, '-' where it is missing."""
        lines = {'python': platform.python_version()}
        for family in FAMILIES:
            found = [f'{self.distributions[name]} ({name})' for name in self.installed(family)]
            lines[family] = ', '.join(found) or '-'
        return lines | {'device': self.device, 'threads': str(self.threads)}


def _distributions() -> dict[str, str]:
    found = importlib.metadata.distributions()
    return {re.sub(r'[-_.]+', '-', one.name).lower(): one.version for one in found}


def _import_error(module: str) -> str | None:
    """Import a module; return what stopped it. A broken one may raise anything."""
    try:
        found = importlib.import_module(module)
    except Exception as error:
        return f'{type(error).__name__}: {error}'.splitlines()[0]
    # What is left when one of two distributions with the same files is removed.
    return None if getattr(found, '__file__', None) else f'{module} is an empty folder'


def _h264_encoder() -> str | None:
    try:
        return importlib.import_module('av.codec').Codec('h264', 'w').name
    except ValueError:
        return None


def look() -> Installation:
    """Describe this Python's installation; imports everything once, which takes seconds."""
    distributions = _distributions()
    installed = [
        family for family in _MODULES if distributions.keys() & set(FAMILIES.get(family, (family,)))
    ]
    errors = {family: _import_error(_MODULES[family]) for family in installed}
    broken = {family: error for family, error in errors.items() if error is not None}
    working = errors.keys() - broken.keys()

    device, threads = 'CPU', 0
    if 'torch' in working:
        torch = importlib.import_module('torch')
        threads = torch.get_num_threads()
        if torch.cuda.is_available():
            device = f'{torch.cuda.get_device_name()} (CUDA {torch.version.cuda})'
    return Installation(
        distributions=distributions,
        broken=broken,
        h264_encoder=_h264_encoder() if 'PyAV' in working else None,
        compiled_ops='mmcv' in working and importlib.util.find_spec('mmcv._ext') is not None,
        compiler=shutil.which(os.environ.get('CXX', 'c++')) or shutil.which('g++'),
        device=device,
        threads=threads,
    )
