"""What is offered where a comment stands above code, and in functions that are to be written, by the real server."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from planfirst.lsp.command_names import REWRITE, TITLES, WRITE_BELOW
from planfirst.words import Message
from tests.lsp.conftest import shares_editor
from tests.lsp.editor import Editor
from tests.lsp.test_queries import at, query

pytestmark = pytest.mark.real
ABOVE = "import os\n\n# list the files\nfiles = []\nfiles.sort()\n\nprint(files)\n"


@shares_editor
async def test_a_comment_above_code_lets_the_person_choose(editor: Editor) -> None:
    uri = editor.open(ABOVE)
    titles = [action.title for action in await editor.actions(uri, 2)]
    offered = [WRITE_BELOW, REWRITE, TITLES["plan"], TITLES["showPrompt"], TITLES["insertPlan"]]
    assert titles == [str(Message(code)) for code in offered]
    below = await query(editor, "place", at(uri, 2, code="names = os.listdir()"))
    assert editor.apply(below["edit"]) == ABOVE.replace("files\nfiles = []", "files\nnames = os.listdir()\nfiles = []")
    editor.change(uri, ABOVE)
    begun = await query(editor, "place", at(uri, 2, code="files = os.listdir()"))
    assert editor.apply(begun["edit"]) == ABOVE.replace("files = []", "files = os.listdir()")
    editor.change(uri, ABOVE)
    site = await query(editor, "site", at(uri, 2, rewrite=True))
    assert (site["first"], site["last"], site["requestLast"]) == (2, 4, 2)
    assert site["request"] == "list the files"
    whole = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 1}}
    anew = await query(
        editor, "place", {**at(uri, 2, code="files = sorted(os.listdir())", rewrite=True), "range": whole}
    )
    assert editor.apply(anew["edit"]) == "import os\n\n# list the files\nfiles = sorted(os.listdir())\n\nprint(files)\n"


@shares_editor
async def test_it_is_said_that_the_code_below_stays(editor: Editor) -> None:
    uri = editor.open(ABOVE)
    answer = await editor.ask("generate", uri, 2)
    assert "code-goes-between" in [notice["code"] for notice in answer["notices"]]
    answer = await editor.ask("generate", uri, 2, rewrite=True)
    assert "code-goes-between" not in [notice["code"] for notice in answer["notices"]]
    assert answer["request"] == "list the files"


@shares_editor
async def test_above_a_function_the_comment_is_about_that_function(editor: Editor) -> None:
    text = "import os\n\n\n# TODO: no copy\ndef total(items):\n    return sum(list(items))\n\n\nprint(total([1]))\n"
    uri = editor.open(text)
    titles = [action.title for action in await editor.actions(uri, 3)]
    offered = [TITLES["generate"], REWRITE, WRITE_BELOW, TITLES["plan"], TITLES["showPrompt"], TITLES["insertPlan"]]
    assert titles == [str(Message(code)) for code in offered]
    site = await query(editor, "site", at(uri, 3))
    assert (site["first"], site["last"], site["requestLast"]) == (3, 5, 3)
    whole = {"start": {"line": 3, "character": 0}, "end": {"line": 5, "character": 1}}
    code = "def total(items):\n    return sum(items)"
    made = await query(
        editor, "place", {**at(uri, 3, code=code), "range": whole}
    )  # as an editor asks that saw the site
    assert [notice["code"] for notice in made["notices"]] == ["answer-changes-code"]
    assert editor.apply(made["edit"]) == text.replace("list(items)", "items")
    editor.change(uri, text)
    below = await query(
        editor, "place", at(uri, 3, code="def mean(items):\n    return total(items) / 2", rewrite=False)
    )
    assert editor.apply(below["edit"]).startswith("import os\n\n\n# TODO: no copy\ndef mean(items):\n")


async def test_another_editor_rewrites_by_a_command(start: Any) -> None:
    editor: Editor = await start(like="neovim", ours=False)
    uri = editor.open("# list the files\nfiles = []\n")
    action = next(action for action in await editor.actions(uri, 0) if action.title == str(Message(REWRITE)))
    await editor.command(action)
    await asyncio.wait_for(editor.applied.get(), 60)
    assert editor.texts[uri].startswith("# list the files\n")
    assert "files = []" not in editor.texts[uri]


@shares_editor
async def test_there_must_be_code_to_rewrite(editor: Editor) -> None:
    uri = editor.open("# list the files\n\nfiles = []\n")
    assert await query(editor, "site", at(uri, 0, rewrite=True)) is None
    with pytest.raises(JsonRpcException, match="no code directly below"):
        await query(editor, "place", at(uri, 0, code="x = 1", rewrite=True))


@pytest.mark.parametrize(
    ("name", "language", "text", "body"),
    [
        ("a.py", "python", "# add up\ndef total(xs):\n    pass\n", "    return sum(xs)"),
        ("a.tsx", "typescriptreact", "// add up\nfunction total(xs) {\n  throw new Error('x');\n}\n", "  return sum(xs);\n}"),
        ("a.go", "go", "package a\n// add up\nfunc total(xs int) int {\n\tpanic(1)\n}\n", "\treturn sum(xs)\n}"),
    ],
)  # fmt: skip
@shares_editor
async def test_a_function_to_be_written(editor: Editor, name: str, language: str, text: str, body: str) -> None:
    uri = editor.open(text, name, language)
    line = text[: text.index("add up")].count("\n")
    for one in (line, line + 1):
        assert (await editor.actions(uri, one))[0].title == str(Message(TITLES["generate"]))
        site = await query(editor, "site", at(uri, one))
        assert (site["kind"], site["request"], site["first"]) == ("stub", "add up", line)
    header = text.split("\n")[line + 1]
    placed = await query(editor, "place", at(uri, line, code=f"{header}\n{body}"))
    rows = text.split("\n")
    assert editor.apply(placed["edit"]).split("\n") == [*rows[: line + 2], body.split("\n")[0], *rows[line + 3 :]]
