"""Native convolutions and poolings give what torch's own give."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration import accelerate
from vared_mm.acceleration.native import load_native, native_convolves
from vared_mm.acceleration.static_layers import NativeConv3d, NativeMaxPool3d
from vared_mm.dynamic import convert_to_dynamic, fixed_choice

GEOMETRIES = [  # kernel, stride, padding, T, H, W
    ((1, 1, 1), (1, 1, 1), (0, 0, 0), 2, 3, 70),
    ((1, 1, 1), (2, 2, 2), (0, 0, 0), 3, 5, 4),
    ((1, 3, 3), (1, 1, 1), (0, 1, 1), 3, 7, 9),
    ((1, 3, 3), (1, 2, 2), (0, 1, 1), 2, 8, 20),
    ((3, 1, 1), (1, 1, 1), (1, 0, 0), 5, 3, 13),
    ((3, 1, 1), (2, 1, 1), (1, 0, 0), 6, 9, 1),
    ((3, 3, 3), (1, 1, 1), (1, 1, 1), 1, 1, 1),
    ((3, 3, 3), (2, 2, 1), (1, 1, 1), 5, 6, 31),
    ((3, 5, 4), (1, 3, 2), (2, 2, 3), 4, 11, 12),
    ((5, 1, 1), (1, 1, 1), (2, 0, 0), 7, 2, 8),
    ((2, 7, 7), (1, 2, 2), (1, 3, 3), 2, 8, 19),
]


@pytest.fixture(autouse=True)
def _native() -> None:
    load_native()


def clips(channels: int, frames: int, height: int, width: int) -> Tensor:
    return torch.randn(2, channels, frames, height, width)


def convolve(x: Tensor, weight: Tensor, *more, depthwise: bool = False, relu: bool = False):
    """``more``: shift, residual, stride, padding."""
    ops, (shift, residual, stride, padding) = torch.ops.vared_mm_native, more
    packed, kernel = ops.pack_weights(weight, depthwise), weight.shape[2:]
    return ops.convolve(x, packed, shift, residual, kernel, stride, padding, len(weight), relu)


@pytest.mark.parametrize('geometry', GEOMETRIES)
@pytest.mark.parametrize(
    ('channels', 'out'),
    [(1, 7), (3, 64), (3, 24), (8, 1), (9, 16), (20, 37), (16, 83), (11, 176), (64, 72), (37, 5)],
)
def test_convolutions_come_out_the_same(geometry, channels, out):
    torch.manual_seed(0)
    kernel, stride, padding, *size = geometry
    x, shift = clips(channels, *size), torch.randn(out)
    weight = torch.randn(out, channels, *kernel) / channels**0.5
    expected = F.conv3d(x, weight, shift, stride, padding)
    found = convolve(x, weight, shift, None, stride, padding)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert found.is_contiguous(memory_format=torch.channels_last_3d)
    residual = torch.randn_like(expected)
    found = convolve(x, weight, shift, residual, stride, padding, relu=True)
    torch.testing.assert_close(found, (expected + residual).relu(), rtol=1e-4, atol=1e-4)


def test_kernels_larger_than_the_cache_are_taken_in_parts():
    torch.manual_seed(0)
    x, weight = clips(900, 3, 4, 4), torch.randn(80, 900, 3, 3, 3) / 100
    expected = F.conv3d(x, weight, None, 1, 1)
    residual = torch.randn_like(expected)
    found = convolve(x, weight, None, residual, (1, 1, 1), (1, 1, 1))
    torch.testing.assert_close(found, expected + residual, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('channels', [1, 16, 54, 130])
@pytest.mark.parametrize(
    ('kernel', 'stride', 'padding', 'size'),
    [
        ((5, 1, 1), (1, 1, 1), (2, 0, 0), (7, 3, 9)),
        ((1, 1, 1), (1, 3, 2), (0, 0, 0), (2, 7, 18)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (4, 9, 17)),
        ((3, 3, 3), (2, 2, 2), (1, 1, 1), (5, 6, 15)),
        ((3, 3, 3), (1, 2, 1), (2, 2, 0), (3, 4, 13)),
        ((1, 5, 5), (1, 1, 1), (0, 2, 2), (3, 6, 6)),
        ((3, 4, 5), (2, 2, 2), (1, 1, 1), (4, 9, 32)),
        ((1, 7, 7), (1, 1, 1), (0, 3, 3), (1, 8, 2)),
        ((2, 7, 7), (1, 2, 2), (0, 2, 3), (3, 11, 23)),
    ],
)
def test_depthwise_convolutions_come_out_the_same(kernel, stride, padding, size, channels):
    torch.manual_seed(0)
    x, weight = clips(channels, *size), torch.randn(channels, 1, *kernel)
    shift = torch.randn(channels)
    expected = F.conv3d(x, weight, shift, stride, padding, groups=channels)
    settings = {'depthwise': True, 'relu': True}
    found = convolve(x, weight, shift, None, stride, padding, **settings)
    torch.testing.assert_close(found, expected.relu(), rtol=1e-4, atol=1e-4)
    residual = torch.randn_like(expected)
    found = convolve(x, weight, shift, residual, stride, padding, **settings)
    torch.testing.assert_close(found, (expected + residual).relu(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('channels', [1, 16, 54, 130])
@pytest.mark.parametrize(
    ('kernel', 'stride', 'padding', 'size'),
    [
        ((1, 3, 3), (1, 2, 2), (0, 1, 1), (2, 20, 33)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (3, 5, 18)),
        ((3, 3, 3), (1, 1, 1), (1, 1, 1), (3, 5, 7)),
        ((3, 3, 3), (2, 2, 2), (1, 1, 1), (5, 7, 4)),
        ((2, 2, 2), (2, 2, 2), (0, 0, 0), (4, 6, 9)),
    ],
)
def test_maxima_come_out_the_same_with_infinities_and_nan(kernel, stride, padding, size, channels):
    torch.manual_seed(0)
    x = clips(channels, *size)
    x.view(-1)[::97], x.view(-1)[5::91], x.view(-1)[3::89] = float('nan'), torch.inf, -torch.inf
    found = torch.ops.vared_mm_native.max_pool(x, kernel, stride, padding)
    torch.testing.assert_close(
        found, F.max_pool3d(x, kernel, stride, padding), rtol=0, atol=0, equal_nan=True
    )


@pytest.mark.parametrize('scaled', [False, True])
@pytest.mark.parametrize('channels', [1, 16, 54, 130])
@pytest.mark.parametrize('size', [(1, 1, 1), (3, 5, 7), (4, 16, 33)])
def test_swish_and_its_averages_come_out_the_same(size, channels, scaled):
    torch.manual_seed(0)
    x = 30 * clips(channels, *size)
    scale = torch.rand(2, channels, 1, 1, 1) if scaled else None
    expected = F.silu(x * scale if scaled else x)
    found, means = torch.ops.vared_mm_native.swish_averaged(x, scale)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(means, expected.mean((3, 4)).movedim(1, 2), rtol=1e-5, atol=1e-5)
    assert torch.equal(torch.ops.vared_mm_native.swish(x, scale), found)


def test_swish_of_what_is_large_or_no_number():
    x = torch.tensor([torch.nan, torch.inf, 1e30, 88.5, 0.0, -0.0, -87.5, -88.5, -1e30] * 9)
    found = torch.ops.vared_mm_native.swish(x.view(1, 81, 1, 1, 1), None).flatten()
    torch.testing.assert_close(found, F.silu(x), rtol=1e-6, atol=1e-6, equal_nan=True)


def test_nan_stays_behind_a_relu():
    x = torch.full((1, 16, 1, 2, 2), float('nan'))
    found = convolve(x, torch.ones(16, 16, 1, 1, 1), None, None, (1, 1, 1), (0, 0, 0), relu=True)
    assert found.isnan().all()


def test_layers_of_another_shape_are_refused():
    ops, x = torch.ops.vared_mm_native, clips(8, 2, 4, 4)
    packed = ops.pack_weights(torch.randn(16, 8, 1, 1, 1), False)
    one, none = (1, 1, 1), (0, 0, 0)
    with pytest.raises(RuntimeError, match='packed for another layer'):
        ops.convolve(x, packed, None, None, one, one, none, 32, False)
    with pytest.raises(RuntimeError, match='residual of another size'):
        ops.convolve(x, packed, None, clips(8, 2, 4, 4), one, one, none, 16, False)
    wide, kernel = ops.pack_weights(torch.randn(8, 1, 1, 1, 4), True), (1, 1, 4)
    with pytest.raises(RuntimeError, match='depthwise kernel of another kind'):
        ops.convolve(x, wide, None, None, kernel, one, none, 8, False)
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
        lambda: layer.run_decided(x, *weights, None, False, True),
    ]
    for weight in packed.values():
        options = (None, None, kernel, strides, none, 8, False)
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
        False,
    )


def test_no_clips_give_no_result():
    ops, x, one, none = torch.ops.vared_mm_native, clips(8, 2, 4, 4)[:0], (1, 1, 1), (0, 0, 0)
    packed = ops.pack_weights(torch.randn(16, 8, 1, 1, 1), False)
    options = (None, None, one, one, none, 16, True)
    assert ops.convolve(x, packed, *options).shape == (0, 16, 2, 4, 4)
    out, means = ops.convolve_averaged(x, packed, *options)
    assert (out.shape, means.shape) == ((0, 16, 2, 4, 4), (0, 2, 16))
    assert ops.max_pool(x, one, one, none).shape == x.shape
    assert ops.swish(x, torch.ones(0, 8, 1, 1, 1)).shape == x.shape
    assert ops.swish(clips(0, 2, 4, 4), None).shape == (2, 0, 2, 4, 4)
    assert ops.swish_averaged(clips(8, 2, 0, 4), None)[1].isnan().all()
    assert ops.average_frames(x.contiguous(memory_format=torch.channels_last_3d)).shape == (0, 2, 8)
    weights = torch.ones(0, 1), torch.ones(0, 2)
    out, means = dynamic_layer(channels=8).run_decided(x, *weights, None, False, True)
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
    layer.run_decided(x, *weights, None, False, False)
    ops.decide(torch.randn(2, 2, 8), 2, *gate, [0, 2], 0.0)
    refused = {
        'weights for other channels': lambda: ops.convolve(
            clips(30, 2, 4, 4), narrow, None, None, deep, one, none, 8, False
        ),
        'a depthwise kernel for others': lambda: ops.convolve(
            clips(9, 2, 4, 4), pack(torch.randn(8, 1, 1, 1, 1), True), None, None, *full, 8, False
        ),
        'a bias for others': lambda: ops.convolve(
            x, pack(torch.randn(8, 8, 1, 1, 1), False), torch.ones(7), None, *full, 8, False
        ),
        'a stride of zero': lambda: ops.max_pool(x, one, (1, 0, 1), none),
        'padding beyond half a kernel': lambda: ops.max_pool(x, one, one, (0, 0, 1)),
        'two axes': lambda: ops.max_pool(x, (1, 1), one, none),
        'images': lambda: ops.max_pool(x[:, :, 0], one, one, none),
        'no channels': lambda: ops.average_frames(clips(0, 2, 4, 4)),
        'weights of other clips': lambda: layer.run_decided(
            x, torch.ones(1, 1), weights[1], None, False, False
        ),
        'weights of other candidates': lambda: layer.run_decided(
            x, torch.ones(2, 3), weights[1], None, False, False
        ),
        'clips of other channels': lambda: layer.run_decided(
            clips(9, 2, 4, 4), *weights, None, False, False
        ),
        'no gate': lambda: layer.run(x, 0.0, None, None, False, False),
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


@pytest.mark.parametrize(
    ('conv', 'known'),
    [
        (nn.Conv3d(8, 8, (1, 3, 3)), True),
        (nn.Conv2d(8, 8, 3), True),
        (nn.Conv3d(3, 8, (1, 3, 3)), True),
        (nn.Conv3d(3, 8, (3, 1, 1)), False),
        (nn.Conv3d(8, 8, (1, 3, 3), dilation=(1, 2, 2)), False),
        (nn.Conv3d(8, 8, 1, dtype=torch.bfloat16), False),
        (nn.Conv3d(8, 8, 3, padding='same'), False),
        (nn.Conv3d(8, 8, 3, padding=1, padding_mode='reflect'), False),
        (nn.Conv3d(8, 8, (1, 3, 3), groups=2), False),
        (nn.Conv3d(8, 8, (1, 3, 3), groups=8), True),
        (nn.Conv2d(8, 8, 7, padding=3, groups=8), True),
        (nn.Conv3d(8, 16, (1, 3, 3), groups=8), False),
        (nn.Conv2d(8, 8, 9, groups=8), False),
        (nn.Conv2d(8, 8, 3, stride=3, groups=8), False),
        (nn.Conv2d(8, 8, 3, padding=2, groups=8), False),
    ],
)
def test_what_the_native_code_takes(conv, known):
    assert native_convolves(conv) is (known and torch.ops.vared_mm_native.has_wide_vectors())


class Block(nn.Module):
    """A residual block of factorised convolutions behind a pooling, and a sum of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool3d((1, 3, 3), 2, (0, 1, 1))
        self.space = nn.Conv3d(24, 40, (1, 3, 3), padding=(0, 1, 1), bias=False)
        self.bn1 = nn.BatchNorm3d(40)
        self.time = nn.Conv3d(40, 24, (3, 1, 1), padding=(1, 0, 0))
        self.bn2 = nn.BatchNorm3d(24)
        self.last = nn.Conv3d(24, 24, 1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(x)
        y = self.relu(x + self.bn2(self.time(self.relu(self.bn1(self.space(x))))))
        z = self.last(y)
        return z + z.mean()


def test_static_layers_take_in_norms_activations_and_shortcuts(graphs):
    torch.manual_seed(0)
    model, x = vary(Block()), clips(24, 4, 16, 16)
    with torch.no_grad():
        model(x)
    expected = model.eval()(x)
    quick = accelerate(model, x, compiled=False)
    natives = {
        n: type(m) for n, m in quick.named_modules() if type(m) in (NativeConv3d, NativeMaxPool3d)
    }
    if torch.ops.vared_mm_native.has_wide_vectors():
        convs = dict.fromkeys(('space', 'time', 'last'), NativeConv3d)
        assert natives == {'pool': NativeMaxPool3d, **convs}
    with torch.no_grad():
        torch.testing.assert_close(quick(x), expected, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(accelerate(model, x)(x), expected, rtol=1e-4, atol=1e-4)
    if torch.ops.vared_mm_native.has_wide_vectors():
        convolve = torch.ops.vared_mm_native.convolve.default
        nodes = graphs[0].find_nodes(op='call_function', target=convolve)
        taken = [(node.args[3] is not None, node.args[-1]) for node in nodes]
        # The space convolution has its ReLU, the one in time the shortcut too, the last no sum.
        assert taken == [(False, True), (True, True), (False, False)]


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float64])
def test_static_models_in_another_type_are_left_to_torch(dtype):
    torch.manual_seed(0)
    model, x = Block().eval().to(dtype), clips(24, 4, 16, 16).to(dtype)
    quick = accelerate(model, x, compiled=False)
    assert not any(type(m) in (NativeConv3d, NativeMaxPool3d) for m in quick.modules())
    with torch.no_grad():
        torch.testing.assert_close(quick(x), model(x), rtol=0.05, atol=0.05)


