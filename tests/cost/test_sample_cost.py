"""What a sample costs a whole model, by hand."""

import json

import numpy as np

from tests.cost.records import record
from vared_mm.cost import SampleCost

#: 60 of 100 MACs are dynamic; cheap operations 2, gates 1 a layer.
RECORD = record([[40, 20], [20, 10]], cheap=2, gate=1, time_share=0.5)


def test_of_a_dynamic_model():
    cost = SampleCost(100, RECORD, backbone_macs=80)
    assert cost.thesis_macs.tolist() == [100, 70]
    assert cost.full_macs.tolist() == [106, 76]
    assert cost.share.tolist() == [1.06, 0.76]
    assert cost.backbone_share.tolist() == [1 + 6 / 80, 1 - 24 / 80]
    assert cost.mean_share('time').tolist() == [0.5, 0.5]
    assert cost.mean_share('channel').tolist() == [1, 1]


def test_of_a_static_model():
    cost = SampleCost(100, backbone_macs=80)
    assert cost.thesis_macs.tolist() == cost.full_macs.tolist() == [100]
    assert cost.share.tolist() == cost.backbone_share.tolist() == [1]
    assert SampleCost(100).backbone_share is None


def test_rows_of_a_record():
    second = RECORD[1:]
    assert len(second) == 1 and second.layers == RECORD.layers
    assert second.full_macs(100).tolist() == [76]
    assert second.layer_macs.tolist() == [[23, 13]]


def test_as_plain_values():
    found = SampleCost(100, RECORD, parameters=7).to_dict()
    assert (found['static_macs'], found['parameters']) == (100, 7)
    assert found['record']['conv'].tolist() == [[40, 20], [20, 10]]
    plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in found['record'].items()}
    json.dumps({**found, 'record': plain})
