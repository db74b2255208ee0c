"""How many clips cost how much, as figure B-6 of the thesis.

``python tools/visualizations/cost_distribution.py CONFIG CHECKPOINT`` writes cost_distribution.json
and .png.
"""

import argparse
import json

from vared_mm.analysis import clip_costs
from vared_mm.cli import command, one_line_errors
from vared_mm.cli.analysis import add_analysis_options, start_analysis
from vared_mm.visualization import draw_distribution


@command
def main() -> None:
    """Run, write."""
    parser = argparse.ArgumentParser(description='How many clips cost how much')
    add_analysis_options(parser)
    with one_line_errors():
        run = start_analysis(parser.parse_args())
        found = {'config': run.name, **clip_costs(run).distribution()}
    (run.out_dir / 'cost_distribution.json').write_text(json.dumps(found, indent=1) + '\n')
    title = f'{run.name}\n(cheap operations and gates left out)'
    draw_distribution(found, run.out_dir / 'cost_distribution.png', title)
    print(f'written to {run.out_dir}')


if __name__ == '__main__':
    main()
