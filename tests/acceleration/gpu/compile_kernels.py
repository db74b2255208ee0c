"""Compile every kernel for a GPU, which need not be there; print a line for each.

The interpreter takes some things that the compiler refuses.
"""

from itertools import product
from types import SimpleNamespace
from typing import Any

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from vared_mm.acceleration.gpu.kernels import gate, mix
from vared_mm.acceleration.gpu.kernels.convolve_depthwise import convolve_depthwise_kernel
from vared_mm.acceleration.gpu.kernels.convolve_gather import convolve_gather_kernel
from vared_mm.acceleration.gpu.kernels.convolve_tma import convolve_tma_kernel

TARGET = GPUTarget('cuda', 90, 32)
SHARED_MEMORY = 227 * 1024  # that a program may have there
TYPES = {torch.float32: '*fp32', torch.bfloat16: '*bf16'}
CLIPS = ('x_ptr', 'weight_ptr', 'part_ptr', 'out_ptr', 'scratch_ptr')
SHARED: dict[str, Any] = {'S_T': 2, 'S_C': 3}
KINDS: list[tuple[Any, dict[str, Any]]] = [
    (convolve_tma_kernel, {'KH': 3, 'KW': 3, 'PRECISION': 'tf32'}),
    (convolve_tma_kernel, {'KH': 1, 'KW': 1, 'PRECISION': 'ieee'}),
    (convolve_gather_kernel, {'KH': 3, 'KW': 3, 'RUN': False, 'UNIT': 16, 'EVEN': True}),
    (convolve_gather_kernel, {'KH': 7, 'KW': 7, 'RUN': True, 'UNIT': 1, 'EVEN': False}),
    (convolve_depthwise_kernel, {'KT': 3, 'KH': 3, 'KW': 3, 'UNIT': 2, 'BIAS': True}),
    (mix.mix_channels_kernel, {'K': 3, 'UNIT': 4, 'UNIT_KEPT': 1}),
    (mix.mix_frames_kernel, {'K': 1, 'UNIT': 2, 'UNIT_KEPT': 2}),
    (gate.decide_kernel, {'HIDDEN': 16, 'SCORES': 8, 'UNIT': 4}),
]
MORE = {
    convolve_tma_kernel: {'UNIT_OUT': 4, 'CLIPS': 32, 'BIAS': False},
    convolve_gather_kernel: {'UNIT_OUT': 4, 'CLIPS': 32, 'BIAS': False, 'PRECISION': 'tf32'},
    gate.decide_kernel: {'BLOCK_P': gate.BLOCK_P, 'BLOCK_C': gate.BLOCK_C},
}


def variants(kernel: Any, dtype: torch.dtype) -> list[triton.Config]:
    """All tiles that a kernel is tuned over, or none in particular; in bfloat16 the first."""
    tiles = getattr(kernel, 'configs', [triton.Config({})])
    return tiles if dtype == torch.float32 else tiles[:1]


def compile_kernel(
    kernel: Any, dtype: torch.dtype, constants: dict[str, Any], config: triton.Config
) -> None:
    """Down to machine code."""
    while not isinstance(kernel, triton.JITFunction):
        kernel = kernel.fn
    constants = {**constants, **config.kwargs}
    if 'CLIPS' in constants:
        constants['BLOCK_K'] = 128 // dtype.itemsize
    if not constants.get('BIAS', True):
        constants['bias_ptr'] = None
    boxes = {}
    if config.pre_hook:
        boxes = {name: SimpleNamespace() for name in kernel.arg_names if name.endswith('_desc')}
        config.pre_hook({**constants, **boxes})
    signature = {}
    for name in kernel.arg_names:
        if name in constants:
            signature[name] = 'constexpr'
        elif name in boxes:
            signature[name] = f'tensordesc<{TYPES[dtype][1:]}{boxes[name].block_shape}>'
        elif name.endswith('_ptr'):
            whole = name in ('kept_ptr', 'ended_ptr')
            signature[name] = '*i32' if whole else TYPES[dtype] if name in CLIPS else '*fp32'
        else:
            signature[name] = 'fp32' if name == 'threshold' else 'i32'
    names = ('num_warps', 'num_stages', 'maxnreg')
    options = {name: getattr(config, name) for name in names}
    done = triton.compile(ASTSource(kernel, signature, constants), TARGET, options)
    assert done.asm['cubin'] and done.metadata.shared <= SHARED_MEMORY
    print(kernel.__name__, dtype, config)


if __name__ == '__main__':
    for (kernel, constants), dtype in product(KINDS, TYPES):
        for config in variants(kernel, dtype):
            every = {**SHARED, **constants, **MORE.get(kernel, {})}
            compile_kernel(kernel, dtype, every, config)
