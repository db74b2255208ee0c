"""Dumped predictions are read, and nothing in them runs."""

import io
import os
import pickle

import pytest
import torch

from tests.cost.records import record
from tests.crafted import Call
from vared_mm.cost import SampleCost
from vared_mm.evaluation import DumpPredictions, read_dump


def test_what_is_dumped_is_read(tmp_path):
    scores = torch.arange(18.0).view(2, 9)[:, ::2]  # not contiguous
    cost = SampleCost(100, record([[40, 20]]))
    sample = {'gt_label': torch.tensor([1]), 'pred_score': scores[0], 'view_scores': scores[None]}
    dump = DumpPredictions(str(tmp_path / 'd.pkl'))
    dump.process(None, [{**sample, 'cost': cost, 'filename': 'v.mp4'}] * 2)
    dump.evaluate(2)
    found = read_dump(tmp_path / 'd.pkl')
    assert len(found) == 2 and found[1].keys() == sample.keys()
    for key, value in sample.items():
        assert torch.equal(found[1][key], value)
    assert b'vared_mm' not in (tmp_path / 'd.pkl').read_bytes()  # read without this package
    plain = pickle.loads((tmp_path / 'd.pkl').read_bytes())[0]['cost']
    assert plain['static_macs'] == 100 and plain['record']['conv'].tolist() == [[40, 20]]


class Odd:
    """A tensor whose pickle says that it is larger than its data."""

    def __reduce__(self):
        storage = torch.TypedStorage(2, _internal=True)
        return torch._utils._rebuild_tensor_v2, (storage, 0, (1000,), (1,), False, {})


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'no predictions as --dump writes them'),
        (b'\x80\x04garbage', 'no predictions as --dump writes them'),
        (pickle.dumps({}), 'no list of predictions'),
        (pickle.dumps([]), 'no list of predictions'),
        (pickle.dumps([3]), 'prediction 0: no key "gt_label"'),
        (pickle.dumps([{'gt_label': torch.ones(1)}]), 'no key "pred_score"'),
        (pickle.dumps([Odd()]), 'beyond its data'),
    ],
)
def test_what_is_no_dump_is_refused(tmp_path, content, message):
    (tmp_path / 'd.pkl').write_bytes(content)
    with pytest.raises(ValueError, match=rf'd\.pkl: .*{message}'):
        read_dump(tmp_path / 'd.pkl')


def test_nothing_in_it_runs(tmp_path):
    """Neither in the pickle, nor in the one within it that holds a tensor's numbers."""
    trace = tmp_path / 'trace'
    run = Call(os.mkdir, str(trace))
    inner = io.BytesIO()
    torch.save(run, inner, _use_new_zipfile_serialization=False)
    for payload in (run, Call(torch.storage._load_from_bytes, inner.getvalue())):
        (tmp_path / 'd.pkl').write_bytes(pickle.dumps([{'gt_label': payload}]))
        with pytest.raises(ValueError, match=r'd\.pkl'):
            read_dump(tmp_path / 'd.pkl')
    assert not trace.exists()
