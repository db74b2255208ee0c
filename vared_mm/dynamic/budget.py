"""Make one trained model meet a budget of MACs, without training it again."""

from collections.abc import Callable

from torch import nn

from .accounting import recorded_cost
from .gate import SoftModulationGate
from .layers import dynamic_layers


def set_threshold(model: nn.Module, threshold: float) -> None:
    """Let gate values that are not above a threshold count as zero, in evaluation.

    The values that are left keep the sum of all; a clip with none left takes the cheapest
    candidate. 0 is the trained model itself. The threshold is not in the model's state.

    Raises:
        ValueError: if the model has no gates, or no gate value can be above the threshold.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f'threshold={threshold}: must be from 0 to 1')
    gates = [layer.gate for layer in dynamic_layers(model).values()]
    gates = [gate for gate in gates if isinstance(gate, SoftModulationGate)]
    if not gates:
        raise ValueError('set_threshold: the model has no gates')
    for gate in gates:
        gate.threshold = threshold


def meet_budget(
    model: nn.Module,
    run: Callable[[], object],
    budget: float,
    static_macs: int,
    steps: int = 16,
) -> float:
    """Find and set the threshold at which the mean executed cost of a sample meets a budget.

    Executed cost falls as the threshold rises, so the threshold is bisected; what the gates of
    deeper layers see changes with it, so every step runs the sample again.

    Args:
        model: trained, in evaluation mode.
        run: runs the model over the sample; take one of the training set.
        budget: mean executed MACs of a clip, cheap operations and gates counted, as a share of
            ``static_macs``.
        static_macs: of the whole static model for one clip.
        steps: of the bisection.

    Returns:
        The threshold.

    Raises:
        ValueError: if the model can't meet that budget, with what it can.
    """

    def cost_at(threshold: float) -> float:
        """Mean executed MACs of a clip at a threshold, as a share of ``static_macs``."""
        set_threshold(model, threshold)
        with recorded_cost(model) as recorder:
            run()
        cost = recorder.take()
        if cost is None:
            raise ValueError('meet_budget: the sample is empty')
        saved = cost.dense.sum() - cost.executed.sum() / len(cost)
        return 1 - float(saved) / static_macs

    low, high = 0.0, 1.0
    dearest, cheapest = cost_at(low), cost_at(high)
    if not cheapest <= budget <= dearest:
        set_threshold(model, 0.0)
        raise ValueError(
            f'budget={budget}: must be from {cheapest:.3f} to {dearest:.3f} of the static MACs, '
            'which is what this model can execute'
        )
    found = {low: dearest, high: cheapest}
    for _ in range(steps):
        middle = (low + high) / 2
        found[middle] = cost_at(middle)
        low, high = (middle, high) if found[middle] > budget else (low, middle)
    best = min(found, key=lambda threshold: abs(found[threshold] - budget))
    set_threshold(model, best)
    return best
