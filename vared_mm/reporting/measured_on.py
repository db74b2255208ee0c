"""The line that says on what and where a table was measured."""

from vared_mm.reporting.run_result import RunResult


def measured_on(result: RunResult, items: str, made: str = 'generated') -> str:
    """Data set, how much of it, machine and versions.

    Args:
        result: one of the table's records; all were made on the same.
        items: what it counts: videos, frames, images.
        made: word for generated ones.
    """
    machine, versions = result.machine, result.versions
    device = machine.get('accelerator') or 'no accelerator'
    return (
        f'Measured on {result.dataset}, {result.videos} {items}'
        f'{f" ({made})" if result.generated_data else ""}; '
        f'{machine.get("processor")}, {machine.get("cores")} cores, {device}; '
        f'Python {versions.get("python")}, torch {versions.get("torch")}.'
    )
