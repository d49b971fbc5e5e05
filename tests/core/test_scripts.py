"""What a model writes in a script that its reader may not read is left out."""

from __future__ import annotations

import pytest

from planfirst.adapters.scripted import ScriptedWriter
from planfirst.core.draft import Draft, explained
from planfirst.core.parts import parts_of
from planfirst.core.scripts import is_foreign, scripts_of, without_foreign_comments
from planfirst.core.types import Prompt, Task
from planfirst.core.written import code_in

CODE = "def f(text):\n    # 使用正则表达式\n    return re.sub(a, b, text)\n"


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("텍스트를 나눈다", {"HANGUL"}),
        ("使用正则", {"CJK"}),
        ("Größe, naïve, 12", set()),
        ("Δ of x in µs", set()),
        ("длина and 長さ", {"CYRILLIC"}),
    ],
)
def test_the_scripts_of_a_text(text: str, scripts: set[str]) -> None:
    assert scripts_of(text) >= scripts
    assert bool(scripts_of(text)) == bool(scripts)


def test_a_text_is_foreign_where_nothing_known_has_its_script() -> None:
    assert is_foreign("使用正则", "전화번호를 가린다")
    assert is_foreign("使用正则", "mask the number")
    assert not is_foreign("전화번호", "mask it", "# 전화번호")
    assert not is_foreign("mask it", "전화번호를 가린다")


def test_comments_that_nobody_asked_for_in_that_script_go() -> None:
    assert without_foreign_comments(CODE, "#", "mask it") == CODE.replace("    # 使用正则表达式\n", "")
    assert without_foreign_comments(CODE, "#", "用正则表达式") == CODE
    assert without_foreign_comments('x = "使用正则"\n', "#", "mask it") == 'x = "使用正则"\n'
    assert without_foreign_comments("# 使用正则\n", "#", "mask it") == "# 使用正则\n"  # else nothing would be left


def test_the_code_of_an_answer_has_none() -> None:
    answer, prompt = f"```python\n{CODE}```\n", Prompt("", "mask it")
    assert "使用" not in code_in(answer, prompt, Task("mask it"), None)
    assert "使用" in code_in(answer, prompt, Task("mask it", excerpts=("# 使用正则表达式",)), None)


async def test_a_step_in_another_script_says_nothing() -> None:
    code = "def f(text):\n    return re.sub(a, b, text)\n"
    shown = Draft(Prompt("", "mask it"), code, code)
    parts = parts_of(code, Task("mask it"))
    for said, request, step in (
        (" 使用正则表达式\n", "mask it", "Return re.sub(a, b, text)"),
        (" text를 가린다\n", "전화번호를 가린다", "text를 가린다"),
    ):
        writer = ScriptedWriter(said)
        assert [one async for one in explained(writer, shown, parts, Task(request), {})] == [step]
