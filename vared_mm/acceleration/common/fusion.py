"""Which batch norms and ReLUs can be fused into the layer before them."""

from collections import Counter
from collections.abc import Callable, Iterable

from mmengine.model import revert_sync_batchnorm
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from vared_mm.blockwise import BlockConvolution
from vared_mm.blockwise.squeeze_within import is_squeeze_within
from vared_mm.dynamic import DynamicConvolution

from .as_made import is_as_made
from .watch import Call, Watch

#: The last is what mmengine makes of a synchronized norm where there is one process.
NORMS = (
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.BatchNorm3d,
    nn.SyncBatchNorm,
    type(revert_sync_batchnorm(nn.SyncBatchNorm(1))),
)


#: The batch norm right behind a layer and the ReLU right behind that; None where there is none.
Fusible = tuple[_BatchNorm | None, nn.ReLU | None]


def find_fusible(
    watch: Watch, model: nn.Module, layers: Iterable[nn.Module]
) -> dict[nn.Module, Fusible]:
    """For each of some layers, what can be fused into it.

    Found in what a pass called and read, so it does not matter how the model is written, nor what
    its modules are called. A model that looks at values may take another way with others: nothing
    in it can be fused.

    Args:
        watch: of a pass, whose result is still alive: what it holds counts as read.
        model: in evaluation mode; only modules of its own are fused.
        layers: of the model.
    """
    if _depends_on_values(watch, model):
        return dict.fromkeys(layers, (None, None))
    own, found = set(model.modules()), {}
    for layer in layers:
        norm = _only_reader(watch, layer, lambda m: m in own and is_fixed_norm(m))
        relu = _only_reader(watch, norm or layer, lambda m: m in own and is_as_made(m, nn.ReLU))
        found[layer] = norm, relu
    return found


def is_fixed_norm(module: nn.Module) -> bool:
    """Whether it is a plain batch norm that uses its running statistics."""
    if not is_as_made(module, *NORMS) or module.training:
        return False
    return module.running_mean is not None and module.running_var is not None


def feeds_only(watch: Watch, module: nn.Module, reader: nn.Module) -> bool:
    """Whether a reader takes each result of a module, nothing else, and alone reads them.

    A reader that works in place reads first, and leaves its own result there for others to read.
    """
    calls, by_input = watch.calls[module], {c.takes: c for c in watch.calls[reader]}
    given = Counter(call.gives for call in calls)
    if None in given or given != Counter(call.takes for call in watch.calls[reader]):
        return False
    return all(_reads_alone(watch, by_input[call.gives], call) for call in calls)


def _reads_alone(watch: Watch, reader: Call, call: Call) -> bool:
    assert call.gives is not None
    inside = [reader in within for within in watch.reads[call.gives.storage] if call not in within]
    if reader.gives is not None and reader.gives.storage == call.gives.storage:
        return inside[:1] == [True]
    return bool(inside) and all(inside) and not watch.is_alive(call.gives)


def first_reader(
    watch: Watch, module: nn.Module, wanted: Callable[[nn.Module], bool]
) -> nn.Module | None:
    """The outermost wanted module within which a module's first result is read first."""
    calls = watch.calls[module]
    if not calls or calls[0].gives is None:
        return None
    reads = (within for within in watch.reads[calls[0].gives.storage] if calls[0] not in within)
    return next((call.module for call in next(reads, ()) if wanted(call.module)), None)


def _only_reader(
    watch: Watch, module: nn.Module, wanted: Callable[[nn.Module], bool]
) -> nn.Module | None:
    reader = first_reader(watch, module, wanted)
    return reader if reader is not None and feeds_only(watch, module, reader) else None


def _depends_on_values(watch: Watch, model: nn.Module) -> bool:
    """Whether Python read values within a model, other than in a dynamic layer or block."""
    for within in watch.looks:
        modules = [call.module for call in within]
        if model in modules and not any(map(_decides, modules)):
            return True
    return False


def _decides(module: nn.Module) -> bool:
    return isinstance(module, DynamicConvolution | BlockConvolution) or is_squeeze_within(module)
