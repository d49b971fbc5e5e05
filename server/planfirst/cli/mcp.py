"""``planfirst mcp``: serves the Model Context Protocol, for agents."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from planfirst.cli.console import Sets, settings_from
from planfirst.core.errors import BadRequest, PlanfirstError


def mcp(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="Files below it may be named; without it, the current folder.", show_default=False
        ),
    ] = None,
    may_run: Annotated[
        bool, typer.Option("--may-run", help="Allow that code is run, in a sandbox; without it, code is only read.")
    ] = False,
    sets: Sets = None,
) -> None:
    """Serves until the client goes away."""
    settings = settings_from(sets)
    root = _root(folder)
    if importlib.util.find_spec("mcp") is None:
        raise PlanfirstError("agent-sdk-missing")
    level = os.environ.get("PLANFIRST_LOG", "WARNING").upper()
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")
    os.environ.setdefault("PYDANTIC_ERRORS_INCLUDE_URL", "0")  # an agent reads them, often with no network
    from planfirst.lsp import read_permission
    from planfirst.lsp.editor_process import end_soon
    from planfirst.mcp_server.server import create_server

    may_search = root is not None and read_permission.answer(root)  # what the user said in an editor
    server = create_server(settings, root, may_run, [root] if root and may_search else [])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the SDK would wait for the line that it is reading
    try:
        server.run("stdio")
    except* (BrokenPipeError, ConnectionError):
        pass  # the client has hung up
    finally:
        end_soon()


def _root(folder: Path | None) -> Path | None:
    """The folder that is served; None where the client started us in a home folder or at the top of a disk.

    Raises:
        BadRequest: the one that was named is not there.
    """
    root = (folder or Path.cwd()).expanduser().resolve()
    if folder is not None and not root.is_dir():
        raise BadRequest("agent-folder-missing", folder=folder)
    wide = root in (root.parent, Path.home().resolve())
    return None if wide and folder is None else root
