"""Multiply-accumulates (MACs) of single operations, in closed form.

The rules are those by which the thesis' tables were counted (THOP's): the convolution's and the
linear layer's MACs, one more per output where a convolution has a bias, two per element of a
batch norm, input plus output of an average pooling. Activations, additions, maximum pooling and
the scaling by a gate's value count nothing.
"""


def conv_macs(outputs: int, inputs_per_group: int, kernel: int, bias: bool = False) -> int:
    """MACs of a convolution.

    Args:
        outputs: elements of the result, C_out * T_o * H_o * W_o.
        inputs_per_group: C_in / groups.
        kernel: taps of the kernel, k_t * k_h * k_w.
        bias: whether each output adds one.
    """
    return outputs * (inputs_per_group * kernel + int(bias))


def linear_macs(inputs: int, outputs: int) -> int:
    """MACs of a fully connected layer from ``inputs`` to ``outputs`` features."""
    return inputs * outputs


def norm_macs(elements: int) -> int:
    """MACs of a batch (layer, group, instance) norm over ``elements``: scale and shift."""
    return 2 * elements


def pool_macs(inputs: int, outputs: int) -> int:
    """Count of an average pooling: it reads each input and writes each output once."""
    return inputs + outputs


def rebuild_macs(elements: int, kernel: int) -> int:
    """MACs of a cheap operation: one depthwise kernel of ``kernel`` taps per rebuilt element."""
    return elements * kernel


def gate_macs(pooled: int, descriptor: int, hidden: int, outputs: int) -> int:
    """MACs of one soft modulation gate for one clip.

    Args:
        pooled: elements of the layer's input, C_in * T * H * W, averaged to the descriptor.
        descriptor: C_in * T (or C_in * temporal bins).
        hidden: D_h.
        outputs: candidates of both axes, S_t + S_c; an axis with one candidate has none.
    """
    return (
        pool_macs(pooled, descriptor)
        + linear_macs(descriptor, hidden)
        + norm_macs(hidden)
        + linear_macs(hidden, outputs)
    )
