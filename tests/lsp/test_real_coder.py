"""The whole way with a model that people use: Qwen2.5-Coder-0.5B-Instruct in a real server, asked greedily.

What a model writes may change with llama.cpp, so these are requests that leave little to decide, and what is held to is
the shape of the answer; what the code does is asked of the simplest one alone.
"""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from planfirst.lsp.messages import QUERIES
from planfirst.lsp.protocol import plain
from tests.adapters.sandbox_outside import why_not_here
from tests.lsp.conftest import shares_editor
from tests.lsp.editor import Editor

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]  # where the model is not here yet, it is fetched
REASON = why_not_here()
STUB = '''"""What the till does."""


def total(prices: list[float]) -> float:
    """The sum of all prices.

    >>> total([1.5, 2.0])
    3.5
    """
'''
COMPLETE = '''"""Rooms."""


# TODO: add type hints
def area(width, height):
    """How large a room is."""
    return width * height


def volume(width, height, depth):
    return area(width, height) * depth
'''


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(real_model: Path) -> AsyncIterator[Editor]:
    """One editor for all tests here, so that the model is loaded once."""
    editor = Editor()
    model = {"model": str(real_model), "maxTokens": 60}
    await editor.start(
        {"planner": model, "generator": {"maxTokens": 120}, "editor": {"warmUp": False}, "verify": {"attempts": 1}}
    )
    yield editor
    await editor.stop()


def functions(text: str) -> dict[str, ast.FunctionDef]:
    """The functions at the top of a file, which has to be sound."""
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


@shares_editor
async def test_code_waits_behind_the_plan_of_a_stub_and_completes_it(editor: Editor, real_model: Path) -> None:
    uri = editor.open(STUB, "till.py")
    planned = await editor.ask("plan", uri, 3)
    assert 1 <= len(planned["plan"]) <= 6
    assert (planned["planner"], planned["code"]) == (real_model.stem, "")
    at = {"textDocument": {"uri": uri}, "range": {"start": {"line": 3}, "end": {"line": 3}}}
    site: Any = plain(await editor.client.protocol.send_request_async(QUERIES["site"], at))
    assert (site["known"]["steps"], site["known"]["draft"]) == (planned["plan"], True)
    answer = await editor.ask("generate", uri, 3)
    assert answer["plan"] == planned["plan"]
    edited = editor.apply(answer["edit"])
    assert len(answer["parts"]) == len(answer["plan"])  # every step knows its lines
    assert "".join(answer["parts"]).split() == edited[len(STUB) :].split()
    assert edited.startswith(STUB)
    assert len(functions(edited)["total"].body) > 1  # more than its docstring


@shares_editor
@pytest.mark.skipif(bool(REASON), reason=REASON)
async def test_the_example_of_a_docstring_holds_in_the_sandbox(editor: Editor) -> None:
    uri = editor.open(STUB, "checked.py")
    answer = await editor.ask("generate", uri, 3, trusted=True, mayRun=True)
    verdict = answer["verdict"]
    assert (verdict["status"], verdict["held"], verdict["of"], verdict["ran"]) == ("passed", 1, 1, True)


@shares_editor
async def test_another_attempt_keeps_to_your_plan_and_a_step_taken_out_stays_out(editor: Editor) -> None:
    uri = editor.open(STUB, "mine.py")
    own = ["Add the prices up in a variable", "Print the variable", "Return the variable"]
    first = await editor.ask("generate", uri, 3, plan=own)
    again = await editor.ask("generate", uri, 3, attempt=1)
    assert (first["plan"], again["plan"], again["planner"]) == (own, own, "")
    shorter = await editor.ask("generate", uri, 3, plan=[own[0], own[2]])
    assert shorter["code"]
    assert "print(" not in shorter["code"]


@shares_editor
async def test_a_comment_directly_above_a_function_changes_that_function(editor: Editor) -> None:
    uri = editor.open(COMPLETE, "rooms.py")
    answer = await editor.ask("generate", uri, 3)
    edited = editor.apply(answer["edit"])
    assert list(functions(edited)) == ["area", "volume"]
    assert [one.arg for one in functions(edited)["area"].args.args] == ["width", "height"]
    assert edited.endswith(COMPLETE[COMPLETE.index("\n\ndef volume") :])