@pytest.mark.parametrize('threads', [1, 4])
@pytest.mark.parametrize('height', [41, 120])
@pytest.mark.parametrize('choice', [(0, 0), (1, 0), (0, 1), (1, 1), (2, 2)])
def test_bands_of_rows_meet_without_a_seam(threads, height, choice):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv3d(16, 40, (1, 3, 3), padding=(0, 1, 1)), nn.Conv3d(40, 40, 3, 1, 1, groups=40)
    )
    x = clips(16, 4, height, 17)
    model = vary(convert_to_dynamic(model, x.shape[1:], 3, 3)).eval()
    quick, before = accelerate(model, x, compiled=False), torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        with torch.no_grad(), fixed_choice(model, *choice), fixed_choice(quick, *choice):
            torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)
    finally:
        torch.set_num_threads(before)


class OwnPool(nn.MaxPool3d):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) + 1


def hooked(layer: nn.Module) -> nn.Module:
    layer.register_forward_hook(lambda _m, _i, out: out + 1)
    return layer


@pytest.mark.parametrize(
    'layer',
    [
        OwnPool(2),
        hooked(nn.MaxPool3d(2)),
        nn.MaxPool3d(3, 2, ceil_mode=True),
        nn.MaxPool3d(2, dilation=2),
        hooked(nn.Conv3d(8, 8, 1)),
        nn.utils.parametrizations.weight_norm(nn.Conv3d(8, 8, 1)),
        nn.Conv3d(8, 8, 3, padding=1, padding_mode='circular'),
        nn.Conv3d(8, 8, 3, padding='same'),
    ],
)
def test_other_layers_are_left(layer, monkeypatch):
    monkeypatch.setattr('vared_mm.acceleration.native.has_wide_vectors', lambda: True)
    monkeypatch.setattr('vared_mm.acceleration.static_layers.has_wide_vectors', lambda: True)
    torch.manual_seed(0)
    model, x = nn.Sequential(layer, nn.ReLU()).eval(), clips(8, 4, 9, 9)
    quick = accelerate(model, x, compiled=False)
    assert type(quick[0]) is type(layer)
    with torch.no_grad():
        torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-4)


