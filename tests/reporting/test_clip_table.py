"""Tables of runs on real clips are made of what was said about every clip."""

import numpy as np
import pytest

from vared_mm.reporting import RunResult
from vared_mm.reporting.adaptivity import adaptivity, explained, read_features
from vared_mm.reporting.clip_runs import ClipRun, common_keys, find_clip_runs
from vared_mm.reporting.clip_table import clip_table, difference, method_row


def _save(folder, config: str, fold: int, seed: int, right: list[int], **columns) -> None:
    videos = len(right)
    RunResult(
        config=config, config_sha256='0', checkpoint=None, checkpoint_sha256=None, seed=seed,
        dataset=f'mix/fold{fold}-test.txt', generated_data=False, videos=videos, metrics={},
        static_macs=1000, parameters=1, parameters_without_gates=1,
    ).save(folder / f'{config}_fold{fold}_seed{seed}.json')  # fmt: skip
    label = np.arange(videos) % 3
    scores = np.full((videos, 3), 0.1, np.float16)
    scores[np.arange(videos), (label + 1 - np.array(right)) % 3] = 0.8
    names = np.array([f'g{fold}-{i // 2}'.encode() for i in range(videos)])
    table = dict(label=label, scores=scores, group=names, subset=np.array([b'a', b'b'] * videos))
    table['subset'] = table['subset'][:videos]
    file = folder / f'{config}_fold{fold}_seed{seed}.npz'
    np.savez_compressed(file, **{**table, 'macs': np.full(videos, 700), **columns})


@pytest.fixture
def runs(tmp_path) -> dict[str, dict[tuple[int, int], ClipRun]]:
    for fold in (0, 1):
        for seed in (0, 1):
            _save(tmp_path, 'static', fold, seed, [1, 0, 1, 0])
            _save(tmp_path, 'dynamic', fold, seed, [1, 1, 1, seed], macs=np.array([1, 2, 3, 4]))
    found = find_clip_runs(tmp_path)
    return {n: {key: ClipRun.load(p) for key, p in per.items()} for n, per in found.items()}


def test_a_row_pools_folds_and_spreads_over_seeds(runs) -> None:
    row = method_row('ours', runs['dynamic'], runs['static'])
    assert (row.runs, row.score, row.macs) == (4, 87.5, 2.5)
    assert row.spread == pytest.approx(np.std([75, 100], ddof=1))
    assert row.against.mean == pytest.approx(37.5)
    assert row.against.low <= 37.5 <= row.against.high
    part = method_row('ours', runs['dynamic'], runs['static'], 'a')
    assert (part.score, part.macs, part.against.mean) == (100, 2, 0)
    text = clip_table([row], 10, 'static')
    assert '87.5 ± 17.7' in text and '25 %' in text and '+37.5 (' in text


def test_only_runs_that_both_have_are_compared(runs) -> None:
    few = {key: run for key, run in runs['static'].items() if key != (1, 1)}
    keys = common_keys([few, runs['dynamic']])
    assert keys == [[(0, 0), (1, 0)]]
    assert difference({(3, 3): runs['static'][0, 0]}, few) is None


def test_ties_and_half_precision_do_not_make_right(tmp_path) -> None:
    _save(tmp_path, 'tied', 0, 0, [1, 1], scores=np.full((2, 3), 0.33, np.float16))
    assert ClipRun.load(tmp_path / 'tied_fold0_seed0.json').right.tolist() == [False, False]


def test_other_clips_are_not_compared(runs, tmp_path) -> None:
    _save(tmp_path, 'other', 0, 0, [1, 1, 1, 1], group=np.array([b'x'] * 4))
    other = {(0, 0): ClipRun.load(tmp_path / 'other_fold0_seed0.json')}
    with pytest.raises(ValueError, match='fold 0, seed 0: tested on other clips'):
        difference(runs['static'], other)


def test_a_table_that_is_no_table_is_named(tmp_path) -> None:
    _save(tmp_path, 'bad', 0, 0, [1, 1])
    (tmp_path / 'bad_fold0_seed0.npz').write_bytes(b'no table')
    with pytest.raises(ValueError, match=r'bad_fold0_seed0\.npz'):
        ClipRun.load(tmp_path / 'bad_fold0_seed0.json')
    _save(tmp_path, 'short', 0, 0, [1, 1])
    _save(tmp_path, 'long', 0, 0, [1, 1, 1])
    (tmp_path / 'long_fold0_seed0.npz').rename(tmp_path / 'short_fold0_seed0.npz')
    with pytest.raises(ValueError, match='3 clips, but short_fold0_seed0.json says 2'):
        ClipRun.load(tmp_path / 'short_fold0_seed0.json')


def test_choices_that_follow_the_set_are_told_from_those_that_do_not(tmp_path) -> None:
    rng = np.random.default_rng(0)
    subset = np.array([b'a', b'b'] * 50)
    follows = np.stack([subset == b'a', np.zeros(100)], axis=1).astype(np.uint8)
    none = np.zeros((100, 2), np.uint8)
    ragged = rng.integers(0, 2, (100, 2)).astype(np.uint8)
    for name, choice in (('follows', follows), ('fixed', none), ('ragged', ragged)):
        files = [f'data/mix/../one/clips/{i}.mp4'.encode() for i in range(100)]
        columns = dict(temporal=none, channel=choice, macs=100 + choice.sum(axis=1).astype(int))
        columns['filename'] = np.array(files)
        _save(tmp_path, name, 0, 0, [1, 0] * 50, subset=subset, **columns)
    (tmp_path / 'features.csv').write_text(
        'clip,difference,flow,sharpness\n'
        + ''.join(f'one/{i}.mp4,1,{i % 2},{i}\n' for i in range(100))
    )
    features = read_features(tmp_path / 'features.csv')
    found = {
        name: adaptivity({(0, 0): ClipRun.load(tmp_path / f'{name}_fold0_seed0.json')}, features)
        for name in ('follows', 'fixed', 'ragged')
    }
    assert (found['follows'].distinct, found['fixed'].distinct) == (2, 1)
    assert found['follows'].subset == pytest.approx(1) and found['follows'].right == 1
    # Flow, and whether the clip is taken for what it is, tell the sets apart; classes do not.
    assert found['follows'].flow == pytest.approx(1) == found['follows'].correctness
    assert found['follows'].label < 0.01 and found['follows'].blur < 0.01
    assert 0 < found['ragged'].label < 0.1 and 0 < found['ragged'].blur < 0.1
    assert found['follows'].motion == pytest.approx(-1)  # set b moves, and costs less
    assert abs(found['ragged'].motion) < 0.3 and np.isnan(found['fixed'].motion)
    assert found['ragged'].subset < 0.1 and found['fixed'].layer == 0
    # Means of the four columns 0, 0, 1/2, 0: 3/16 of a variance of 7/16.
    assert found['follows'].layer == pytest.approx(3 / 7)


def test_explained_of_no_variance() -> None:
    assert explained(np.ones((3, 2)), np.ones((3, 2))) == 0
