"""The table of our method and others on the demo's clips, from the records of its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vared_mm.reporting.demo_report import COST, STATIC, demo_table, describe_run, seed_table
from vared_mm.reporting.run_result import RunResult

NOTE = (
    'Every method had as many epochs in all its stages together, the static models three '
    'quarters of them. "Of static" is the share of the static model\'s MACs, of frames for '
    'models of frames. Weights pruned one by one and activations gated one by one save MACs on '
    'paper only: no kernel here skips them, so their clips per second are those of the dense '
    'convolution. "Frames" are models of single images, each a stack of two frames, over eight '
    'of them; they were timed apart from those of clips. What a method has to meet the MACs was '
    'set by its cost on validation clips or training clips, never on the test set.'
)
FRAMES = 'frames: static'


def rivals_report(runs: Mapping[str, Sequence[RunResult]], markdown: bool = False) -> str:
    """Accuracy, MACs, clips per second and parameters of every method, then every seed's.

    Args:
        runs: method -> its records, one a seed; ``'static'`` is one of them.
        markdown: for a page instead of a terminal.
    """
    runs = against_static(runs)
    parts = [demo_table(runs, markdown, counted=True), describe_run(runs), NOTE]
    if len(runs[STATIC]) > 1:
        parts += ['Every seed:', seed_table(runs, markdown)]
    return '\n\n'.join(parts) + '\n'


def against_static(runs: Mapping[str, Sequence[RunResult]]) -> dict[str, list[RunResult]]:
    """The records with shares of the static model's MACs: a pruned model's own are fewer."""
    found = {}
    for method, results in runs.items():
        kind = FRAMES if method.startswith('frames') and FRAMES in runs else STATIC
        whole = runs[kind][0].static_macs or 1
        found[method] = [
            replace(r, metrics={**r.metrics, 'cost/share': 1e9 * (r.metrics[COST[0]] or 0) / whole})
            for r in results
        ]
    return found
