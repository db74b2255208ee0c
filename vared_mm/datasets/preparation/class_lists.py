"""Lists that come with this package: class names and Mini-Kinetics-200's validation videos."""

from pathlib import Path

LISTS = Path(__file__).with_name('lists')


def read_class_list(name: str) -> list[str]:
    """Read the class names of `kinetics400` or `mini_kinetics200`, in alphabetical order.

    A name's place is its label. Sources: the annotations of Kinetics-400 (Kay et al. 2017,
    arXiv 1705.06950); the subset that AR-Net's authors took of it.
    """
    return (LISTS / f'{name}.txt').read_text(encoding='utf-8').splitlines()
