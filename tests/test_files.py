"""Recipes by their names, wherever the package is."""

import pytest

from vared_mm import get_config
from vared_mm.files import ROOT, find_config

NAME = 'static_r2plus1d-18_96xb12-8x2x1-120e_mini-kinetics200-rgb'


def test_a_recipe_is_found_by_its_name_its_path_and_as_a_file(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = root / 'configs/recognition/r2plus1d' / f'{NAME}.py'
    for name in (
        NAME,
        f'{NAME}.py',
        f'recognition/r2plus1d/{NAME}',
        wanted,
        f'configs/recognition/r2plus1d/{NAME}.py',
    ):
        assert find_config(name).samefile(wanted)
    assert get_config(NAME).model.backbone.type == 'vared_mm.R2Plus1D' and root.samefile(ROOT)


def test_a_file_here_goes_first_and_nothing_else_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f'{NAME}.py').write_text('mine = 1')
    assert get_config(f'{NAME}.py').mine == 1
    for name in ('none', 'r2plus1d_18', '../setup', '/static.py', ''):  # a base is no recipe
        with pytest.raises(FileNotFoundError, match='no such config'):
            find_config(name)
