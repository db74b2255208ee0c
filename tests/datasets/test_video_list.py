"""Lists are read, and what is wrong with one is said with its name and line."""

import pytest

from vared_mm.datasets.video_list import read_classes, read_video_list


def _write(tmp_path, text: str | bytes) -> str:
    path = tmp_path / 'list.txt'
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_paths_may_hold_the_delimiter(tmp_path) -> None:
    path = _write(tmp_path, 'playing drums/a 1.mp4 3\n\nb.mp4 0\n')
    assert read_video_list(path) == [
        dict(filename='playing drums/a 1.mp4', label=3),
        dict(filename='b.mp4', label=0),
    ]


@pytest.mark.parametrize(
    'text',
    [
        b'\xef\xbb\xbfa.mp4,0\nb.mp4,1\n',
        b'a.mp4,0\r\nb.mp4,1\r\n\r\n',
        b'a.mp4,0\rb.mp4,1',
        b' a.mp4 , 0\nb.mp4 ,1 \n\n',
    ],
)
def test_marks_line_ends_and_blanks_are_no_part_of_a_field(text, tmp_path) -> None:
    videos = read_video_list(_write(tmp_path, text), ',')
    assert videos == [dict(filename='a.mp4', label=0), dict(filename='b.mp4', label=1)]


def test_a_video_may_come_again_in_another_part(tmp_path) -> None:
    path = _write(tmp_path, 'a.mp4,0,10\na.mp4,1,20\n')
    assert [v['label'] for v in read_video_list(path, ',', ('start',))] == [0, 1]


@pytest.mark.parametrize(
    ('text', 'names'),
    [
        ('\ufeffrun\nplay drums \n\n \n', ['run', 'play drums']),
        ('run\n\nwalk\n', 'list.txt:2: no class name'),
        ('run\nwalk\nrun\n', "list.txt:3: class 'run' stands in line 1 already"),
        ('zażółć\n'.encode('iso8859-2'), 'list.txt:1: class list is not UTF-8 text'),
    ],
)
def test_class_names(text, names, tmp_path) -> None:
    path = _write(tmp_path, text)
    if isinstance(names, list):
        assert read_classes(path) == names
        return
    with pytest.raises(ValueError, match=names):
        read_classes(path)


def test_columns(tmp_path) -> None:
    path = _write(tmp_path, 'a,b.mp4,3,1,fast\n')
    videos = read_video_list(path, ',', ('motion', 'word'), num_classes=4)
    assert videos == [dict(filename='a,b.mp4', label=3, motion=1, word='fast')]


@pytest.mark.parametrize(
    ('text', 'columns', 'message'),
    [
        ('', (), 'list.txt: empty annotation list'),
        ('\n  \n', (), 'list.txt: empty annotation list'),
        (b'\xff\xfe\x00 1\n', (), 'list.txt:1: annotation list is not UTF-8 text'),
        (b'a.mp4,1\n\xbf.mp4,1\n', (), 'list.txt:2: annotation list is not UTF-8 text'),
        ('a.mp4,1\na.mp4,2\n', (), 'list.txt:2: a.mp4 is of class 2, in line 1 of 1'),
        ('a.mp4,1\nb.mp4\n', (), "list.txt:2: expected 'path,label', got 'b.mp4'"),
        ('a.mp4,one\n', (), 'list.txt:1: expected'),
        (',1\n', (), 'list.txt:1: expected'),
        ('a.mp4,1\n', ('motion',), "list.txt:1: expected 'path,label,motion'"),
        ('a.mp4,1\nb.mp4,5\n', (), r'list.txt:2: label 5 is out of range \(5 classes\)'),
        ('a.mp4,-1\n', (), 'list.txt:1: label -1 is out of range'),
    ],
)
def test_bad_lists(text, columns, message, tmp_path) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        read_video_list(_write(tmp_path, text), ',', columns, num_classes=5)
    assert '\n' not in str(caught.value)


def test_missing_list(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match='nowhere.txt: no such annotation list'):
        read_video_list(str(tmp_path / 'nowhere.txt'))
