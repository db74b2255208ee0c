"""vared_mm: VA-RED2, input-adaptive video networks, for the OpenMMLab family.

Importing this package makes the upstream packages work together (see `vared_mm.compat`); it
imports none of them, nor torch, so the parts that need neither stay light.
"""

import importlib
from typing import Any

from vared_mm import compat
from vared_mm.files import find_config

__version__ = '0.1.0'

compat.apply()


def get_config(name: str) -> Any:
    """A recipe of this package, as mmengine's ``Config``.

    Args:
        name: such as ``'static_r2plus1d-18_96xb12-16x2x1-120e_mini-kinetics200-rgb'``, or its path
            within ``configs``; a file of one's own works too.

    Raises:
        FileNotFoundError: if there is no such config.
    """
    return importlib.import_module('mmengine.config').Config.fromfile(find_config(name))
