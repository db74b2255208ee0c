"""What the tools in ``tools/`` share: options, configs, errors in one line, signals, outputs."""

from .arguments import add_device, device_name, finite, not_negative, positive, share
from .config_file import read_config, require_keys
from .errors import command, one_line_errors
from .options import add_run_options, build_runner, leave_processes, load_config
from .outputs import output_file, output_folder, write_json
from .overrides import add_overrides
from .signals import end_on_signals

__all__ = [
    'add_device',
    'add_overrides',
    'add_run_options',
    'build_runner',
    'command',
    'device_name',
    'end_on_signals',
    'finite',
    'leave_processes',
    'load_config',
    'not_negative',
    'one_line_errors',
    'output_file',
    'output_folder',
    'positive',
    'read_config',
    'require_keys',
    'share',
    'write_json',
]
