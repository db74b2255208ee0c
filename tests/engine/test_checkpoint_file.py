"""Damaged checkpoints are named, and the one before is used."""

import os
import random
from pathlib import Path
from unittest import mock

import pytest
import torch

from vared_mm.engine import find_whole_checkpoint, read_checkpoint
from vared_mm.engine.checkpoint_file import begin_anew

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
    torch.save({'state_dict': {}}, folder / 'iter_10.pth')
    found, passed = find_whole_checkpoint(folder)
    assert found == str(folder / 'iter_4.pth')
    assert passed == [f'{folder / "iter_10.pth"}: nothing to resume from (no meta, no optimizer)']


@pytest.mark.parametrize('kind', ['dangling', 'folder', 'pipe', 'loop', 'unreadable'])
def test_what_is_no_file_is_passed_over(folder, kind, monkeypatch):
    path = folder / 'iter_10.pth'
    if kind == 'unreadable':  # to one who is not root
        reading = mock.Mock(side_effect=PermissionError(13, 'Permission denied', str(path)))
        whole = torch.load
        monkeypatch.setattr(
            torch,
            'load',
            lambda file, **k: reading() if str(file) == str(path) else whole(file, **k),
        )
    else:
        path.unlink()
    if kind == 'folder':
        path.mkdir()
    elif kind == 'pipe':
        os.mkfifo(path)
    elif kind != 'unreadable':
        path.symlink_to('/nowhere' if kind == 'dangling' else path)
    found, passed = find_whole_checkpoint(folder)
    assert found == str(folder / 'iter_4.pth')
    assert len(passed) == 1 and passed[0].startswith(f'{path}: ') and '\n' not in passed[0]


@pytest.mark.parametrize('note', ['iter_4.pth', '{}/iter_4.pth', 'moved/from/iter_4.pth'])
def test_later_ones_are_of_an_older_training(folder, note, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / 'last_checkpoint').write_text(note.format(folder))
    found, passed = find_whole_checkpoint(folder)
    assert Path(found).resolve() == folder / 'iter_4.pth'
    (line,) = passed
    assert line.endswith('iter_10.pth: later than the one that last_checkpoint names')
    (folder / 'iter_4.pth').write_text('')
    assert Path(find_whole_checkpoint(folder)[0]).name == 'iter_2.pth'


def test_before_the_first_checkpoint_of_a_new_training(folder, tmp_path_factory):
    """It was killed: what an older one left in the folder is not its own."""
    begin_anew(folder)
    found, passed = find_whole_checkpoint(folder)
    assert found is None and len(passed) == 3
    empty = tmp_path_factory.mktemp('empty')
    begin_anew(empty)
    assert not list(empty.iterdir())


@pytest.mark.parametrize('note', [b'\xff\xfe', b'a\x00.pth', b'best.txt'])
def test_a_note_that_names_nothing(folder, note):
    (folder / 'last_checkpoint').write_bytes(note)
    assert find_whole_checkpoint(folder) == (str(folder / 'iter_10.pth'), [])
