"""The gate of a block."""

import pytest
import torch

from vared_mm.blockwise import BlockGate
from vared_mm.cost import BlockSearchSpace

SPACE = BlockSearchSpace(3, (2, 1, 3))


def gate(**options) -> BlockGate:
    torch.manual_seed(0)
    made = BlockGate(4, 6, SPACE, **options)
    torch.nn.init.normal_(made.excite)
    return made


def test_one_candidate_along_time_and_weights_along_channels():
    clips = torch.randn(64, 4, 6, 5, 5)
    made = gate()
    decision = made(clips)
    assert decision.temporal.detach().sum(1).tolist() == [1.0] * 64
    assert [weights.shape[1] for weights in decision.channels] == [2, 1, 3]
    assert decision.channels[1].tolist() == [[1.0]] * 64
    assert decision.fallback.shape == (64, 4) and not decision.fallback[:, 0].any()
    assert len(set(decision.patterns())) > 4
    decision.temporal[:, 0].sum().backward()  # straight through
    assert (made.excite.grad[:3] != 0).any() and (made.excite.grad[3:] == 0).all()


def test_evaluation_takes_the_likeliest_and_training_draws():
    made, clips = gate(), torch.randn(16, 4, 6, 5, 5)
    made.eval()
    first, again = made(clips).temporal, made(clips).temporal
    assert torch.equal(first, again)
    made.norm.eval()
    made.train()
    made.norm.eval()
    drawn = torch.stack([made(clips).temporal.detach() for _ in range(400)]).mean(0)
    chances = made._logits(made._describe(clips))[:, :3].softmax(1)
    assert (drawn - chances).abs().max() < 0.12
    assert torch.equal(chances.argmax(1), first.argmax(1))


def test_a_threshold_lets_more_and_more_clips_take_the_last():
    made, clips = gate().eval(), torch.randn(64, 4, 6, 5, 5)
    shares = []
    for made.threshold in (0.0, 0.4, 0.7, 1.0):
        decision = made(clips)
        assert (decision.temporal.sum(1) == 1).all()
        shares.append(float(decision.temporal[:, 2].mean()))
    assert shares == sorted(shares) and shares[-1] == 1 and shares[0] < shares[2]


def test_starts():
    clips = torch.randn(8, 4, 6, 5, 5)
    equal = BlockGate(4, 6, SPACE).eval()(clips)
    torch.testing.assert_close(
        equal.channels[2].mean(0), torch.full((3,), 1 / 3), atol=0.01, rtol=0
    )
    static = BlockGate(4, 6, SPACE, start='static').eval()(clips)
    assert static.temporal[:, 0].tolist() == [1.0] * 8
    for weights in (static.channels[0], static.channels[2]):
        assert torch.allclose(weights.sum(1), torch.ones(8), atol=0.02) and (weights > 0).all()
        assert (weights[:, 0] > 0.85).all()
    with pytest.raises(ValueError, match="start='other'"):
        BlockGate(4, 6, SPACE, start='other')
