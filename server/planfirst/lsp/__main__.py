"""``python -m planfirst.lsp``: serves LSP on standard input and output."""

from __future__ import annotations

import logging
import os
import sys

from planfirst.lsp.editor_process import end_soon
from planfirst.lsp.server import create_server


def main() -> None:
    """Serves until the editor says exit or goes away."""
    level = os.environ.get("PLANFIRST_LOG", "WARNING").upper()
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)  # it writes whole messages, and with them the user's code
    server = create_server()
    try:
        server.start_io()
    finally:
        end_soon()


if __name__ == "__main__":
    main()
