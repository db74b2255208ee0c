"""Checkpoints that neither a kill nor a full disk can cost."""

from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner

from vared_mm.engine.checkpoint_file import begin_anew
from vared_mm.engine.durable_backend import PARTIAL, DurableBackend
from vared_mm.registry import HOOKS


@HOOKS.register_module()
class DurableCheckpointHook(CheckpointHook):
    """mmengine's hook: a checkpoint is whole or not there, an old one goes when a newer one is.

    A training that begins anew says so in ``last_checkpoint``, so that it is not resumed from what
    an older one left in the folder. When a resumed training begins, a validation that was due right
    after the checkpoint is done: the one before the kill may not have come to its end.

    Args:
        **kwargs: of mmengine's hook. In a local folder files are written by
            :class:`DurableBackend`, if ``backend_args`` name none.
    """

    def __init__(self, **kwargs: Any) -> None:
        if '://' not in str(kwargs.get('out_dir')) and not kwargs.get('backend_args'):
            kwargs['backend_args'] = {'backend': 'vared_mm.durable'}
        super().__init__(**kwargs)

    def before_train(self, runner: Runner) -> None:
        """Set up, clear away what an interrupted writing left, catch up on a validation."""
        super().before_train(runner)
        if isinstance(self.file_backend, DurableBackend) and is_main_process():
            for path in Path(self.out_dir).glob(f'*.pth{PARTIAL}'):
                path.unlink(missing_ok=True)
        if runner.iter == 0 and is_main_process():
            begin_anew(Path(runner.work_dir))
        self._remove_old()
        if runner.iter > 0 and 'last_ckpt' in runner.message_hub.runtime_info:
            # Else a validation that finds a new best one would not note it in the last one.
            self.last_ckpt = runner.message_hub.get_info('last_ckpt')
        is_due = getattr(runner.train_loop, 'validation_is_due', None)
        if runner.val_loop is not None and is_due is not None and is_due():
            runner.val_loop.run()

    def after_train_epoch(self, runner: Runner) -> None:
        """Save where it is time to, then remove what is old."""
        super().after_train_epoch(runner)
        self._remove_old()

    def after_train_iter(self, runner: Runner, *args: Any, **kwargs: Any) -> None:
        """Save where it is time to, then remove what is old."""
        super().after_train_iter(runner, *args, **kwargs)
        self._remove_old()

    def after_val_epoch(self, runner: Runner, metrics: dict[str, float]) -> None:
        """Save the best one, then remove what was the best."""
        super().after_val_epoch(runner, metrics)
        self._remove_old()

    def _remove_old(self) -> None:
        if isinstance(self.file_backend, DurableBackend):
            self.file_backend.remove_noted()
