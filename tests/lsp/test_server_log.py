"""What the server writes into its log, which an editor shows as its output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FILE = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "# sort the rows of a table\n"}
HERE = {"textDocument": {"uri": FILE["uri"]}, "range": {"start": {"line": 0}, "end": {"line": 0}}}


def logged(messages: list[dict[str, Any]], until: bytes) -> list[str]:
    """What the server has logged when its answer holds ``until``."""
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    server = [sys.executable, "-P", "-m", "planfirst.lsp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(server, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies))
        process.stdin.flush()
        answered = b""
        while until not in answered and (more := process.stdout.read1()):
            answered += more
        assert until in answered
        process.stdin.close()
        return process.stderr.read().decode().splitlines()


def test_an_error_that_the_editor_is_told_is_one_line(tmp_path: Path) -> None:
    options = {"planner": {"model": str(tmp_path / "none.gguf")}, "editor": {"warmUp": False}}
    rows = logged(
        [
            {"id": 1, "method": "initialize", "params": {"capabilities": {}, "initializationOptions": options}},
            {"method": "initialized", "params": {}},
            {"method": "textDocument/didOpen", "params": {"textDocument": FILE}},
            {"id": 2, "method": "planfirst/plan", "params": HERE},
        ],
        until=b"none.gguf",
    )
    assert rows == ["ERROR planfirst.lsp.server: FeatureRequestError: model-file-missing"]