class Asks(nn.Module):
    """A forward that reads attributes of its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn, self.relu = nn.Conv3d(8, 9, 1), nn.BatchNorm3d(9), nn.ReLU()
        self.pool = nn.MaxPool3d(2, padding=1)

    def forward(self, x: Tensor) -> dict:
        conv, pool, bn = self.conv, self.pool, self.bn
        y = pool(self.relu(bn(conv(x.to(conv.weight.device, conv.weight.dtype)))))
        return {
            'sums': [y.sum(), conv.weight.sum(), conv.bias.sum(), bn.weight.sum()],
            'sizes': [conv.in_channels, conv.out_channels, conv.stride, conv.groups, bn.eps],
            'pool': [pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode],
            'kinds': [isinstance(conv, nn.Conv3d), isinstance(bn, nn.BatchNorm3d), conv.training],
            'norm': [bn.num_features, bn.running_mean.sum(), self.relu.inplace],
        }


@pytest.mark.parametrize('dynamic', [False, True])
def test_forwards_that_read_attributes_of_layers_find_them(dynamic, monkeypatch):
    monkeypatch.setattr('vared_mm.acceleration.native.has_wide_vectors', lambda: True)
    monkeypatch.setattr('vared_mm.acceleration.static_layers.has_wide_vectors', lambda: True)
    torch.manual_seed(0)
    model, x = Asks(), clips(8, 4, 6, 6)
    if dynamic:
        model = convert_to_dynamic(model, x.shape[1:])
    with torch.no_grad():
        model.train()(x)
        nn.init.normal_(model.bn.weight)
    model.eval()
    quick = accelerate(model, x, compiled=False)
    assert dynamic or type(quick.conv) is NativeConv3d
    assert type(quick.pool) is NativeMaxPool3d
    with torch.no_grad():
        expected, found = model(x), quick(x)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
