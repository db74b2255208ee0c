"""Early exits along time: frames are read until a gate holds the answer for certain enough.

Source: Ghodrati et al., FrameExit (arXiv 2104.13400). Reading order: ``frame_order``,
``exit_gate``, ``exit_record``, ``exiting_frames``, ``exit_head``.
"""

from .exit_gate import ExitGate
from .exit_head import ExitHead
from .exit_record import ExitCosts, ExitRecord
from .exiting_frames import ExitingFrames
from .frame_order import coarse_to_fine

__all__ = ['ExitCosts', 'ExitGate', 'ExitHead', 'ExitRecord', 'ExitingFrames', 'coarse_to_fine']
