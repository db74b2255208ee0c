"""How many blocks the backbones of mmaction2 and mmsegmentation get."""

import warnings

import pytest
import torch

from tests.dynamic.test_upstream_backbones import build, by_name
from tests.dynamic.upstream_backbones import BLOCKS, CONVERTED, Backbone
from vared_mm.blockwise import convert_blocks
from vared_mm.dynamic import dynamic_layers

#: Their making reads values, which tensors without data have none of.
WITH_DATA = ('mmaction.UniFormer', 'mmseg.MSCAN')


@pytest.mark.parametrize('backbone', [b for b in CONVERTED if b.name in BLOCKS], ids=by_name)
def test_blocks(backbone: Backbone):
    with torch.device('cpu' if backbone.name in WITH_DATA else 'meta'):
        model = build(backbone)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # which names what stays static
        if not BLOCKS[backbone.name]:
            with pytest.raises(ValueError, match='no block'):
                convert_blocks(model, backbone.shape, **{**backbone.conversion, 'temporal': 1})
            return
        options = {**backbone.conversion, 'temporal': 1}
        convert_blocks(model, backbone.shape, multiple=1, **options)
    assert len(dynamic_layers(model)) == BLOCKS[backbone.name]
