"""Accelerated models on a GPU, by kernels in Triton that read decisions on the device."""
