"""vared_mm: VA-RED2, input-adaptive video networks, for the OpenMMLab family.

Importing this package makes the upstream packages work together (see `vared_mm.compat`); it
imports none of them, nor torch, so the parts that need neither stay light.
"""

from vared_mm import compat

__version__ = '0.1.0'

compat.apply()
