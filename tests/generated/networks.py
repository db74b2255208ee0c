"""Networks out of a grammar of features that a transformation may misread."""

from dataclasses import dataclass, field
from functools import partial

import torch
import torch.nn.functional as F
import torch.nn.utils.prune
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from tests.generated import parts

CONV_KINDS = {
    'plain': parts.CONVS,
    'named': parts.NAMED_CONVS,
    'doubled': parts.DOUBLED_CONVS,
    'standardized': parts.STANDARDIZED_CONVS,
    'called': parts.CALLED_CONVS,
}
WEIGHTS = {
    'weight norm': partial(parametrizations.weight_norm, dim=0),
    'weight norm by hook': torch.nn.utils.weight_norm,
    'spectral norm': parametrizations.spectral_norm,
    'pruned': partial(torch.nn.utils.prune.l1_unstructured, name='weight', amount=0.5),
}
BY_HAND = ('functional', 'matmul', 'einsum')
NORM_KINDS = (
    'batch',
    'batch without weights',
    'batch without statistics',
    'batch in training mode',
    'named batch',
    'activated batch',
    'group',
    'instance',
    'by hand',
    'none',
)
ACTIVATIONS = {
    'none': nn.Identity,
    'relu': nn.ReLU,
    'relu in place': partial(nn.ReLU, inplace=True),
    'relu6': nn.ReLU6,
    'silu': nn.SiLU,
    'named relu': parts.NamedReLU,
    'sloped relu': parts.SlopedReLU,
}
POOL_KINDS = ('none', 'max', 'max with ceiling', 'dilated max', 'named max', 'shifted max')
FLOWS = (
    'chain',
    'residual',
    'residual in place',
    'raw returned',
    'raw read',
    'raw view returned',
    'raw changed',
    'raw joined',
    'raw gates',
    'functional between',
    'clamped between',
    'twice',
    'folded batch',
    'weight read',
    'weight used',
    'norm twice',
)
TARGETS = ('conv', 'norm', 'act', 'pool')
HOOKS = ('scaling', 'storing', 'with kwargs', 'before', 'patched forward', 'backward')
ALIASES = ('none', 'in a list', 'second name', 'same as before')


@dataclass(frozen=True)
class Stage:
    """What a stage is drawn to be; see :class:`Network` for how it runs."""

    out: int
    groups: int = 1
    kernel: tuple[int, ...] = (1, 1, 1)
    stride: tuple[int, ...] = (1, 1, 1)
    padding: str | int = 0
    mode: str = 'zeros'
    dilation: int = 1
    bias: bool = True
    conv: str = 'plain'
    weight: str = ''
    norm: str = 'batch'
    act: str = 'relu'
    pool: str = 'none'
    flow: str = 'chain'
    hook: tuple[str, str] | tuple[()] = ()
    alias: tuple[str, str] = ('none', 'conv')


@dataclass(frozen=True)
class Plan:
    """A network: its stages, the shape of one clip or image, what it returns."""

    stages: tuple[Stage, ...]
    shape: tuple[int, ...]
    returns: str = 'tensor'
    seed: int = 0
    clips: int = 2
    search: tuple[int, int] = field(default=(1, 2))

    @property
    def axes(self) -> int:
        """Of space and time."""
        return len(self.shape) - 1


