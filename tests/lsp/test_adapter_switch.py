"""The planner's adapter, switched by a change of the settings while the model stays loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.lsp.editor import Editor
from tests.random_lora import write_random_lora

pytestmark = pytest.mark.real

COMMENT = "import os\n\n# read a file\n"


async def test_an_adapter_is_put_on_and_off_in_the_same_model_process(
    start: Any, random_llama: Path, tmp_path: Path
) -> None:
    adapter = write_random_lora(tmp_path / "careful.gguf", random_llama)
    editor: Editor = await start()
    uri = editor.open(COMMENT)

    async def planned(adapter: str) -> str:
        settings = {"planner": {"model": str(random_llama), "maxTokens": 40, "adapter": adapter}}
        editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({"planfirst": settings}))
        editor.events["t"] = []
        planner: str = (await editor.ask("plan", uri, 2))["planner"]
        return planner

    assert await planned("") == "random"
    assert _is_drafting(editor)
    models = _model_processes(editor)
    assert len(models) == 1
    assert await planned(str(adapter)) == "random + careful"
    assert not _is_drafting(editor)
    assert await planned("") == "random"
    assert await planned(str(adapter)) == "random + careful"
    with pytest.raises(JsonRpcException, match=r"adapter at .*none\.gguf"):
        await planned(str(tmp_path / "none.gguf"))
    assert await planned("") == "random"
    assert _model_processes(editor) == models


def _model_processes(editor: Editor) -> list[int]:
    children = psutil.Process(editor.client._server.pid).children()
    return [child.pid for child in children if "model" in child.cmdline()]


def _is_drafting(editor: Editor) -> bool:
    """Whether the model has been asked for code, which a plan from a draft begins with."""
    return any(event["kind"] == "stage" and event["stage"] == "generate" for event in editor.events.get("t", []))
