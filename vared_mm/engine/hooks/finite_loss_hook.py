"""Stop at a loss that is not finite, and say where it came from."""

from pathlib import Path
from typing import Any

import torch
from mmengine.dist import get_rank
from mmengine.runner import Runner
from torch import Tensor, nn

from vared_mm.engine.loops import seed_all
from vared_mm.registry import HOOKS

from .first_not_finite import first_not_finite, is_finite
from .model_hook import ModelHook


class NonFiniteLossError(FloatingPointError):
    """A loss is NaN or infinite."""


@HOOKS.register_module()
class FiniteLossHook(ModelHook):
    """Stop training before a NaN or infinite loss reaches the weights.

    The batch is run once more, under the same seed, to find the layer whose gate or output was the
    first that is not finite; it is saved in the work folder as ``not_finite_step7.pth``: ``step``,
    ``first``, ``inputs`` of the model and ``samples`` as plain dicts.

    Raises:
        NonFiniteLossError: in a step, naming it, the loss, the layer and the file.
    """

    mode = 'loss'
    priority = 'LOWEST'  # attached last, it sees what other hooks add to the losses

    def before_train(self, runner: Runner) -> None:
        """Attach to the model."""
        self._runner = runner
        self.attach(runner.model)

    def after_train(self, runner: Runner) -> None:
        """Let go of the model."""
        self.detach()

    def after_forward(self, model: nn.Module, inputs: Any, data_samples: Any, output: Any) -> None:
        """Look at each loss."""
        wrong = {
            name: float(sum(part.detach().sum() for part in _parts(value)))
            for name, value in output.items()
            if 'loss' in name and not is_finite(value)
        }
        if not wrong:
            return
        self.detach()  # the batch runs again
        runner, rank = self._runner, get_rank()
        seed_all(runner.seed, rank, runner.iter)
        first = first_not_finite(model, inputs, data_samples)
        step = runner.iter + 1
        path = Path(runner.work_dir, f'not_finite_step{step}{f"_rank{rank}" if rank else ""}.pth')
        samples = [sample.to_dict() for sample in data_samples or ()]
        kept = {'step': step, 'first': first, 'inputs': _on_cpu(inputs), 'samples': samples}
        torch.save(kept, path)
        losses = ', '.join(f'{name} is {value}' for name, value in wrong.items())
        raise NonFiniteLossError(
            f'step {step}: {losses}; first not finite: {first}; the batch is in {path}'
        )


def _parts(value: Any) -> list[Tensor]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _on_cpu(inputs: Any) -> Any:
    return inputs.cpu() if isinstance(inputs, Tensor) else [part.cpu() for part in inputs]
