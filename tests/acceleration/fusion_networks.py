"""Networks in which a norm and a ReLU can, or can not, be fused into a convolution."""

import copy
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.acceleration.networks import vary
from vared_mm.acceleration import accelerate
from vared_mm.dynamic import convert_to_dynamic

CLIP = (3, 4, 8, 8)


class Net(nn.Module):
    """A convolution, a norm and a ReLU, and a layer behind them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(3, 8, (1, 3, 3), padding=(0, 1, 1))
        self.bn = nn.BatchNorm3d(8)
        self.relu = nn.ReLU()
        self.last = nn.Conv3d(8, 8, 1)
        self.build()

    def build(self) -> None:
        """What a subclass has otherwise."""

    def alias(self) -> None:
        """Give modules of a subclass other names too."""

    def forward(self, x: Tensor) -> object:
        return self.last(self.relu(self.bn(self.conv(x))))


class Plain(Net):
    pass


class InPlace(Net):
    def build(self) -> None:
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x))
        self.relu(y)
        return self.last(y) + y


class Shortcut(Net):
    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x))
        y += x.mean()
        return self.last(F.relu(y, inplace=True))


class Aliases(Net):
    def alias(self) -> None:
        self.stage, self.norm = nn.Sequential(self.conv), self.bn

    def forward(self, x: Tensor) -> Tensor:
        stage, norm = (getattr(self, *names) for names in (('stage', self.conv), ('norm', self.bn)))
        return self.last(norm(stage(x)))


class CalledTwice(Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.bn(self.conv(x)) + self.bn(self.conv(x + 1)))


class WithoutAffine(Net):
    def build(self) -> None:
        self.bn = nn.BatchNorm3d(8, affine=False, momentum=None)


class SyncNorm(Net):
    def build(self) -> None:
        self.bn = nn.SyncBatchNorm(8)


class ReturnsRaw(Net):
    def forward(self, x: Tensor) -> dict:
        y = self.conv(x)
        return {'raw': y, 'all': self.last(self.bn(y))}


class ReturnsNorm(Net):
    def forward(self, x: Tensor) -> tuple:
        y = self.bn(self.conv(x))
        return y, self.last(self.relu(y))


class Holder:
    """What no pytree looks into."""

    def __init__(self, x: Tensor) -> None:
        self.x = x


class ReturnsHolder(Net):
    def forward(self, x: Tensor) -> tuple:
        y = self.conv(x)
        self.holder = Holder(y)
        return self.last(self.bn(y)), self.look()

    def look(self) -> Tensor:
        return self.holder.x.sum()


class KeepsRaw(Net):
    def forward(self, x: Tensor) -> Tensor:
        self.raw = self.conv(x)
        return self.last(self.bn(self.raw))


class ReadsRaw(Net):
    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        part = y[:, 1:3]
        return self.last(self.bn(y)) + part.mean()


class ReadsArray(Net):
    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return self.last(self.bn(y)) + float(y.numpy().max()) + sum(y[0, 0, 0, 0].tolist())


class ChangesRaw(Net):
    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        y += 1
        return self.last(self.bn(y))


class Turns(Net):
    def build(self) -> None:
        self.bn = nn.BatchNorm3d(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.bn(self.conv(x).transpose(1, 2)).transpose(1, 2))


class Between(Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.bn(F.leaky_relu(self.conv(x))))


class NormElsewhere(Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.bn(self.conv(x))) + self.bn(
            x.mean(1, keepdim=True).expand(-1, 8, -1, -1, -1)
        )


class ConvElsewhere(Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.bn(self.conv(x))) + self.conv(x * 2)


class WithoutStatistics(Net):
    def build(self) -> None:
        self.bn = nn.BatchNorm3d(8, track_running_stats=False)


class NormThatActivates(nn.BatchNorm3d):
    def forward(self, input: Tensor) -> Tensor:
        return torch.tanh(super().forward(input))


class Activates(Net):
    def build(self) -> None:
        self.bn = NormThatActivates(8)


class ActivationOfItsOwn(nn.ReLU):
    def forward(self, input: Tensor) -> Tensor:
        return input.clamp(-0.1)


class OwnActivation(Net):
    def build(self) -> None:
        self.relu = ActivationOfItsOwn()


class LooksAtValues(Net):
    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return self.last(self.bn(y)) if x.mean() < 5 else self.last(y)


class WritesWeights(Net):
    def forward(self, x: Tensor) -> Tensor:
        self.conv.weight.data.copy_(self.conv.weight.sin())
        return self.last(self.bn(self.conv(x)))


FUSED = {
    Plain: 2,
    InPlace: 2,
    Shortcut: 1,
    Aliases: 1,
    CalledTwice: 1,
    WithoutAffine: 2,
    SyncNorm: 2,
    ReturnsNorm: 1,
    OwnActivation: 1,
}
LEFT = [
    ReturnsRaw,
    ReturnsHolder,
    KeepsRaw,
    ReadsRaw,
    ReadsArray,
    ChangesRaw,
    Turns,
    Between,
    NormElsewhere,
    ConvElsewhere,
    WithoutStatistics,
    Activates,
    LooksAtValues,
]


def build(kind: Callable[[], nn.Module], dynamic: bool) -> nn.Module:
    """In evaluation mode, with values as after training."""
    torch.manual_seed(0)
    model = kind()
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.affine:
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.track_running_stats:
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    if dynamic:
        model = vary(convert_to_dynamic(model, CLIP), gate_std=1)
    for net in model.modules():
        if isinstance(net, Net):
            net.alias()
    return model.eval()


def accelerated(model: nn.Module, x: Tensor, **options) -> nn.Module:
    """A quick copy; the model, the example and the random numbers are as before."""
    before, example, state = copy.deepcopy(model.state_dict()), x.clone(), torch.get_rng_state()
    modules, modes = list(model.modules()), [module.training for module in model.modules()]
    quick = accelerate(model, x, **options)
    assert torch.equal(torch.get_rng_state(), state) and torch.equal(x, example)
    assert list(model.modules()) == modules
    assert [module.training for module in model.modules()] == modes
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
    return quick


def check_same(model: nn.Module, quick: nn.Module, x: Tensor) -> None:
    with torch.no_grad():
        expected, found = model(x.clone()), quick(x.clone())
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
