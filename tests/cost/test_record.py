"""Records of what clips cost, against sums by hand."""

import pytest

from tests.cost.records import record
from vared_mm.cost import CostRecord


def test_record_adds_up():
    two = record([[100, 150], [50, 300]], (100, 300), cheap=1, gate=2, time_share=0.5)
    assert two.executed.tolist() == [256, 356]
    assert two.share.tolist() == [256 / 400, 356 / 400]
    assert two.mean_share('time').tolist() == [0.5, 0.5]


def test_records_join_in_order():
    joined = CostRecord.concatenate([record([[1, 2]]), record([[3, 4], [5, 6]])])
    assert joined.conv.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert len(joined) == 3


def test_records_that_do_not_join():
    with pytest.raises(ValueError, match='different models or input sizes'):
        CostRecord.concatenate([record([[1, 2]]), record([[1, 2]], (1, 1))])
    with pytest.raises(ValueError, match='has not run'):
        CostRecord.concatenate([])
