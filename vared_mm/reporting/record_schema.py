"""What a record must hold for tables, charts and pages to be made of it."""

from typing import Any

from vared_mm.reporting.schema import (
    flag,
    items,
    mapping,
    number,
    or_null,
    scalar,
    shape,
    text,
    whole,
)

_share = number(0, 1)
_layer = shape(name=text, dense_macs=whole(), macs=number(0), time=_share, channel=_share)
_profile = shape(
    bin_percent=whole(1, 100),
    histogram=mapping(items(whole())),
    layers=items(_layer),
    classes=items(shape(name=text, videos=whole(), macs=number(0))),
)
_confusion = shape(classes=items(text), counts=items(items(whole(), 3)))


def _check_profile(value: Any, key: str) -> None:
    """A profile whose classes have a share for each layer."""
    _profile(value, key)
    shares = items(_share, len(value['layers']))
    for place, row in enumerate(value['classes']):
        shape(time=shares, channel=shares)(row, f'{key}.classes[{place}]')
    if value['classes'] and not value['layers']:
        raise ValueError(f'key "{key}.layers" must not be empty where there are classes')


def _check_confusion(value: Any, key: str) -> None:
    """Counts of pairs of known classes."""
    _confusion(value, key)
    if not value['classes']:
        raise ValueError(f'key "{key}.classes" must not be empty')
    label = whole(0, len(value['classes']) - 1)
    for place, (true, taken, _) in enumerate(value['counts']):
        label(true, f'{key}.counts[{place}][0]')
        label(taken, f'{key}.counts[{place}][1]')


#: Of each field of :class:`vared_mm.reporting.RunResult`.
FIELDS = {
    'config': text,
    'config_sha256': text,
    'checkpoint': or_null(text),
    'checkpoint_sha256': or_null(text),
    'seed': or_null(whole(-(2**63))),
    'dataset': text,
    'generated_data': flag,
    'videos': whole(),
    'metrics': mapping(or_null(number())),
    'static_macs': or_null(whole()),
    'parameters': whole(),
    'parameters_without_gates': whole(),
    'clips_per_second': or_null(number(0)),
    'timing': or_null(mapping(scalar)),
    'views': or_null(whole()),
    'profile': or_null(_check_profile),
    'confusion': or_null(_check_confusion),
    'curves': mapping(items(items(number(), 2))),
    'machine': mapping(scalar),
    'versions': mapping(text),
    'commit': or_null(text),
    'schema': whole(),
}

#: Of `extreme_clips.json`, beside a record.
_clip = shape(video=text, share=number(), animation=text, still=text)
CLIPS = {'classes': items(shape(**{'class': text, 'most': items(_clip), 'least': items(_clip)}))}
