"""Post-ops are one record, the same in Python, in C++ and among the arguments of operations."""

import dataclasses
import re

import pytest
import torch
from torch import nn

from vared_mm.acceleration.common.post_ops import PostOps
from vared_mm.acceleration.cpu import library

FIELDS = [field.name for field in dataclasses.fields(PostOps)]


def test_fields_are_the_same_in_cpp():
    text = (library.ROOT / 'conv' / 'post_ops.h').read_text()
    body = text[text.index('struct PostOps {') :]
    body = body[: body.index('\n\n')]
    assert re.findall(r'^ +(?:const )?(?:float\*|bool) (\w+) =', body, re.MULTILINE) == FIELDS


@pytest.mark.parametrize(
    ('name', 'found'),
    [
        ('vared_mm_native.convolve', ['shift', 'residual', 'relu']),
        ('vared_mm_native.rebuild_mix', ['scale', 'shift', 'relu']),
        ('vared_mm.native_convolution', ['residual', 'relu']),
    ],
)
def test_operations_take_them_in_the_same_order(name, found):
    library.load_native()
    space, operation = name.split('.')
    schema = getattr(getattr(torch.ops, space), operation).default._schema
    taken = [argument.name for argument in schema.arguments if argument.name in FIELDS]
    assert taken == found == [field for field in FIELDS if field in found]


def test_one_class_has_the_name(root):
    files = (root / 'vared_mm').rglob('*.py')
    found = [path.name for path in files if 'class PostOps' in path.read_text()]
    assert found == ['post_ops.py']


@pytest.mark.parametrize('affine', [True, False])
@pytest.mark.parametrize('relu', [True, False])
def test_those_of_a_norm_and_a_relu_do_what_these_do(affine, relu):
    torch.manual_seed(0)
    conv, norm = nn.Conv3d(3, 5, 1), nn.BatchNorm3d(5, affine=affine).eval()
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    if affine:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    y = torch.randn(2, 5, 3, 4, 4)
    found = PostOps.of(conv, norm, relu)
    assert (found.residual, found.relu, found.means) == (None, relu, False)
    assert not found.scale.requires_grad and found.scale.is_contiguous()
    expected = norm(y).relu() if relu else norm(y)
    torch.testing.assert_close(found.apply(y), expected, rtol=1e-5, atol=1e-5)
    plain = PostOps.of(conv, None, False).apply(y)
    assert torch.equal(plain, y)
