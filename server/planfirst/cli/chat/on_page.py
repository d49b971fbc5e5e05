"""``planfirst chat --web``: opens the page and serves it."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
import threading
import webbrowser

from planfirst.build import Engine
from planfirst.chat.conversations import Conversations
from planfirst.cli.console import tell
from planfirst.core.errors import PlanfirstError


def on_page(engine: Engine, conversations: Conversations, port: int, opened: str, opens: bool) -> None:
    """Serves the page until Ctrl-C.

    Args:
        port: where to listen; 0 for a free one.
        opened: the id of the conversation that the page begins with; empty for a new one.
        opens: whether a browser is opened.

    Raises:
        PlanfirstError: the extra is not installed, or the port is not free.
    """
    if any(importlib.util.find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise PlanfirstError("web-extra-missing")
    from planfirst.chat_web.server import serve

    level = os.environ.get("PLANFIRST_LOG", "WARNING").upper()
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")

    def began(address: str) -> None:
        address += f"#{opened}" if opened else ""
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        tell("Only you can open this address. Ctrl-C closes the page.")
        if opens:  # some browsers run in the terminal until they are left
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    def told(address: str) -> None:
        tell(f"A browser has opened the page. To open it in another one, use {address}")

    serve(engine, conversations, port, began, told)
    tell("The page is closed. What was said is kept.")
