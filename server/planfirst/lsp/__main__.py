"""``python -m planfirst.lsp``: serves LSP on standard input and output."""

from __future__ import annotations

import logging
import os
import sys

from pygls.exceptions import JsonRpcException

from planfirst.lsp.editor_process import end_soon
from planfirst.lsp.server import create_server


def main() -> None:
    """Serves until the editor says exit or goes away."""
    level = os.environ.get("PLANFIRST_LOG", "WARNING").upper()
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)  # it writes whole messages, and with them the user's code
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_news)
    server = create_server()
    try:
        server.start_io()
    finally:
        end_soon()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a record says more than an error that the editor is told of, for which pygls writes a traceback."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcException)


if __name__ == "__main__":
    main()
