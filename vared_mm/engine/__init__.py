"""What joins the training and testing loops: hooks, loops, and how checkpoints are kept."""

from .checkpoint_file import find_whole_checkpoint, read_checkpoint
from .durable_backend import WriteError
from .folder_lock import lock_folder
from .resume_check import check_resume
from .safe_weights import load_from_safetensors, save_safetensors

__all__ = [
    'WriteError',
    'check_resume',
    'find_whole_checkpoint',
    'load_from_safetensors',
    'lock_folder',
    'read_checkpoint',
    'save_safetensors',
]
