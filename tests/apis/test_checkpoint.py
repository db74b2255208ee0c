"""Which checkpoints a model takes."""

import pytest
import torch
from torch import nn

from vared_mm.apis import match_checkpoint
from vared_mm.dynamic import convert_to_dynamic


def network(width: int = 8) -> nn.Sequential:
    layers = nn.Conv3d(3, width, 3, padding=1), nn.BatchNorm3d(width), nn.Conv3d(width, 8, 1)
    return nn.Sequential(*layers)


def dynamic() -> nn.Module:
    return convert_to_dynamic(network(), (3, 4, 8, 8))


@pytest.fixture
def saved(tmp_path):
    """Save a model's weights and say where."""

    def save(model: nn.Module, prefix: str = '') -> str:
        weights = {prefix + key: value for key, value in model.state_dict().items()}
        torch.save({'state_dict': weights, 'meta': {}}, tmp_path / 'x.pth')
        return str(tmp_path / 'x.pth')

    return save


@pytest.mark.parametrize('prefix', ['', 'module.'])
def test_own_weights_match(saved, prefix):
    match = match_checkpoint(dynamic(), saved(dynamic(), prefix))
    match.require(complete=True)
    assert match.describe() == ''


def test_static_weights_go_into_a_dynamic_model(saved):
    match = match_checkpoint(dynamic(), saved(network()))
    match.require(complete=True)
    assert match.missing == () and match.missing_dynamic
    assert 'a static checkpoint' in match.describe()


def test_dynamic_weights_go_into_a_static_model(saved):
    match = match_checkpoint(network(), saved(dynamic()))
    match.require(complete=True)
    assert all('gate' in key or 'reconstructions' in key for key in match.unused)
    assert f'{len(match.unused)} of its entries unused' in match.describe()


def test_only_a_checkpoint_of_the_same_model_is_resumed(saved):
    match_checkpoint(dynamic(), saved(dynamic())).require_same()
    with pytest.raises(ValueError, match=r'x\.pth: .* not resumed: it lacks .*gate'):
        match_checkpoint(dynamic(), saved(network())).require_same()
    with pytest.raises(ValueError, match=r'x\.pth: .* not resumed: it holds also .*gate'):
        match_checkpoint(network(), saved(dynamic())).require_same()


def test_another_width_is_refused_by_name(saved):
    match = match_checkpoint(network(), saved(network(width=4)))
    assert match.missing[0] == '0.weight'  # of another shape
    with pytest.raises(ValueError, match=r'x\.pth: checkpoint of another model: 7 of 9 .*0\.w'):
        match.require(complete=False)


def test_a_new_head_may_be_trained_but_not_tested(saved):
    model = network()
    model.append(nn.Linear(8, 2))
    match = match_checkpoint(model, saved(network()))
    match.require(complete=False)
    with pytest.raises(ValueError, match=r'3\.weight, 3\.bias'):
        match.require(complete=True)


def test_plain_weights_without_a_wrapper_count(tmp_path):
    torch.save(network().state_dict(), tmp_path / 'x.pth')
    match = match_checkpoint(network(), tmp_path / 'x.pth')
    match.require(complete=True)
    assert match.describe() == '' and match.missing == ()


def test_what_is_no_checkpoint(tmp_path):
    (tmp_path / 'x.pth').write_text('no')
    with pytest.raises(ValueError, match=r'x\.pth: not a checkpoint'):
        match_checkpoint(network(), tmp_path / 'x.pth')
    with pytest.raises(FileNotFoundError, match=r'none\.pth: no such checkpoint'):
        match_checkpoint(network(), tmp_path / 'none.pth')
