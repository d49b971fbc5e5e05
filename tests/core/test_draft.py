"""How a draft is cut into parts, and how the model is asked what each does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planfirst.adapters.scripted import ScriptedWriter
from planfirst.core import step_form
from planfirst.core.draft import (
    Draft,
    as_step,
    explained,
    first_step,
    kept,
    plan_of,
    prompt_for,
    uncommented,
)
from planfirst.core.parts import parts_of
from planfirst.core.plan import adopted
from planfirst.core.types import Plan, Prompt, Task
from tests.core.drafts import BODY, STUB, TASK


def asked_for(code: str, n: int, task: Task = TASK) -> str:
    """How the answer ends where the model is to word the step of a part."""
    return prompt_for(Draft(Prompt("", "q"), code, code), parts_of(code, task)[n], task).begun


def test_the_model_comments_its_own_answer_behind_the_first_row_of_a_part() -> None:
    whole = Draft(Prompt("", "write it", begun="```python\n"), f"```python\n{STUB}{BODY}```\n", STUB + BODY)
    for part in parts_of(STUB + BODY, TASK):
        asked = prompt_for(whole, part, TASK)
        assert asked.user == "write it"
        before = asked.begun.removesuffix("  #")
        assert whole.answer.startswith(before), "it has been read already"
        assert before.endswith(part.text.splitlines()[part.head])


def test_what_is_no_part_of_the_answer_is_commented_without_it() -> None:
    whole = Draft(Prompt("", "write it"), "```python\nimport re\n\n\nx = 1\n```", "y = 2\nz = 3\n")
    parts = parts_of(whole.code, Task("two"))
    assert [prompt_for(whole, part, Task("two")).begun for part in parts] == [
        "```python\ny = 2  #",
        "```python\ny = 2\nz = 3  #",
    ]


def test_a_draft_within_a_block_is_found_in_its_answer() -> None:
    task = Task(
        "two",
        lead="def f():\n    # two",
    )
    whole = Draft(Prompt("", "q"), "```python\ndef f():\n    # two\n    y = 2\n    z = 3\n", "y = 2\nz = 3\n")
    assert task.indent == "    "
    begun = prompt_for(whole, parts_of(whole.code, task)[1], task).begun
    assert begun == "```python\ndef f():\n    # two\n    y = 2\n    z = 3  #"


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ("x = 1  # one", "x = 1  #"),
        ('x = "a # b"', 'x = "a # b"  #'),
        ("x = y // 2", "x = y // 2  #"),
        ("x = [", "x = [  #"),
        ("def f(x):", 'def f(x):\n    """'),
        ("@cache\ndef f(x):", '@cache\ndef f(x):\n    """'),
        ("async def f(", "async def f(  #"),
        ("class A:", 'class A:\n    """'),
    ],
)
def test_how_a_comment_is_begun(row: str, asked: str) -> None:
    inner = {"[": "    1,\n]\n", "(": "    x,\n):\n    pass\n", ":": "    y = 2\n"}.get(row[-1], "")
    assert asked_for(f"{row}\n{inner}z = 3\n", 0, Task("q")) == asked


def test_in_other_languages_a_comment_is_begun_as_they_do() -> None:
    assert asked_for("const n = 1; // one\n", 0, Task("q", "javascript")) == "const n = 1;  //"
    assert asked_for("SELECT 1 -- one\nFROM a;\n", 0, Task("q", "sql")) == "SELECT 1  --"


def test_a_step_is_one_line_and_never_empty() -> None:
    part = parts_of(STUB + BODY, TASK)[0]
    assert as_step("  return  early\n", part, "") == "Return early"
    assert as_step(" \n", part, "") == "Check whether not numbers"
    assert as_step(" if not numbers:\n", part, "") == "Check whether not numbers"
    assert as_step(" \n", part, "숫자가 없으면") == "not numbers 여부 확인"
    assert as_step(" Write each row to the file", part, "") == "Write each row to the file"
    assert (
        as_step("If n is small, return the number of Ki", part, "", cut=True) == "If n is small, return the number of …"
    )
    assert as_step(" Note: it ends here", part, "") == "It ends here"
    assert as_step(" if not numbers:  # nothing to add", part, "") == "Check whether not numbers"
    assert as_step("internationalis", part, "", cut=True) == "Check whether not numbers"  # nothing of it is whole


