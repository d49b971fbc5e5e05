"""A server on loopback for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def served(handler: type[BaseHTTPRequestHandler], before_end: Callable[[], object] = bool) -> Iterator[str]:
    """Serves on a free port and gives the address, ``http://127.0.0.1:PORT``.

    Args:
        before_end: called before the server ends, to release requests that wait.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        before_end()
        server.shutdown()
        thread.join()
        server.server_close()
