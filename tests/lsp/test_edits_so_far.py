"""While code is written, where its lines would go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import Editor, apply_text_edits
from tests.random_llama import write_random_llama

pytestmark = pytest.mark.real
TEXT = "import re\n\n# keep a value\n\nprint(re)\n"
LINE = "abcdefghijklmnopqrstuvwxyz_=1023456789\n"  # a model made on the spot writes no character twice


@pytest.fixture(scope="module")
def writes_lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_llama(tmp_path_factory.mktemp("lines") / "lines.gguf", writes=LINE)


async def test_each_is_a_beginning_of_what_comes_in_the_end(start: Any, writes_lines: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(writes_lines)}, "generator": {"maxTokens": 110}})
    uri = editor.open(TEXT)
    answer = await editor.ask("generate", uri, 2, leaveOut=["plan"], edits=True)
    shown = [event["edit"] for event in editor.events["t"] if event["kind"] == "edit"]
    assert shown
    whole = editor.apply(answer["edit"])
    for edit in shown:
        (change,) = edit["documentChanges"]
        so_far = apply_text_edits(TEXT, change["edits"])
        assert change["textDocument"]["version"] == 1
        assert LINE in so_far
        assert so_far.startswith("import re\n\n# keep a value\n")
        written = so_far.removesuffix("\n\nprint(re)\n")
        assert written != so_far
        assert whole.startswith(written)


async def test_they_come_only_where_they_are_asked_for(start: Any, writes_lines: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(writes_lines)}, "generator": {"maxTokens": 110}})
    uri = editor.open(TEXT)
    await editor.ask("generate", uri, 2, leaveOut=["plan"])
    await editor.ask("generate", uri, 2, leaveOut=["plan"], edits=True, request="keep another")
    kinds = {event["kind"] for event in editor.events["t"]}
    assert "text" in kinds
    assert "edit" not in kinds
