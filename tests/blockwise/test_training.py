"""Steps of training: gradients, and what is kept for them."""

import pytest
import torch

from tests.blockwise.networks import KINDS, bottleneck, clips_of, decided, every_pattern
from tests.blockwise.test_exact import convert
from vared_mm.blockwise import eager
from vared_mm.dynamic import efficiency_loss, overridden


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_a_step_reaches_every_weight(kind):
    """Also those that no clip of the batch needs: processes of a distributed run wait for them."""
    torch.manual_seed(0)
    net, block = convert(kind(), bias=True)
    net.train()
    loss = net(clips_of(3)).square().mean()
    loss = loss + efficiency_loss([block.record], torch.ones(3))
    loss.backward()
    missing = [name for name, p in net.named_parameters() if p.grad is None]
    assert missing == [] and all(p.grad.isfinite().all() for p in net.parameters())
    assert (block.gate.excite.grad != 0).any(dim=1).sum() > len(block.gate.excite) / 2


def test_products_are_not_kept(monkeypatch):
    """With the gradients of plain autograd, and one product fewer in memory a hidden tensor."""
    torch.manual_seed(0)
    net, block = convert(bottleneck().double())
    decision, x = every_pattern(block, torch.double), clips_of(16).double()
    decision = decision.of(torch.arange(len(decision)).repeat(16)[:16])
    decision.channel.requires_grad_()

    def gradients() -> list[torch.Tensor]:
        block.training = True
        with overridden([block], decided(decision)):
            out = net(x)
        inputs = (decision.channel, *(layer[0].weight for layer in net.branch))
        return torch.autograd.grad(out.square().sum(), inputs)

    found = gradients()
    again: list[int] = []

    class Plain:
        def __init__(self, product, *_factors) -> None:
            again.append(product.numel())

        def __enter__(self) -> None: ...

        def __exit__(self, *_error: object) -> None: ...

    monkeypatch.setattr(eager, 'recomputed', Plain)
    for one, other in zip(found, gradients(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)
    assert len(again) == 4  # two hidden tensors, two numbers of frames


def test_straight_through_gradients_of_the_choice():
    """The gradient of a clip's choice is that of a weight at what it has computed."""
    net, block = convert(bottleneck().double(), channel=1)
    decision, x = every_pattern(block, torch.double), clips_of(2).double()
    decision.temporal.requires_grad_()
    block.training = True
    with overridden([block], decided(decision)):
        net(x).sum().backward()
    grad = decision.temporal.grad
    assert (grad[0, 0] != 0) and (grad[1, 1] != 0)
