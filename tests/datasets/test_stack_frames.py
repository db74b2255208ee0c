"""Frames on top of each other."""

import numpy as np
import pytest

from vared_mm.datasets import StackFrames


def test_neighbours_become_channels() -> None:
    frames = np.arange(4 * 3 * 2 * 2).reshape(4, 3, 2, 2)
    results = StackFrames(2)({'imgs': frames, 'input_shape': frames.shape})
    assert results['imgs'].shape == results['input_shape'] == (2, 6, 2, 2)
    np.testing.assert_array_equal(results['imgs'][1], np.concatenate([frames[2], frames[3]]))


def test_whole_stacks_only() -> None:
    with pytest.raises(ValueError, match='5 frames are no multiple of 2'):
        StackFrames(2)({'imgs': np.zeros((5, 3, 2, 2))})
