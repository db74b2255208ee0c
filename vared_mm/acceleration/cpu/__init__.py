"""Accelerated models on a CPU: native layers in C++ (``csrc``), and oneDNN for the rest."""
