"""Training by steps that resumes bit for bit where it was killed."""

from collections.abc import Sequence

from mmengine.dist import get_rank
from mmengine.runner import IterBasedTrainLoop, Runner

from vared_mm.engine.resume_place import sizes_of
from vared_mm.registry import LOOPS

from .randomness import seed_all
from .seeded_dataset import seeded


@LOOPS.register_module()
class IterationLoop(IterBasedTrainLoop):
    """mmengine's loop, with randomness as :class:`EpochLoop` has it.

    Args:
        runner: that trains.
        dataloader: its config, with an endless sampler.
        **kwargs: of mmengine's loop.
    """

    def __init__(self, runner: Runner, dataloader: dict, **kwargs) -> None:
        super().__init__(runner, seeded(dataloader), **kwargs)
        self.sizes = sizes_of(self.dataloader)

    def run(self) -> None:
        """Train, and note how many samples a step has, for a training that is resumed."""
        self.runner.message_hub.update_info_dict(self.sizes)
        super().run()

    def validation_is_due(self) -> bool:
        """Whether a validation comes right after the step that was done last."""
        return self.iter >= max(self.val_begin, 1) and (
            self.iter % self.val_interval == 0 or self.iter == self.max_iters
        )

    def run_iter(self, data_batch: Sequence[dict]) -> None:
        """Do one step under its own seed."""
        seed_all(self.runner.seed, get_rank(), self.iter)
        super().run_iter(data_batch)