def test_a_loop_is_said_with_what_it_does() -> None:
    code = STUB + BODY
    parts = parts_of(code, TASK)
    assert asked_for(code, 2).endswith("    for number in numbers:\n        total += number  #")
    assert as_step(" Add each number", parts[2], "") == "Go through numbers: add each number"
    assert as_step(" HTTP first", parts[2], "") == "Go through numbers: HTTP first"
    assert as_step(" For each number, add it", parts[2], "") == "For each number, add it"
    assert as_step(" 합계에 더하기", parts[2], "mean") == "numbers 항목을 차례로 처리: 합계에 더하기"
    assert as_step("", parts[2], "") == "Go through numbers"


def drafted() -> Plan:
    code = STUB + BODY
    parts = parts_of(code, TASK)
    return Plan(("Return early", "Start at zero", "Add each", "Divide"), code, tuple(part.text for part in parts))


def test_a_plan_that_was_not_changed_is_still_that_of_its_draft() -> None:
    again = adopted(Plan(drafted().steps), drafted())
    assert again.is_drafted
    assert again.draft == STUB + BODY


def test_the_lines_of_the_steps_that_stayed_are_kept_up_to_the_first_change() -> None:
    steps = ("Return early", "Start at one", "Add each", "Divide")
    changed = adopted(Plan(steps), drafted())
    assert not changed.is_drafted
    assert kept(changed, TASK) == (
        f"```python\n{STUB}\n    # Return early\n    if not numbers:\n        return 0.0\n    # Start at one\n"
    )


def test_a_new_first_step_comes_behind_the_header() -> None:
    changed = adopted(Plan(("Sort them", *drafted().steps)), drafted())
    assert kept(changed, TASK) == f"```python\n{STUB}\n    # Sort them\n"


DRAFTED = [part.text for part in parts_of(STUB + BODY, TASK)]
DRAFTED[2] = f"    # Add each\n{DRAFTED[2]}"
KEPT = f"{STUB}\n    # Return early\n    if not numbers:\n        return 0.0\n    # Start at zero\n    total = 0\n"


@pytest.mark.parametrize(
    ("steps", "written"),
    [
        ((0, 2, 3), KEPT.replace("Start at zero\n    total = 0", "Add each")),  # what it needs was taken out
        ((0, 1, 2), f"{KEPT}    # Add each\n"),  # the last one: what is the last now may have to do more
        ((0, 1, 3, 2), f"{KEPT}    # Divide\n"),
        ((2, 1, 3), f"{STUB}\n    # Add each\n"),
        (("Return late", 1, 2, 3), f"{STUB}\n    # Return late\n"),
        ((0, 1, 2, 3, "Round it"), KEPT + DRAFTED[2] + "    # Divide\n"),  # below a return it would never run
    ],
)
def test_a_plan_with_other_steps_is_never_the_old_code(steps: tuple[int | str, ...], written: str) -> None:
    old = drafted()
    changed = adopted(Plan(tuple(old.steps[one] if isinstance(one, int) else one for one in steps)), old)
    assert not changed.is_drafted
    assert kept(changed, TASK) == f"```python\n{written}"


def test_a_new_last_step_goes_on_below_code_that_does_not_leave() -> None:
    old = Plan(("Read", "Show"), "a = 1\nprint(a)", ("a = 1\n", "print(a)"))
    changed = adopted(Plan((*old.steps, "Write")), old)
    assert kept(changed, Task("x")) == "```python\n# Read\na = 1\n# Show\nprint(a)\n# Write\n"
    assert kept(adopted(Plan(("Open", "Show")), old), Task("x")) == "```python\n# Open\n"


def test_a_step_within_a_loop_goes_on_within_it() -> None:
    code = "for row in rows:\n    a(row)\n    b(row)\n"
    old = Plan(("Go through rows: a", "B"), code, ("for row in rows:\n    a(row)\n", "    b(row)\n"))
    changed = adopted(Plan(("Go through rows: a", "C")), old)
    assert kept(changed, Task("x")).endswith("    a(row)\n    # C\n")


def test_another_plan_altogether_knows_nothing_of_the_draft() -> None:
    assert adopted(Plan(("Do something else",)), drafted()).draft == ""


@pytest.mark.parametrize(("returns", "asked", "last"), [("total", 1, "Return total"), ("total / 2", 2, "Halve it")])
async def test_a_return_of_a_name_tells_itself(returns: str, asked: int, last: str) -> None:
    code = STUB + f"\n    for number in numbers:\n        total += number\n\n    return {returns}\n"
    writer = ScriptedWriter(" Add each number\n", " Halve it\n")
    parts = parts_of(code, TASK)
    said = [step async for step in explained(writer, Draft(Prompt("", "mean"), code, code), parts, TASK, {})]
    assert said == ["Go through numbers: add each number", last]
    assert len(writer.prompts) == asked


