"""Kernels in Triton; see docs/acceleration.md for their names."""
