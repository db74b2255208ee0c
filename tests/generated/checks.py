"""What must hold for any network: the right result, or a refusal that changes nothing."""

import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from tests.generated.networks import Network, Plan
from vared_mm.acceleration import accelerate
from vared_mm.dynamic import (
    convert_to_dynamic,
    count_macs,
    dynamic_layers,
    executed_cost,
    fixed_choice,
)

REFUSALS = (ValueError, TypeError)
# Of outputs' largest value, in float32: rounding in a few small layers, some of them without norms.
CLOSE = 2e-4


class Counted(TorchDispatchMode):
    """Counts the MACs of convolutions and matrix products as they run.

    A convolution's bias counts one an output, as :func:`count_macs` says.
    """

    def __init__(self) -> None:
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name == 'convolution':
            x, weight, bias, transposed = *args[:3], args[6]
            outputs = out.numel() * (bias is not None)
            self.macs += (x if transposed else out).numel() * weight[0].numel() + outputs
        elif name in ('mm', 'bmm'):
            self.macs += out.numel() * args[0].shape[-1]
        elif name in ('addmm', 'baddbmm'):
            self.macs += out.numel() * args[1].shape[-1]
        elif name in ('mv', 'dot', 'vdot'):
            self.macs += args[0].numel()
        elif name.startswith('_scaled_dot_product'):
            query, key, value = args[:3]
            self.macs += (
                query.numel() // query.shape[-1] * key.shape[-2] * (key.shape[-1] + value.shape[-1])
            )
        return out


def inputs_of(plan: Plan) -> Tensor:
    """Clips or images, from dark to bright."""
    generator = torch.Generator().manual_seed(plan.seed)
    x = torch.randn(plan.clips, *plan.shape, generator=generator)
    return x + torch.linspace(-1, 1, plan.clips).view(-1, *[1] * len(plan.shape))


def run(model: nn.Module, x: Tensor) -> list[Tensor]:
    """All tensors that a model returns, as they are then."""
    with torch.no_grad():
        return [out.clone() for out in tree_leaves(model(x.clone())) if isinstance(out, Tensor)]


def fingerprint(model: nn.Module) -> tuple:
    """What a refusal must leave as it was: modules, modes, hooks, weights."""
    modules = []
    for name, module in model.named_modules(remove_duplicate=False):
        hooks = tuple(
            len(value)
            for key, value in sorted(vars(module).items())
            if key.endswith('_hooks') and value
        )
        own = tuple(sorted(key for key in vars(module) if not key.startswith('_')))
        modules.append((name, id(module), type(module), module.training, hooks, own))
    tensors = [
        (name, id(value), value.device, value.dtype, float(value.double().sum()))
        for kind in (model.named_parameters, model.named_buffers)
        for name, value in kind(remove_duplicate=False)
    ]
    return tuple(modules), tuple(tensors)


def difference(got: list[Tensor], want: list[Tensor]) -> float:
    """The largest, relative to the largest value of each result; infinite for another shape."""
    if [g.shape for g in got] != [w.shape for w in want]:
        return float('inf')
    worst = 0.0
    for one, other in zip(got, want, strict=True):
        if one.numel():
            gap = (one.double() - other.double()).abs().max() / other.abs().max().clamp(min=1e-3)
            worst = max(worst, float(gap) if gap == gap else float('inf'))
    return worst


def refused(act: Callable[[], Any], model: nn.Module) -> Any:
    """What an act gives, or None where it is refused: in one line, and the model as it was."""
    before = fingerprint(model)
    try:
        return act()
    except REFUSALS as error:
        assert str(error) and '\n' not in str(error), error
        assert fingerprint(model) == before, f'changed by a refusal: {error}'
        return None


def cast(network: nn.Module, dtype: torch.dtype) -> nn.Module:
    """In another type, with weights that torch's hooks make anew only when their layer runs."""
    for module in network.to(dtype).modules():
        for name, value in vars(module).items():
            if isinstance(value, Tensor) and value.is_floating_point():
                vars(module)[name] = value.to(dtype)
    return network


def check_conversion(plan: Plan, seen: Counter) -> nn.Module | None:
    """With its first candidates a converted network is the static one; it may be refused."""
    x = inputs_of(plan).double()
    static = cast(Network(plan), torch.float64)
    want = run(static, x)
    calls = len(static.kept)
    torch.manual_seed(plan.seed)
    model = cast(Network(plan), torch.float64)
    temporal, channel = plan.search
    dynamic = refused(lambda: convert_to_dynamic(model, plan.shape, temporal, channel), model)
    if dynamic is None:
        seen['conversion refused'] += 1
        assert difference(run(model, x), want) == 0
        return None
    seen['converted'] += 1
    model.kept.clear()
    with fixed_choice(dynamic, 0, 0):
        got = run(dynamic.eval() if not has_training_norm(plan) else dynamic, x)
    assert difference(got, want) < 1e-9, f'first candidates: off by {difference(got, want)}'
    assert len(model.kept) == calls, 'a hook was not called'
    return dynamic


def check_acceleration(plan: Plan, model: nn.Module, seen: Counter, **options: Any) -> None:
    """An accelerated network gives what the plain one gives, and costs the same."""
    x = inputs_of(plan)
    want = run(model, x)
    before = fingerprint(model)
    quick = refused(lambda: accelerate(model, x, **options), model)
    assert fingerprint(model)[0] == before[0], 'accelerate changed the model'
    if quick is None:
        seen['acceleration refused'] += 1
        return
    seen['accelerated'] += 1
    got = run(quick, x)
    gap = difference(got, want)
    if gap > CLOSE:  # then by what float32 itself loses
        exact = run(copy_in_double(plan, model), x.double())
        assert gap < 20 * difference(want, exact) + CLOSE, f'accelerated: off by {gap}'
        seen['judged by float64'] += 1
    if dynamic_layers(model):
        assert (executed_cost(quick).executed == executed_cost(model).executed).all()


def copy_in_double(plan: Plan, model: nn.Module) -> nn.Module:
    """The same network in float64."""
    network = Network(plan)
    if dynamic_layers(model):
        network = convert_to_dynamic(network, plan.shape, *plan.search)
    network.load_state_dict(model.state_dict())
    return cast(network, torch.float64)


def check_count(plan: Plan, seen: Counter) -> None:
    """MACs are counted as they run, and counting leaves no trace."""
    x = inputs_of(plan)[:1]
    model = Network(plan)
    want = run(model, x)
    before = fingerprint(model)
    with Counted() as counted:
        run(model, x)
    if has_training_norm(plan):
        before = fingerprint(model)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always')
        macs = refused(lambda: count_macs(model, (1, *plan.shape)), model)
    assert fingerprint(model) == before, 'counting changed the model'
    if macs is None:
        seen['count refused'] += 1
        return
    assert difference(run(model, x), want) == 0
    total = macs.total(without=('norm', 'pool'))
    if any('macs' in str(w.message).lower() for w in told):
        seen['count with a warning'] += 1
        return
    seen['counted'] += 1
    assert total == counted.macs, f'{total} MACs counted, {counted.macs} ran'


def has_training_norm(plan: Plan) -> bool:
    """Whether a norm is left in training mode."""
    return any(stage.norm == 'batch in training mode' for stage in plan.stages)