class Network(nn.Module):
    """Runs the stages of a plan one after the other.

    Args:
        plan: what to build; the same plan gives the same network.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        torch.manual_seed(plan.seed)
        self.plan, self.kept = plan, []
        self.again = nn.ModuleList()
        channels = plan.shape[0]
        for index, stage in enumerate(plan.stages):
            channels = self._add(index, stage, channels)
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.track_running_stats:
                module.running_mean.normal_()
                module.running_var.uniform_(0.5, 2)
            if getattr(module, 'affine', False):
                nn.init.uniform_(module.weight, 0.5, 2)
                nn.init.normal_(module.bias)
        self.eval()
        for index, stage in enumerate(plan.stages):
            if stage.norm == 'batch in training mode':
                self._part(index, 'norm').train()
            if stage.hook:
                add_hook(self._part(index, stage.hook[0]), stage.hook[1], self.kept)

    def _part(self, index: int, name: str) -> nn.Module:
        return getattr(self, f'{name}{index}')

    def _add(self, index: int, stage: Stage, channels: int) -> int:
        folded = stage.flow == 'folded batch' and channels % 2 == 0 and stage.out % 2 == 0
        cut = 2 if folded else 1
        sizes = (channels // cut, stage.out // cut)
        made = make_conv(stage, *sizes, self.plan.axes)
        layers = {
            'conv': made,
            'norm': make_norm(stage.norm, sizes[1], self.plan.axes),
            'act': ACTIVATIONS[stage.act](),
            'pool': make_pool(stage.pool, self.plan.axes),
        }
        kind, target = stage.alias
        if kind == 'same as before' and index:  # a layer that two stages share
            before = self._part(index - 1, target)
            if target in ('act', 'pool') or same_sizes(before, layers[target]):
                layers[target] = before
        for name, layer in layers.items():
            setattr(self, f'{name}{index}', layer)
        if kind == 'in a list':
            self.again.append(layers[target])
        elif kind == 'second name':
            setattr(self, f'a_{target}{index}', layers[target])
        return stage.out * (2 if stage.flow == 'raw joined' else 1)

    def forward(self, x: Tensor) -> object:
        """Shapes: (N, C, T, H, W) or (N, C, H, W) -> what the plan says."""
        returned: list[Tensor] = []
        for index, stage in enumerate(self.plan.stages):
            x = self._run(index, stage, x, returned)
        if self.plan.returns == 'tuple':
            return (*returned, x)
        if self.plan.returns == 'dict':
            return {str(i): y for i, y in enumerate([*returned, x])}
        pooled = torch.cat(
            [y.flatten(1).mean(1, keepdim=True) for y in returned] + [x.flatten(1)], 1
        )
        return pooled

    def _run(self, index: int, stage: Stage, x: Tensor, returned: list[Tensor]) -> Tensor:
        conv, norm, act, pool = (self._part(index, name) for name in TARGETS)
        clips, flow = len(x), stage.flow
        folded = flow == 'folded batch' and x.shape[1] % 2 == 0 and stage.out % 2 == 0
        if folded:
            x = x.reshape(2 * clips, x.shape[1] // 2, *x.shape[2:])
        if flow == 'weight read' and hasattr(conv, 'weight'):
            x = x.to(conv.weight.dtype)
        raw = conv(x)
        if flow == 'weight used' and getattr(conv, 'weight', None) is not None:
            raw = raw + conv.weight.mean()
        if flow == 'twice' and raw.shape == x.shape:
            raw = conv(raw)
        if flow == 'raw returned':
            returned.append(raw)
        if flow == 'raw view returned':
            returned.append(raw.flatten(2))
        if flow == 'raw changed':
            raw.mul_(0.5)
        if flow == 'functional between':
            raw = F.relu(raw)
        if flow == 'clamped between':
            raw.clamp_(max=0.7)
        y = norm(raw)
        if flow == 'norm twice' and stage.norm != 'none':
            y = norm(y)
        if flow == 'residual' and y.shape == x.shape:
            y = y + x
        if flow == 'residual in place' and y.shape == x.shape:
            y += x
        if flow == 'raw read':
            y = y + raw.mean()
        if flow == 'raw gates':
            y = y * torch.sigmoid(raw.flatten(2).mean(2)).view(
                *raw.shape[:2], *[1] * (raw.dim() - 2)
            )
        y = act(y)
        if flow == 'raw joined':
            y = torch.cat([raw, y], 1)
        if folded:
            y = y.reshape(clips, -1, *y.shape[2:])
        return pool(y)


def make_conv(stage: Stage, inputs: int, outputs: int, axes: int) -> nn.Module:
    """A convolution of a stage, or what computes one."""
    groups = stage.groups if inputs % stage.groups == outputs % stage.groups == 0 else 1
    cls = CONV_KINDS.get(stage.conv, parts.CONVS)[axes - 2]
    ones = stage.conv in ('matmul', 'einsum')
    conv = cls(
        inputs,
        outputs,
        (1,) * axes if ones else stage.kernel[-axes:],
        (1,) * axes if ones else stage.stride[-axes:],
        0 if ones else stage.padding,
        stage.dilation,
        1 if ones else groups,
        stage.bias,
        'zeros' if stage.conv == 'functional' else stage.mode,
    )
    if stage.conv in BY_HAND:
        return parts.ByHand(stage.conv, conv)
    return WEIGHTS[stage.weight](conv) if stage.weight else conv


def make_norm(kind: str, channels: int, axes: int) -> nn.Module:
    """A norm by its kind."""
    if kind == 'none':
        return nn.Identity()
    if kind == 'group':
        return nn.GroupNorm(1, channels)
    if kind == 'instance':
        return getattr(nn, f'InstanceNorm{axes}d')(channels, affine=True)
    if kind == 'by hand':
        return parts.ScaledByHand(channels)
    classes = {'named batch': parts.NAMED_NORMS, 'activated batch': parts.ACTIVATED_NORMS}
    options = {
        'batch without weights': dict(affine=False),
        'batch without statistics': dict(track_running_stats=False),
    }
    return classes.get(kind, parts.NORMS)[axes - 2](channels, **options.get(kind, {}))


def make_pool(kind: str, axes: int) -> nn.Module:
    """A pooling by its kind."""
    if kind == 'none':
        return nn.Identity()
    classes = {'named max': parts.NAMED_POOLS, 'shifted max': parts.SHIFTED_POOLS}
    options = {'max with ceiling': dict(ceil_mode=True), 'dilated max': dict(dilation=2)}
    kernel = (1, 2, 2)[-axes:]
    return classes.get(kind, parts.POOLS)[axes - 2](kernel, **options.get(kind, {}))


def same_sizes(one: nn.Module, other: nn.Module) -> bool:
    """Whether a layer can take another's place."""
    shapes = [{n: p.shape for n, p in m.named_parameters()} for m in (one, other)]
    return type(one) is type(other) and shapes[0] == shapes[1]


def add_hook(module: nn.Module, kind: str, kept: list) -> None:
    """Let a module do more than its class says."""
    if kind == 'scaling':
        module.register_forward_hook(lambda _m, _i, out: out * 1.5 + 0.1)
    elif kind == 'storing':
        module.register_forward_hook(lambda *_: kept.append(1))
    elif kind == 'with kwargs':
        module.register_forward_hook(lambda _m, _i, _k, out: out - 0.2, with_kwargs=True)
    elif kind == 'before':
        module.register_forward_pre_hook(lambda _m, inputs: (inputs[0] * 1.3,))
    elif kind == 'backward':
        module.register_full_backward_hook(lambda *_: None)
    else:
        forward = module.forward
        module.forward = lambda x: forward(x) * 0.7
