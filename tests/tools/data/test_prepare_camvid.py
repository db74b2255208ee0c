"""CamVid's images and labels become smaller pairs; void is 255."""

import cv2
import numpy as np
import pytest

from vared_mm.datasets.segmentation import SceneDataset


def _originals(folder, labels: int = 12) -> None:
    rng = np.random.default_rng(0)
    for split in ('train', 'val', 'test'):
        for kind, shape, most in (('', (36, 48, 3), 255), ('annot', (36, 48), labels)):
            (folder / f'{split}{kind}').mkdir(parents=True)
            image = rng.integers(0, most, shape, dtype=np.uint8)
            cv2.imwrite(str(folder / f'{split}{kind}' / '0001.png'), image)


def test_pairs_are_made_and_read(tmp_path, call_tool) -> None:
    _originals(tmp_path / 'CamVid')
    root = tmp_path / 'set'
    status, _, message = call_tool('data/camvid11/prepare.py', tmp_path / 'CamVid', root)
    assert status == 0, message
    dataset = SceneDataset(
        data_root=str(root),
        data_prefix=dict(img_path='images/train', seg_map_path='labels/train'),
        reduce_zero_label=False,
        pipeline=[],
    )
    assert len(dataset) == 1 and len(dataset.metainfo['classes']) == 11
    labels = cv2.imread(dataset[0]['seg_map_path'], cv2.IMREAD_UNCHANGED)
    original = cv2.imread(str(tmp_path / 'CamVid/trainannot/0001.png'), cv2.IMREAD_UNCHANGED)
    assert labels.shape == (240, 320)
    assert set(np.unique(labels)) == {*range(11), 255}
    assert np.isclose((labels == 255).mean(), (original == 11).mean(), atol=0.02)


def test_labels_that_are_none_are_named(tmp_path, call_tool) -> None:
    _originals(tmp_path / 'CamVid', labels=20)
    status, _, message = call_tool(
        'data/camvid11/prepare.py', tmp_path / 'CamVid', tmp_path / 'set'
    )
    assert (
        status == 2
        and len(message.splitlines()) == 1
        and 'trainannot/0001.png: no labels 0 to 11' in message
    )


@pytest.mark.parametrize('missing', ['test', 'testannot'])
def test_what_is_missing_is_named(tmp_path, call_tool, missing) -> None:
    _originals(tmp_path / 'CamVid')
    (tmp_path / 'CamVid' / missing / '0001.png').unlink()
    status, _, message = call_tool(
        'data/camvid11/prepare.py', tmp_path / 'CamVid', tmp_path / 'set'
    )
    assert status == 2 and missing in message
