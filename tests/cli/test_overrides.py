"""--cfg-options: blanks stay, the rest is as mmengine parses it."""

import argparse

import pytest

from vared_mm.cli import add_overrides


@pytest.fixture
def parse():
    parser = argparse.ArgumentParser()
    add_overrides(parser)
    return lambda *words: parser.parse_args(['--cfg-options', *words]).cfg_options


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('/a b/c  d', '/a b/c  d'),
        ('"/a b"', '/a b'),
        ('/a (1)/b [2]', '/a (1)/b [2]'),
        ('["a b", \'c d\']', ['a b', 'c d']),
        ('[(1, 2), [x y, z]]', [(1, 2), ['x y', 'z']]),
        (' 3 ', 3),
        ('1e-3', 0.001),
        ('( 1 , 2 )', (1, 2)),
        ('1, 2', [1, 2]),
        ('True', True),
        ('None', None),
        ('a=b', 'a=b'),
        ('', ''),
    ],
)
def test_values(parse, text, value):
    assert parse(f'x.y={text}') == {'x.y': value}


def test_keys_may_have_blanks_and_come_twice(parse):
    found = parse('model.head.names.ice hockey=1', 'x=1', '+x=2', 'x=3')
    assert found == {'model.head.names.ice hockey': 1, 'x': 3, '+x': 2}


@pytest.mark.parametrize('word', ['word', '=1', 'a..b=1', '+=1', 'a=[1,(2]'])
def test_what_is_no_pair_is_refused(parse, capsys, word):
    with pytest.raises(SystemExit) as stop:
        parse(word)
    assert stop.value.code == 2
    assert 'error: --cfg-options ' in capsys.readouterr().err
