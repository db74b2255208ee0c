"""Options of the tools that run a trained recognizer on a data set and look at what it does."""

import argparse

from vared_mm.analysis import AnalysisRun

from .arguments import add_device, positive
from .config_file import read_config
from .outputs import output_folder
from .overrides import add_overrides


def add_analysis_options(parser: argparse.ArgumentParser) -> None:
    """Add CONFIG, CHECKPOINT and what to run them on."""
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--out-dir',
        type=output_folder,
        help='folder of the outputs; default: analysis/ beside the checkpoint',
    )
    parser.add_argument(
        '--split', choices=('train', 'val', 'test'), default='test', help='default: %(default)s'
    )
    parser.add_argument(
        '--clips', type=positive, help='number of clips, evenly spread; default: all'
    )
    add_device(parser)
    add_overrides(parser)


def start_analysis(args: argparse.Namespace) -> AnalysisRun:
    """Load the model and the data set that the options name.

    Raises:
        FileNotFoundError, ValueError: as of :func:`read_config` and :meth:`AnalysisRun.start`.
    """
    return AnalysisRun.start(
        read_config(args.config, args.cfg_options),
        args.checkpoint,
        split=args.split,
        clips=args.clips,
        device=args.device,
        out_dir=args.out_dir,
    )
