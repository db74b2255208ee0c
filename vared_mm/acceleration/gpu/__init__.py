"""Models made quick on a GPU, by kernels that look a clip's choice up where the gate left it."""

from .gpu_twins import GpuTwins

__all__ = ['GpuTwins']
