"""What the tools do and refuse, with models that answer from a script."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.core.errors import BadRequest, ModelMissing, StoreMissing
from planfirst.core.profile import named
from planfirst.core.types import Example
from tests.mcp_server.scripted_engine import DOUBLE, PAIR, PLAN, Desk

FILE = '"""Numbers."""\n\n\ndef double(n):\n    """Double a number. double(2) -> 4"""\n'
DOCSTRING = 5  # its line


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "numbers.py").write_text(FILE, encoding="utf-8")
    return folder


async def test_what_is_found_comes_with_its_source_licence_and_place() -> None:
    desk = Desk()
    answer = await desk.tools.search_examples("  load the stock list\n", 5, "", desk.tell)
    (one,) = answer.examples
    assert (one.question, one.code, one.score, one.match) == (PAIR.question, PAIR.code, 0.8123, "close match")
    assert (one.source, one.licence, one.place) == (PAIR.source, PAIR.licence, PAIR.place)
    assert answer.notices == []
    assert desk.engine.search.queries == ["load the stock list"]


async def test_examples_in_another_language_are_left_out() -> None:
    pairs = [PAIR, replace(PAIR, place="shop/cart.ts:4"), replace(PAIR, place="shop/list.js:1")]
    desk = Desk(examples=[Example(pair, 0.8) for pair in pairs])
    answer = await desk.tools.search_examples("sum a cart", 1, "TypeScript", desk.tell)
    assert [one.place for one in answer.examples] == ["shop/cart.ts:4"]
    answer = await desk.tools.search_examples("sum a cart", 1, "rust", desk.tell)
    assert answer.examples == []
    assert "None of the 3 nearest examples is in rust" in answer.notices[0]


async def test_a_language_that_the_embedding_model_does_not_read_is_told() -> None:
    desk = Desk()
    answer = await desk.tools.search_examples("파일을 읽어 줘", 5, "", desk.tell)
    assert "Korean" in answer.notices[0]


async def test_a_plan_names_its_model_and_its_example() -> None:
    desk = Desk(PLAN)
    answer = await desk.tools.make_plan("load the stock list", "", None, desk.tell)
    assert answer.steps == ["Multiply by two.", "Return it."]
    assert answer.model == "scripted"
    assert answer.example is not None
    assert answer.example.score == 0.8123
    assert desk.told[:2] == ["Looking for a similar question", "Writing the plan"]


async def test_the_enhanced_prompt_has_its_sections_and_their_tokens(project: Path) -> None:
    desk = Desk(PLAN, folder=project)
    answer = await desk.tools.enhanced_prompt("", "numbers.py", DOCSTRING, desk.tell)
    assert "Double a number." in answer.user
    assert PAIR.code.strip() in answer.user
    assert {section.name for section in answer.sections} >= {"request", "example", "plan"}
    assert all(section.tokens > 0 for section in answer.sections)
    assert answer.plan == ["Multiply by two.", "Return it."]
    assert desk.engine.asked_at == [(project / "numbers.py").resolve()]


async def test_code_for_a_file_comes_as_a_diff_and_nothing_is_written(project: Path) -> None:
    desk = Desk(PLAN, DOUBLE, folder=project)
    answer = await desk.tools.generate("", "numbers.py", DOCSTRING, False, desk.tell)
    assert answer.edit is not None
    assert answer.edit.file == "numbers.py"
    assert answer.edit.diff == (
        "--- a/numbers.py\n+++ b/numbers.py\n@@ -3,3 +3,4 @@\n \n def double(n):\n"
        '     """Double a number. double(2) -> 4"""\n+    return 2 * n\n'
    )
    assert (project / "numbers.py").read_text(encoding="utf-8") == FILE
    assert sorted(project.iterdir()) == [project / "numbers.py"]


async def test_a_diff_fits_a_file_with_a_byte_order_mark_and_windows_line_ends(project: Path) -> None:
    (project / "a.py").write_bytes(b"\xef\xbb\xbf# double(n): double a number\r\n")
    desk = Desk(PLAN, DOUBLE, folder=project)
    answer = await desk.tools.generate("", "a.py", 1, False, desk.tell)
    assert answer.edit is not None
    _, _, hunk, context, *added = answer.edit.diff.splitlines(keepends=True)
    assert hunk.startswith("@@ -1 ")
    assert context == " \ufeff# double(n): double a number\r\n"
    assert added == ["+def double(n):\r\n", "+    return 2 * n\r\n"]


async def test_code_that_would_break_the_file_is_no_edit(project: Path) -> None:
    desk = Desk(PLAN, "```python\ndef double(n):\n    return 2 n\n```", folder=project)
    answer = await desk.tools.generate("", "numbers.py", DOCSTRING, False, desk.tell)
    assert answer.edit is None
    assert answer.verdict.status == "failed"
    assert "no longer parse" in answer.verdict.output


async def test_a_request_takes_the_place_of_the_words_in_the_file(project: Path) -> None:
    (project / "a.py").write_text("# sort the names\n", encoding="utf-8")
    desk = Desk(PLAN, folder=project)
    answer = await desk.tools.enhanced_prompt("sort the cities", "a.py", 1, desk.tell)
    assert "sort the cities" in answer.user
    assert "sort the names" not in answer.user


async def test_without_leave_nothing_is_run_and_the_answer_says_how_to_give_it() -> None:
    desk = Desk(PLAN, DOUBLE, may_run=False)
    answer = await desk.tools.generate("double a number. double(2) -> 4", "", None, True, desk.tell)
    assert (answer.verdict.ran, answer.verdict.needs) == (False, "permission")
    assert any("--may-run" in notice for notice in answer.notices)
    verified = await desk.tools.verify_code("def double(n):\n    return 2 * n", "double(2) -> 4", desk.tell)
    assert (verified.verdict.status, verified.verdict.ran) == ("not checked", False)
    assert any("--may-run" in notice for notice in verified.notices)
    assert desk.engine.runs.runs == []


async def test_with_leave_it_is_run_only_where_that_is_asked_for() -> None:
    desk = Desk(PLAN, DOUBLE, PLAN, DOUBLE, may_run=True)
    answer = await desk.tools.generate("double a number. double(2) -> 4", "", None, False, desk.tell)
    assert desk.engine.runs.runs == []
    assert any("run set to true" in notice for notice in answer.notices)
    await desk.tools.generate("double a number. double(2) -> 4", "", None, True, desk.tell)
    assert len(desk.engine.runs.runs) > 0
    assert "Checking the code" in desk.told


async def test_wrong_code_is_found_by_reading_it() -> None:
    desk = Desk()
    answer = await desk.tools.verify_code("def double(n):\n    return m", "double a number", desk.tell)
    assert answer.verdict.status == "failed"
    assert "m" in answer.verdict.output


@pytest.mark.parametrize(
    ("file", "line", "what"),
    [
        ("numbers.py", None, "go together"),
        ("", 1, "go together"),
        ("numbers.py", 0, "no line 0"),
        ("numbers.py", 99, "Its last line is 5"),
        ("numbers.py", -(10**30), "no line"),
        ("numbers.py", 1, "no comment or empty function"),
        ("none.py", 1, "no file none.py"),
        (".", 1, "is a folder"),
        ("..", 1, "not below"),
        ("../secret.py", 1, "not below"),
        ("/etc/passwd", 1, "not below"),
        ("link.py", 1, "not below"),
        ("~nobody-of-that-name/a.py", 1, "not the path of a file"),
        ("a\0b.py", 1, "not the path of a file"),
        ("x" * 5000, 1, "not the path of a file"),
        ("binary.py", 1, "not UTF-8"),
        ("large.py", 1, "larger than 4 MB"),
        ("empty.py", 1, "Its last line is 0"),
        ("pipe.py", 1, "no file pipe.py"),
    ],
)
async def test_a_place_that_is_none_says_what_to_do(project: Path, file: str, line: int | None, what: str) -> None:
    (project.parent / "secret.py").write_text("# a secret\n")
    (project / "link.py").symlink_to(project.parent / "secret.py")
    (project / "binary.py").write_bytes(b"# \xff\xfe\n")
    (project / "large.py").write_bytes(b"# a\n" * (1 << 20) + b"\n")
    (project / "empty.py").touch()
    if hasattr(os, "mkfifo"):
        os.mkfifo(project / "pipe.py")  # to open it would wait for ever
    desk = Desk(folder=project)
    with pytest.raises(BadRequest, match=what) as caught:
        await desk.tools.generate("", file, line, False, desk.tell)
    assert caught.value.next_step
    assert desk.engine.writer.prompts == []


async def test_a_server_for_no_folder_reads_no_file(project: Path) -> None:
    desk = Desk()
    with pytest.raises(BadRequest, match="--folder"):
        await desk.tools.make_plan("", str(project / "numbers.py"), DOCSTRING, desk.tell)


async def test_nothing_asked_for_is_said() -> None:
    desk = Desk()
    for work in (
        desk.tools.search_examples(" \n", 5, "", desk.tell),
        desk.tools.make_plan(" \n", "", None, desk.tell),
        desk.tools.verify_code("x = 1", " ", desk.tell),
        desk.tools.verify_code("", "double(2) -> 4", desk.tell),
    ):
        with pytest.raises(BadRequest) as caught:
            await work
        assert caught.value.next_step


async def test_a_request_of_200_000_characters_is_cut_and_that_is_said() -> None:
    desk = Desk("x = 1", examples=[])
    request = ("sort the names, " * 12_500)[:200_000]
    answer = await desk.tools.enhanced_prompt(request, "", None, desk.tell)
    assert len(answer.user) < 20_000
    assert any("prompt.requestTokens" in notice for notice in answer.notices)
    await desk.tools.search_examples(request, 5, "", desk.tell)
    assert len(desk.engine.search.queries[-1]) <= 2000


async def test_what_a_model_cannot_do_is_raised_as_it_is() -> None:
    desk = Desk(ModelMissing("plain", what="There is no model.", next="Pull one."))
    with pytest.raises(ModelMissing, match="Pull one"):
        await desk.tools.make_plan("sort the names", "", None, desk.tell)


async def test_without_a_store_searching_says_so() -> None:
    desk = Desk()
    desk.engine.search._error = StoreMissing("plain", what="There is no store.", next="Build it.")
    with pytest.raises(StoreMissing, match="Build it"):
        await desk.tools.search_examples("sort the names", 5, "", desk.tell)


async def test_cancelling_a_call_stops_its_model() -> None:
    desk = Desk("1. one\n" * 100_000)
    call = asyncio.create_task(desk.tools.make_plan("sort the names", "", None, desk.tell))
    while not desk.engine.writer.prompts:
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert desk.engine.writer.stopped == 1


async def test_the_rules_of_the_project_stand_in_the_prompt(project: Path) -> None:
    (project / "AGENTS.md").write_text("Use tabs.", encoding="utf-8")
    desk = Desk(folder=project, settings={"prompt": {"rules": "on"}})
    desk.engine.writer.profile = named("instruct")
    answer = await desk.tools.enhanced_prompt("", "numbers.py", DOCSTRING, desk.tell)
    assert answer.sections[0].name == "rules"
    assert "Use tabs." in answer.user
    desk = Desk(folder=project, settings={"prompt": {"rules": "off"}})
    desk.engine.writer.profile = named("instruct")
    answer = await desk.tools.enhanced_prompt("", "numbers.py", DOCSTRING, desk.tell)
    assert "Use tabs." not in answer.user
