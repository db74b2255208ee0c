"""A local stream: a short clip, again and again, as a network camera would send it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from vared_mm.datasets.synthetic import write_video

FRAMES = 24


@pytest.fixture(scope='session')
def clip(tmp_path_factory) -> Path:
    """A small transport stream of :data:`FRAMES` frames, each of another brightness."""
    path = tmp_path_factory.mktemp('clip') / 'clip.ts'
    frames = (np.full((48, 64, 3), 5 * i + 60, np.uint8) for i in range(FRAMES))
    write_video(path, frames, 25)
    return path


@pytest.fixture
def serve(clip: Path) -> Iterator[Callable[[int], str]]:
    """``serve(times)`` gives an address; each connection gets the clip so many times."""
    servers = []

    def start(times: int) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header('Content-Type', 'video/mp2t')
                self.end_headers()
                with suppress(OSError):
                    for _ in range(times):
                        self.wfile.write(clip.read_bytes())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f'http://127.0.0.1:{server.server_port}/live.ts'

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
