"""Damaged checkpoints are named, and the one before is used."""

import random
from pathlib import Path

import pytest
import torch

from vared_mm.engine import find_whole_checkpoint, read_checkpoint

FAULTS = 200


def state(step: int) -> dict:
    weights = torch.arange(3000.0) + step
    return {
        'meta': {'iter': step, 'epoch': 0},
        'state_dict': {'weight': weights},
        'optimizer': {'state': {0: {'momentum_buffer': weights / 2}}},
    }


@pytest.fixture
def folder(tmp_path) -> Path:
    """A work folder of a training."""
    for step in (2, 4, 10):
        torch.save(state(step), tmp_path / f'iter_{step}.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'iter_10.pth'))
    best = {'meta': {'iter': 12}, 'state_dict': state(12)['state_dict']}
    torch.save(best, tmp_path / 'best_acc_iter_12.pth')
    return tmp_path


def test_the_newest_by_number(folder):
    assert find_whole_checkpoint(folder) == (str(folder / 'iter_10.pth'), [])
    (folder / 'last_checkpoint').write_text('')  # killed while it was written
    assert find_whole_checkpoint(folder) == (str(folder / 'iter_10.pth'), [])
    (folder / 'last_checkpoint').unlink()
    assert find_whole_checkpoint(folder) == (str(folder / 'iter_10.pth'), [])


def test_a_folder_elsewhere(folder, tmp_path_factory):
    work = tmp_path_factory.mktemp('work')
    (work / 'last_checkpoint').write_text(str(folder / 'iter_10.pth'))
    assert find_whole_checkpoint(work) == (str(folder / 'iter_10.pth'), [])


def test_nothing_there(tmp_path):
    assert find_whole_checkpoint(tmp_path) == (None, [])
    assert find_whole_checkpoint(tmp_path / 'none') == (None, [])


def damage(kind: str, data: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(data))
    if kind == 'cut':
        return data[:place]
    if kind == 'zeros':
        return data[:place] + bytes(len(data) - place)
    return data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]


@pytest.mark.parametrize('kind', ['cut', 'zeros', 'flip'])
def test_damage_is_named_and_the_one_before_is_used(folder, kind):
    """Of a flipped bit torch itself notices hardly any."""
    newest, draw = folder / 'iter_10.pth', random.Random(0)
    data = newest.read_bytes()
    unharmed = 0
    for _ in range(FAULTS):
        newest.write_bytes(damage(kind, data, draw))
        found, damaged = find_whole_checkpoint(folder)
        if found == str(newest):  # a flip between the parts of the file, where nothing is
            assert torch.equal(
                read_checkpoint(newest)['state_dict']['weight'], state(10)['state_dict']['weight']
            )
            unharmed += 1
            continue
        assert found == str(folder / 'iter_4.pth')
        assert len(damaged) == 1 and damaged[0].startswith(f'{newest}: ')
        assert '\n' not in damaged[0]
    assert unharmed < FAULTS / 10


def test_what_holds_no_training_is_passed_over(folder):
    torch.save({'state_dict': {}}, folder / 'iter_11.pth')
    found, damaged = find_whole_checkpoint(folder)
    assert found == str(folder / 'iter_10.pth')
    assert damaged == [f'{folder / "iter_11.pth"}: nothing to resume from (no meta, no optimizer)']