def test_comments_that_are_steps_are_taken_out_again() -> None:
    code = "def f():\n    # Return early\n    return 1  # now\n    # mine\n"
    assert uncommented(code, drafted(), TASK) == "def f():\n    return 1  # now\n    # mine"


def test_a_comment_of_the_draft_belongs_to_the_part_below_it_and_is_its_step() -> None:
    code = (
        STUB + "\n    # Add them up,\n    # one by one.\n    total = sum(numbers)\n\n    return total / len(numbers)\n"
    )
    first, second = parts_of(code, TASK)
    assert (first.said, second.said) == ("Add them up, one by one.", "")
    assert first.text.startswith("    # Add them up,")
    assert asked_for(code, 1).endswith("    return total / len(numbers)  #")


async def test_a_step_that_repeats_another_line_of_the_file_says_nothing() -> None:
    shown = Prompt("", 'Complete this:\n# Read a CSV file.\n    """The rows, sorted."""\n# check it\n')
    task = replace(TASK, request="check it, then add up")
    parts = parts_of(STUB + BODY, task)[:3]
    writer = ScriptedWriter(" Read a CSV file\n", " Check it\n", " The row, sorted.\n")
    steps = [step async for step in explained(writer, Draft(shown, "", STUB + BODY), parts, task, {})]
    assert steps == ["Check whether not numbers", "Check it", "Go through numbers"]


async def test_a_request_in_korean_gets_its_steps_in_korean_whatever_the_draft_says() -> None:
    task = replace(TASK, request="평균을 구한다")
    own = "    # Start at zero\n    total = 0\n    # 모두 더한다\n    total += sum(numbers)\n\n"
    code = f"{STUB}\n{own}    # Halve\n    x = 2\n"
    writer = ScriptedWriter(" 0에서 시작한다\n", " Halve it\n")
    parts = parts_of(code, task)
    said = [step async for step in explained(writer, Draft(Prompt("", "q"), code, code), parts, task, {})]
    assert said == ["0에서 시작한다", "모두 더한다", "x에 2 대입"]
    first, second = writer.prompts
    assert "in Korean" in first.user
    assert first.begun == f"```python\n# 평균을 구한다\n{STUB}\n    #"  # which the comments below follow
    assert "Start at zero" not in first.turns[-1][1]
    assert "모두 더한다" in first.turns[-1][1]
    assert second.begun.startswith(first.begun)
    assert second.begun.endswith(
        "    # 0에서 시작한다\n    total = 0\n    # 모두 더한다\n    total += sum(numbers)\n\n    #"
    )
    assert [part.said for part in parts] == ["Start at zero", "모두 더한다", "Halve"]  # the code keeps its comments


async def test_a_loop_in_korean_is_commented_within() -> None:
    task = replace(TASK, request="평균을 구한다")
    code = f"{STUB}\n    for number in numbers:\n        total += number\n    return total / 2\n"
    writer = ScriptedWriter(" 모두 더한다\n", " 반으로 나눈다\n")
    parts = parts_of(code, task)
    said = [step async for step in explained(writer, Draft(Prompt("", "q"), code, code), parts, task, {})]
    assert said == ["numbers 항목을 차례로 처리: 모두 더한다", "반으로 나눈다"]
    assert writer.prompts[0].begun.endswith("    for number in numbers:\n        #")
    assert writer.prompts[1].begun.endswith("numbers:\n        # 모두 더한다\n        total += number\n    #")


async def test_what_is_known_is_not_asked_for_again() -> None:
    writer = ScriptedWriter(" Add them\n")
    parts = parts_of(STUB + BODY, TASK)[1:3]
    whole = Draft(Prompt("", "q"), STUB + BODY, STUB + BODY)
    said = [step async for step in explained(writer, whole, parts, TASK, {parts[0].text: "Start at zero"})]
    assert said == ["Start at zero", "Go through numbers: add them"]
    assert len(writer.prompts) == 1
    assert '"Add"' in writer.decodings[0].grammar


@pytest.mark.parametrize(
    ("row", "begins"),
    [
        ("return a", ["Return"]),
        ("} else if (a) {", ["If"]),
        ("if not a:", ["If", "Check"]),
        ("throw new Error(a);", ["Raise"]),
        ("returned = a", ["Set", "Add", "Return"]),
    ],
)
def test_a_step_begins_with_a_verb_that_suits_its_row(row: str, begins: list[str]) -> None:
    allowed = step_form.grammar(row)
    assert all(f'"{verb}"' in allowed for verb in begins)
    assert ('"Set"' in allowed) == ("Set" in begins)


