"""Native operations refuse what does not fit together, and take no clips at all."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from vared_mm.acceleration.cpu.library import load_native


@pytest.fixture(autouse=True)
def _native() -> None:
    load_native()


def clips(channels: int, frames: int, height: int, width: int) -> Tensor:
    return torch.randn(2, channels, frames, height, width)


def test_layers_of_another_shape_are_refused():
    ops, x = torch.ops.vared_mm_native, clips(8, 2, 4, 4)
    packed = ops.pack_weights(torch.randn(16, 8, 1, 1, 1), False)
    one, none = (1, 1, 1), (0, 0, 0)
    with pytest.raises(RuntimeError, match='packed for another layer'):
        ops.convolve(x, packed, one, one, none, 32, None, None, False)
    with pytest.raises(RuntimeError, match='residual of another size'):
        ops.convolve(x, packed, one, one, none, 16, None, clips(8, 2, 4, 4), False)
    wide, kernel = ops.pack_weights(torch.randn(8, 1, 1, 1, 4), True), (1, 1, 4)
    with pytest.raises(RuntimeError, match='depthwise kernel of another kind'):
        ops.convolve(x, wide, kernel, one, none, 8, None, None, False)
    with pytest.raises(RuntimeError, match='smaller than the kernel'):
        ops.max_pool(x, (3, 3, 3), one, none)
    with pytest.raises(RuntimeError, match='float32'):
        ops.max_pool(x.double(), one, one, none)
    with pytest.raises(RuntimeError, match='scale for other channels'):
        ops.swish(x, torch.ones(2, 9, 1, 1, 1))
    with pytest.raises(RuntimeError, match='float32'):
        ops.swish(x.double(), None)


@pytest.mark.parametrize('stride', [1, 2, 3])
@pytest.mark.parametrize('size', [(4, 2, 8), (4, 8, 1), (0, 8, 8), (4, 0, 8)])
def test_clips_that_torch_refuses_are_refused(size, stride):
    """A negative number over a stride would be rounded up to zero."""
    ops, x, kernel, none = torch.ops.vared_mm_native, clips(8, *size), (1, 3, 3), (0, 0, 0)
    strides = (stride,) * 3
    packed = {d: ops.pack_weights(torch.randn(8, 1 if d else 8, *kernel), d) for d in (False, True)}
    layer = dynamic_layer(kernel, strides)
    weights = torch.ones(2, 1), torch.ones(2, 2)
    calls = [
        lambda: F.conv3d(x, torch.randn(8, 8, *kernel), None, strides),
        lambda: F.max_pool3d(x, kernel, strides),
        lambda: ops.max_pool(x, kernel, strides, none),
        lambda: ops.max_pool(x.to('meta'), kernel, strides, none),
        lambda: run(layer, x, weights, means=True),
    ]
    for weight in packed.values():
        options = (kernel, strides, none, 8, None, None, False)
        calls.append(lambda w=weight, o=options: ops.convolve(x, w, *o))
        calls.append(lambda w=weight, o=options: ops.convolve_averaged(x, w, *o))
    for call in calls:
        with pytest.raises(RuntimeError):
            call()


def dynamic_layer(kernel=(1, 3, 3), stride=(1, 1, 1), padding=(0, 0, 0), channels=8):
    """All or half of the channels of every frame."""
    pack, none = torch.ops.vared_mm_native.pack_weights, torch.empty(0)
    weight, half = torch.randn(8, channels, *kernel), torch.randn(1, 9, 4)
    return torch.classes.vared_mm_native.DynamicLayer(
        [pack(weight, False), pack(weight[:4], False)],
        None,
        [kernel, stride, padding],
        [8, 4],
        [[none], [none, half]],
        torch.ones(8),
        torch.zeros(8),
    )


def run(layer, x: Tensor, weights: tuple[Tensor, Tensor], means: bool = False):
    """A dynamic layer that follows given weights, without a gate."""
    return layer.run(x, None, None, list(weights), None, False, means)


def test_no_clips_give_no_result():
    ops, x, one, none = torch.ops.vared_mm_native, clips(8, 2, 4, 4)[:0], (1, 1, 1), (0, 0, 0)
    packed = ops.pack_weights(torch.randn(16, 8, 1, 1, 1), False)
    options = (one, one, none, 16, None, None, True)
    assert ops.convolve(x, packed, *options).shape == (0, 16, 2, 4, 4)
    out, means = ops.convolve_averaged(x, packed, *options)
    assert (out.shape, means.shape) == ((0, 16, 2, 4, 4), (0, 2, 16))
    assert ops.max_pool(x, one, one, none).shape == x.shape
    assert ops.swish(x, torch.ones(0, 8, 1, 1, 1)).shape == x.shape
    assert ops.swish(clips(0, 2, 4, 4), None).shape == (2, 0, 2, 4, 4)
    assert ops.swish_averaged(clips(8, 2, 0, 4), None)[1].isnan().all()
    assert ops.average_frames(x.contiguous(memory_format=torch.channels_last_3d)).shape == (0, 2, 8)
    weights = torch.ones(0, 1), torch.ones(0, 2)
    out, means = run(dynamic_layer(channels=8), x, weights, means=True)[:2]
    assert (out.shape, means.shape) == ((0, 8, 2, 2, 2), (0, 2, 8))
    computed = torch.randn(0, 2, 4, 4, 8)
    kernels = [], [torch.randn(4, 1, 3, 3)]
    assert ops.rebuild_mix_all(computed, *weights, [8, 4], *kernels).shape == computed.shape
    grads = ops.rebuild_mix_backward(computed, computed, *weights, [8, 4], *kernels)
    assert [tuple(g.shape) for g in grads] == [(0, 2, 4, 4, 8), (0, 1), (0, 2), (4, 1, 3, 3)]
    assert not grads[-1].any()


def test_what_does_not_fit_together_is_refused():
    ops, x, one, none = torch.ops.vared_mm_native, clips(8, 2, 4, 4), (1, 1, 1), (0, 0, 0)
    pack, full = ops.pack_weights, (one, one, none)
    # Of eight channels at most, weights for 24 and 30 inputs are as long as each other.
    narrow, deep = pack(torch.randn(8, 24, 1, 3, 3), False), (1, 3, 3)
    layer, weights = dynamic_layer(), (torch.ones(2, 1), torch.ones(2, 2))
    squeeze, none_t = torch.randn(3, 16), torch.empty(0)
    gate = (squeeze, torch.zeros(3), torch.randn(2, 3), torch.zeros(2))
    computed, index = torch.randn(2, 2, 4, 4, 8), torch.arange(2)
    mixed = ([[none_t], [none_t, torch.randn(1, 9, 4)]], torch.ones(8), torch.zeros(8))

    def rebuild(computed=computed, index=index, weights=weights, used=([0], [0, 1]), taps=mixed):
        (frames, channels), scale, shift = taps
        out = torch.empty(2, 2, 4, 4, 8)
        more = (frames, channels, scale, shift, False, out)
        ops.rebuild_mix(computed, index, *weights, *used, [8, 4], *more)

    rebuild()
    run(layer, x, weights)
    ops.decide(torch.randn(2, 2, 8), 2, *gate, [0, 2], 0.0)
    refused = {
        'weights for other channels': lambda: ops.convolve(
            clips(30, 2, 4, 4), narrow, deep, one, none, 8, None, None, False
        ),
        'a depthwise kernel for others': lambda: ops.convolve(
            clips(9, 2, 4, 4), pack(torch.randn(8, 1, 1, 1, 1), True), *full, 8, None, None, False
        ),
        'a bias for others': lambda: ops.convolve(
            x, pack(torch.randn(8, 8, 1, 1, 1), False), *full, 8, torch.ones(7), None, False
        ),
        'a stride of zero': lambda: ops.max_pool(x, one, (1, 0, 1), none),
        'padding beyond half a kernel': lambda: ops.max_pool(x, one, one, (0, 0, 1)),
        'two axes': lambda: ops.max_pool(x, (1, 1), one, none),
        'images': lambda: ops.max_pool(x[:, :, 0], one, one, none),
        'no channels': lambda: ops.average_frames(clips(0, 2, 4, 4)),
        'weights of other clips': lambda: run(layer, x, (torch.ones(1, 1), weights[1])),
        'weights of other candidates': lambda: run(layer, x, (torch.ones(2, 3), weights[1])),
        'clips of other channels': lambda: run(layer, clips(9, 2, 4, 4), weights),
        'no gate': lambda: layer.run(x, 0.0, None, None, None, False, False),
        'no decision': lambda: layer.run(x, None, None, None, None, False, False),
        'a gate of other candidates': lambda: ops.decide(
            torch.randn(2, 2, 8), 2, *gate, [3, 2], 0.0
        ),
        'averages in another order': lambda: ops.decide(
            torch.randn(2, 8, 2).transpose(1, 2), 2, *gate, [0, 2], 0.0
        ),
        'an index beyond': lambda: rebuild(index=torch.tensor([0, 2])),
        'a candidate beyond': lambda: rebuild(used=([0], [0, 2])),
        'half computed for all': lambda: rebuild(computed=computed[..., :4].contiguous()),
        'other cheap operations': lambda: rebuild(
            taps=([[none_t], [none_t, torch.randn(1, 25, 4)]], *mixed[1:])
        ),
        'a gradient of other size': lambda: ops.rebuild_mix_backward(
            computed[:1], computed, *weights, [8, 4], [], [torch.randn(4, 1, 3, 3)]
        ),
        'kernels of others': lambda: ops.rebuild_mix_backward(
            computed, computed, *weights, [8, 4], [], [torch.randn(5, 1, 3, 3)]
        ),
    }
    for what, call in refused.items():
        with pytest.raises(RuntimeError):
            call()
            pytest.fail(f'not refused: {what}')
