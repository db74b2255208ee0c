"""The table of our method and others on the demo's clips, from the records of its runs."""

from dataclasses import replace

from vared_mm.reporting.demo_methods import MethodRuns, Runs
from vared_mm.reporting.demo_report import COST, STATIC, demo_table, describe_run, seed_table

NOTE = (
    'Every method had as many epochs in all its stages together, the static models three '
    'quarters of them. "Of static" is the share of the static model\'s MACs, of frames for '
    'models of frames. Weights pruned one by one and activations gated one by one save MACs on '
    'paper only: no kernel here skips them, so their clips per second are those of the dense '
    'convolution. "Frames" are models of single images, each a stack of two frames, over eight '
    'of them; they were timed apart from those of clips. What a method has to meet the MACs was '
    'set by its cost on validation clips or training clips, never on the test set.'
)
FRAMES = 'static_tsn-tiny'


def rivals_report(runs: Runs, markdown: bool = False) -> str:
    """Accuracy, MACs, clips per second and parameters of every method, then every seed's.

    Args:
        runs: by method; those of ``STATIC`` must be there.
        markdown: for a page instead of a terminal.
    """
    runs = against_static(runs)
    parts = [demo_table(runs, markdown, counted=True), describe_run(runs), NOTE]
    if len(runs[STATIC].results) > 1:
        parts += ['Every seed:', seed_table(runs, markdown)]
    return '\n\n'.join(parts) + '\n'


def against_static(runs: Runs) -> dict[str, MethodRuns]:
    """The records with shares of the static model's MACs: a pruned model's own are fewer."""
    found = {}
    for name, made in runs.items():
        kind = FRAMES if made.method.of_frames and FRAMES in runs else STATIC
        whole = runs[kind].results[0].static_macs or 1
        results = [
            replace(r, metrics={**r.metrics, 'cost/share': 1e9 * (r.metrics[COST[0]] or 0) / whole})
            for r in made.results
        ]
        found[name] = MethodRuns(made.method, results)
    return found