@pytest.mark.parametrize(
    ("docstring", "said"),
    [
        ('"""The items\' halves."""', "The items' halves."),
        ('"""\n    The halves.\n\n    More."""', "The halves."),
        ("'''The halves.\n\n    More.'''", "The halves."),
        ('"""The halves of ``items``."""', "The halves of items."),
        ('"""The hal', ""),  # still being written
        ('"The halves"', ""),
    ],
)
def test_a_definition_says_what_its_docstring_says(docstring: str, said: str) -> None:
    code = f'T = TypeVar("T")\n\n\ndef halves(items: list[T]) -> list[list[T]]:\n    {docstring}'
    code += "\n    return [items[::2], items[1::2]]\n" if said else ""
    assert parts_of(code, Task("the halves of a list"))[1].said == said


def test_two_parts_that_do_the_same_are_one_step() -> None:
    parts = parts_of(STUB + BODY, TASK)
    plan = plan_of(STUB + BODY, ["Check it", "Add up", "Add up", "Divide"], parts)
    assert plan.steps == ("Check it", "Add up", "Divide")
    assert plan.parts[1] == parts[1].text + parts[2].text


def test_a_part_that_has_its_comment_keeps_it_once() -> None:
    code = STUB + "\n    # Add up.\n    total = sum(numbers)\n    return total / len(numbers)\n"
    parts = parts_of(code, TASK)
    plan = adopted(Plan(("Add up.", "Give the median")), plan_of(code, ["Add up.", "Divide"], parts))
    assert kept(plan, TASK).count("Add up") == 1


def test_the_brace_that_closes_a_stub_is_in_no_part() -> None:
    stub = "function stem(path) {"
    code = stub + "\n  // Take the name.\n  const name = path.split('/').pop();\n\n  return name.split('.')[0];\n}\n"
    first, second = parts_of(code, Task("stem", "javascript", stub=stub))
    assert first.said == "Take the name."
    assert second.text.strip() == "return name.split('.')[0];"


@pytest.mark.parametrize(
    ("language", "comment"),
    [("python", "    # open\n"), ("typescriptreact", "  // open\n"), ("go", "\t// open\n"), ("rust", "    // open\n")],
)
def test_the_first_step_begins_a_body(language: str, comment: str) -> None:
    assert first_step(Plan(("open", "read")), Task("x", language)) == comment


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("#!/bin/bash\n# Go in.\ncd a\n# Copy.\ncp b c\n# End of the script\n", ["", "Go in.", "Copy."]),
        ("#[derive(Debug)]\nstruct A;\n// Two of them.\nstruct B;\n", ["", "Two of them."]),
        ("#include <a.h>\n#define N 2\n// Twice n.\nint f(int n) { return N * n; }\n", ["", "Twice n."]),
        ("--n;\n// Say it.\nprintf(n);\n// end if\n", ["", "Say it."]),
        ("SELECT 1;\n-- The sum.\nSELECT sum(a) FROM b;\n", ["", "The sum."]),
    ],
)
def test_what_only_looks_like_a_comment_says_nothing(code: str, steps: list[str]) -> None:
    assert [part.said for part in parts_of(code, Task("request", "c"))] == steps


def test_below_what_leads_to_it_the_kept_lines_stand_where_they_belong() -> None:
    task = Task("two", lead="class A:\n    # two")
    code = "def f(self, x):\n    # Double it.\n    x *= 2\n    # Give it back.\n    return x\n"
    plan = plan_of(code, ["Double it.", "Give it back."], parts_of(code, task))
    changed = adopted(Plan(("Double it.", "Say it.")), plan)
    assert kept(changed, task) == (
        "```python\nclass A:\n    # two\n    def f(self, x):\n        # Double it.\n        x *= 2\n        # Say it.\n"
    )


def test_a_decorator_says_nothing_of_what_it_stands_above() -> None:
    code = "@property\ndef area(self):\n    return 1\n\n@property\ndef width(self):\n    return 2\n"
    parts = parts_of(code, Task("area and width"))
    steps = [as_step("", part, "area and width") for part in parts]
    assert steps == ["Define area", "Define width"]
    assert plan_of(code, steps, parts).steps == ("Define area", "Define width")
