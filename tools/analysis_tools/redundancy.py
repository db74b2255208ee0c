"""Redundancy of every convolution's feature maps, as table B.1 of the thesis.

``python tools/analysis_tools/redundancy.py CONFIG CHECKPOINT`` writes redundancy.json and .png.
"""

import argparse
import json

import torch

from vared_mm.analysis import RedundancyMeter
from vared_mm.cli import command, one_line_errors
from vared_mm.cli.analysis import add_analysis_options, start_analysis
from vared_mm.reporting import render_table
from vared_mm.visualization import draw_redundancy

NOTE = (
    "redundant: pairs of maps with Pearson's correlation above 0.85 and an RMSE below 0.001. The "
    'thesis says "above" for both, where a low RMSE is meant; "as worded" is the share of pairs '
    'above both, "correlated" that above 0.85 alone. Pairs with a constant map (no correlation is '
    'defined) or with a value that is not finite are left out and counted.'
)
COLUMNS = ('correlation', 'rmse', 'redundant', 'correlated', 'as_worded')


@command
def main() -> None:
    """Run, write, print."""
    parser = argparse.ArgumentParser(description="Redundancy of a model's feature maps")
    add_analysis_options(parser)
    with one_line_errors():
        run = start_analysis(parser.parse_args())
        meter = RedundancyMeter(run.clip_frames)
        with torch.inference_mode(), meter.watching(run.model):
            for (number,), batch in run.batches():
                run.model.test_step(batch)
                meter.finish_clip(run.video(number))
    report = meter.report()
    found = {'config': run.name, 'clips': meter.clips, 'note': NOTE, **report}
    (run.out_dir / 'redundancy.json').write_text(json.dumps(found, indent=1) + '\n')
    draw_redundancy(report, run.out_dir / 'redundancy.png', f'{run.name}: {meter.clips} clips')
    rows = [(name, *(part[column] for column in COLUMNS)) for name, part in report.items()]
    print(render_table(['dimension', *COLUMNS], rows, digits=4))
    print(f'{NOTE}\nwritten to {run.out_dir}')


if __name__ == '__main__':
    main()
