"""Open what frames can come from."""

import os
import sys
from typing import Any

import av

from vared_mm.datasets import VideoError

#: libav sees no name, and nothing that a playlist names.
_ALONE: dict[str, Any] = {
    'container_options': {'protocol_whitelist': 'none'},
    'metadata_errors': 'replace',
}


def open_source(source: str, timeout: float) -> tuple[av.container.InputContainer, bool]:
    """Open a source of frames; say whether it is live.

    Args:
        source: number of a camera, address such as ``rtsp://...``, file, or ``-`` for standard
            input.
        timeout: seconds that an address may take to answer, and between two packets.

    Returns:
        The container, and whether its frames come in their own time, without an end.

    Raises:
        VideoError: naming the source, if it is not there, does not answer, or holds no video.
    """
    try:
        if source == '-':
            container = av.open(sys.stdin.buffer, **_ALONE)
        elif source.isdecimal():
            container = av.open(f'/dev/video{source}', format='v4l2', timeout=timeout)
        elif '://' in source:
            options = {'rtsp_transport': 'tcp'} if source.startswith('rtsp') else {}
            container = av.open(source, timeout=timeout, options=options, metadata_errors='replace')
        else:
            if not os.path.exists(source):
                raise VideoError(f'{source}: no such camera, address or file')
            container = av.open(open(source, 'rb'), **_ALONE)  # noqa: SIM115  (it outlives this)
    except av.error.ExitError:
        raise VideoError(f'{source}: no answer within {timeout:g} seconds') from None
    except (av.FFmpegError, OSError) as error:
        raise VideoError(f'{source}: {error.strerror or error}') from error
    if not container.streams.video:
        container.close()
        raise VideoError(f'{source}: holds no video stream')
    endless = '://' in source and container.duration is None
    return container, endless or source.isdecimal()
