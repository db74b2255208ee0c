"""Share computed by layer and class, as figures 4-1, B-4 and B-5 of the thesis.

``python tools/visualizations/policy_heatmap.py CONFIG CHECKPOINT`` writes
policy_heatmap.json and .png.
"""

import argparse
import json

from vared_mm.analysis import clip_costs
from vared_mm.cli import command, one_line_errors
from vared_mm.cli.analysis import add_analysis_options, start_analysis
from vared_mm.visualization import draw_policy


@command
def main() -> None:
    """Run, write."""
    parser = argparse.ArgumentParser(description='Share computed by layer and class')
    add_analysis_options(parser)
    with one_line_errors():
        run = start_analysis(parser.parse_args())
        policy = clip_costs(run).policy()
    clips = sum(policy['clips_of_class'])
    found = {'config': run.name, **policy}
    (run.out_dir / 'policy_heatmap.json').write_text(json.dumps(found) + '\n')
    draw_policy(policy, run.out_dir / 'policy_heatmap.png', f'{run.name}: {clips} clips')
    print(f'written to {run.out_dir}')


if __name__ == '__main__':
    main()
