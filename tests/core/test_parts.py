"""How a draft is cut into parts."""

from __future__ import annotations

import pytest

from planfirst.core.parts import parts_of
from planfirst.core.types import MAX_STEPS, Task
from tests.core.drafts import BODY, STUB, TASK, TS


def test_the_parts_of_a_body_are_its_statements() -> None:
    parts = parts_of(STUB + BODY, TASK)
    assert [part.text.split()[0] for part in parts] == ["if", "total", "for", "return"]
    assert "".join(part.text for part in parts) == BODY.lstrip("\n")
    assert [(part.head, part.indent) for part in parts] == [(0, "    "), (0, "    "), (1, " " * 8), (0, "    ")]


def test_without_a_stub_the_definition_is_looked_into() -> None:
    code = "import os\n\n\n" + STUB + BODY
    assert [part.text.split()[0] for part in parts_of(code, Task("mean"))] == ["if", "total", "for", "return"]


def test_it_works_by_indentation_in_every_language() -> None:
    parts = parts_of(TS, Task("mean", "typescript"))
    assert [part.text.split()[0] for part in parts] == ["if", "let", "for", "return"]
    assert "else" in parts[0].text


def test_a_long_statement_is_looked_into_and_many_short_ones_are_put_together() -> None:
    loop = "for row in rows:\n" + "".join(f"    step_{n}(row)\n" for n in range(12))
    assert len(parts_of(loop, Task("x"))) > 1
    many = "".join(f"call_{n}()\n" for n in range(30))
    parts = parts_of(many, Task("x"))
    assert 2 <= len(parts) <= MAX_STEPS
    assert "".join(part.text for part in parts) == many


@pytest.mark.parametrize(
    "code", ["", "\n\n", "# only a comment\n", '"""text"""\n', "import os\n", 'const fs = require("fs");\n']
)
def test_where_there_is_nothing_to_say_there_are_no_parts(code: str) -> None:
    assert parts_of(code, Task("x")) == []


def firsts(code: str, language: str = "python") -> list[str]:
    return [part.text.splitlines()[0].strip() for part in parts_of(code, Task("x", language))]


BRANCHES = """if path.exists():
    with path.open("rb") as file:
        data = tomllib.load(file)
    return Config(**data)
else:
    # From the environment
    port = int(os.getenv("PORT"))
    return Config(port)
"""


def test_each_branch_of_a_block_is_looked_into() -> None:
    code = "def load(path):\n" + "".join(f"    {row}\n" for row in BRANCHES.splitlines())
    assert firsts(code) == [
        "if path.exists():",
        "return Config(**data)",
        "# From the environment",
        "return Config(port)",
    ]
    assert "".join(part.text for part in parts_of(code, Task("x"))) == code.partition("\n")[2]
    braces = "if (a) {\n  one();\n  two();\n} else {\n  three();\n}\n"
    assert firsts(braces, "javascript") == ["if (a) {", "two();", "three();"]
    chain = "def group(age):\n    if age < 18:\n        return 'child'\n    elif age < 65:\n        return 'adult'\n"
    assert firsts(chain) == ["if age < 18:", "return 'adult'"]
    chain += "    return 'senior'\n"
    assert firsts(chain) == ["if age < 18:", "return 'senior'"]
    chain = chain.replace("    return 'senior'", "    else:\n        return 'senior'")
    assert firsts(chain) == ["if age < 18:", "return 'adult'", "return 'senior'"]


@pytest.mark.parametrize(
    ("loop", "head"),
    [
        ("for n in ns:\n    add(n)\n", 1),
        (
            "for a, b in zip(\n    ns,\n    ms,\n):\n    if a:\n        add(b)\n",
            0,
        ),  # the lines of the header count, too
        ("for n in ns:\n    add(n)\n    log(n)\n", 0),
        ("while (left) {\n    left -= 1;\n}\n", 1),
        ("for n in ns: add(n)\n", 0),
        ("# All of them\nfor n in ns:\n    add(n)\n", 0),
    ],
)
def test_of_a_loop_over_one_statement_that_one_is_what_is_told(loop: str, head: int) -> None:
    assert parts_of(f"total = 0\n{loop}done()\n", Task("x"))[1].head == head


def test_checks_in_a_row_are_one_part_and_so_are_several_calls_of_one_function() -> None:
    tests = "def test_it():\n    rows = f(2)\n    assert rows == [1]\n    assert len(rows) == 1\n    assert rows\n"
    assert firsts(tests) == ["rows = f(2)", "assert rows == [1]"]
    assert firsts("assert_eq!(f(1), 2);\nassert_eq!(f(2), 4);\nlet a = 1;\n", "rust") == [
        "assert_eq!(f(1), 2);",
        "let a = 1;",
    ]
    assert firsts("print(a)\nprint(b)\nx = 1\n") == ["print(a)", "print(b)", "x = 1"]
    assert firsts("print(a)\nprint(b)\nprint(c)\nx = 1\n") == ["print(a)", "x = 1"]
    assert firsts("print(a)\nprint(b)\n# at last\nprint(c)\nprint(d)\nprint(e)\n") == [
        "print(a)",
        "print(b)",
        "# at last",
    ]
    fields = (
        "def __init__(self, a, b, c):\n    self.a = a\n    self.b: int = b\n    self.c = c\n    super().__init__()\n"
    )
    assert firsts(fields) == ["self.a = a", "super().__init__()"]


def test_what_closes_a_block_in_a_shell_is_no_part() -> None:
    script = 'if [ -z "$1" ]; then\n  exit 2\nfi\nfor f in *; do\n  echo "$f"\ndone > list\nend=3\n'
    assert firsts(script, "shellscript") == ['if [ -z "$1" ]; then', "for f in *; do", "end=3"]


def test_the_rest_of_a_block_is_a_part() -> None:
    assert firsts('elif points >= 60:\n    return "D"\nelse:\n    return "F"\n') == [
        'return "D"',
        'return "F"',
    ]
