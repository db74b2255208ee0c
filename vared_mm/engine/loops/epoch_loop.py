"""Training by epochs that resumes bit for bit where it was killed."""

from collections.abc import Sequence

from mmengine.dist import get_rank
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import nn

from vared_mm.engine.resume_place import FitSchedules, sizes_of
from vared_mm.registry import LOOPS

from .randomness import seed_all
from .seeded_dataset import seeded


@LOOPS.register_module()
class EpochLoop(EpochBasedTrainLoop):
    """mmengine's loop, whose randomness depends on (seed, rank, step) and (seed, draw) alone.

    So nothing random need be saved: a run resumed from any checkpoint, one from within an epoch
    too, ends in the same weights as one that was never interrupted (on a CPU; with the same batch
    size and number of processes). With epochs of another length it resumes at the first sample of
    an epoch, from a checkpoint of the end of one (see :func:`place_to_resume`).

    Args:
        runner: that trains.
        dataloader: its config.
        **kwargs: of mmengine's loop.
    """

    def __init__(self, runner: Runner, dataloader: dict, **kwargs) -> None:
        super().__init__(runner, seeded(dataloader), **kwargs)
        self._done = 0
        self.sizes = sizes_of(self.dataloader)
        runner.register_hook(FitSchedules(len(self.dataloader), self.sizes))

    def run(self) -> nn.Module:
        """Train, and note of what size the epochs are, for a training that is resumed."""
        self.runner.message_hub.update_info_dict(self.sizes)
        return super().run()

    def validation_is_due(self) -> bool:
        """Whether a validation comes right after the step that was done last."""
        return (
            self.epoch >= max(self.val_begin, 1)
            and self.iter == self.epoch * len(self.dataloader)
            and (self.epoch % self.val_interval == 0 or self.epoch == self.max_epochs)
        )

    def run_epoch(self) -> None:
        """Do what is left of an epoch; of all but the first one after resuming, everything."""
        self._done = self.iter - self.epoch * len(self.dataloader)
        batches = self.dataloader.batch_sampler
        batches.sampler.begin_at(self._done * batches.batch_size)
        super().run_epoch()

    def run_iter(self, idx: int, data_batch: Sequence[dict]) -> None:
        """Do one step under its own seed."""
        seed_all(self.runner.seed, get_rank(), self.iter)
        super().run_iter(self._done + idx, data_batch)
