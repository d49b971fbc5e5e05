"""Where an answer that was begun for the model opens and ends."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

from dataclasses import replace

import pytest

from planfirst.core.begun import begins_anew, end_of, ended, goes_round, is_in_vain, only_again, opening, rows_of, says
from planfirst.core.types import DOTS, Prompt, Task
from planfirst.core.written import code_in

STUB = Task("double", stub="def double(n):")
RUST = Task("double", "rust", stub="fn double(n: i64) -> i64 {")


def test_it_opens_with_the_fence_and_the_stub() -> None:
    assert opening(Task("do it", "typescriptreact")) == "```tsx\n"
    assert opening(STUB) == "```python\ndef double(n):\n"


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("    return 2 * n\n```\nThis doubles", "    return 2 * n\n"),
        ("    return 2 * n\n\n\nprint(double(2))\n", "    return 2 * n\n\n\n"),
        ("    return (\n        2 * n\n)\nx", "    return (\n        2 * n\n)\n"),
        (
            '    text = """\nnot the end\n"""\n    return n\nprint(1)\n',
            '    text = """\nnot the end\n"""\n    return n\n',
        ),
        ('    text = """\n```\nno fence\n```\n"""\n```\n', '    text = """\n```\nno fence\n```\n"""\n'),
    ],
)
def test_a_python_body_ends_where_a_line_is_not_indented(answer: str, kept: str) -> None:
    end = end_of(answer, STUB)
    assert end is not None
    assert answer[:end] == kept


@pytest.mark.parametrize(
    "answer", ["", "    return 2", "    return 2 * n\n", "    return 2 * n\n\n", "    a\n`", "    a\n``"]
)
def test_while_it_may_go_on_it_has_no_end(answer: str) -> None:
    assert end_of(answer, STUB) is None


def test_in_languages_with_braces_the_closing_one_belongs_to_it() -> None:
    assert end_of("    2 * n\n}\n\nfn main() {}\n", RUST) == len("    2 * n\n}\n")
    assert end_of("    if n > 1 {\n    }\n}", RUST) is None


def test_without_a_stub_only_the_fence_ends_it() -> None:
    assert end_of("def f():\n    pass\n\nprint(f())\n", Task("do it")) is None
    assert end_of("def f():\n    pass\n```\nDone", Task("do it")) == len("def f():\n    pass\n")


@pytest.mark.parametrize(
    ("stub", "request_", "said"),
    [
        ('def f():\n    """Add two\n    numbers."""', "Add two\nnumbers.", True),
        ("/**\n * Add two\n * numbers.\n */\nfunction f() {", "Add two\nnumbers.", True),
        ("def f():", "add two numbers", False),
        ("", "add", False),
    ],
)
def test_a_request_in_the_docstring_is_said_already(stub: str, request_: str, said: bool) -> None:
    assert says(stub, request_) is said


@pytest.mark.parametrize(
    ("code", "ended_"),
    [
        ("x = 1\n\n# A class for more.\n", "x = 1"),
        ("x = 1\n\n# Example usage:\n#\n", "x = 1"),
        ("def f():\n    pass\n    # goes on", "def f():\n    pass\n    # goes on"),
        ("# nothing else", "# nothing else"),
        ('x = "a\x0cb"\n# end', 'x = "a\x0cb"'),
        ("x = 1  # one", "x = 1  # one"),
    ],
)
def test_comments_at_the_very_end_are_left_out(code: str, ended_: str) -> None:
    assert ended(code, "#") == ended_


def test_the_third_line_that_tries_a_definition_out_ends_it() -> None:
    code = "def f(x):\n    return x\n\n\nprint(f(1))\nprint(f(2))\n"
    assert end_of(f"{code}print(f(3))\nprint(f(4))\n", Task("do it")) == len(code)
    assert end_of(f"{code}x = f(3)\nprint(x)\nprint(f(4))\n", Task("do it")) is None
    assert end_of("x = 1\nprint(x)\nprint(x)\nprint(x)\n", Task("do it")) is None  # a script


@pytest.mark.parametrize("usage", ["# Example usage:\n", "# Test the function\n", 'if __name__ == "__main__":\n'])
def test_a_usage_example_behind_a_definition_ends_it(usage: str) -> None:
    code = "import os\n\n\ndef f():\n    pass\n\n\n"
    assert end_of(f"{code}{usage}f()\n", Task("do it")) == len(code)


def test_in_a_script_what_was_defined_is_used() -> None:
    code = "def f(x):\n    return x\n\n\n# Example\nprint(f(1))\nprint(f(2))\nprint(f(3))\n"
    assert end_of(code, Task("do it", statements=True)) is None
    assert end_of(f"{code}# do it\n", Task("do it", statements=True)) == len(code)


def test_a_file_that_is_written_again_up_to_the_request_goes_on() -> None:
    file = "def f(x):\n    return x\n\n\n"
    task = Task("do it", comment="# do it", excerpts=(file.strip(),))
    assert end_of(f"{file}# do it\nprint(f(1))\n", task) is None
    more = f"{file}y = f(2)\n"
    assert end_of(f"{more}# do it\nprint(f(1))\n", task) == len(more)


def test_it_ends_before_the_code_below_it() -> None:
    below = ("total = 1\n\n# do it\n...\n\nprint(total, kept)\nx = 2",)
    task = Task("do it", comment="# do it", excerpts=below)
    answer = "kept = 3\n\nprint(total, kept)\n"
    assert end_of(answer, task) == len("kept = 3\n\n")
    assert end_of("print(total, kept)\n", task) is None  # else nothing would be left
    assert end_of("kept = 3\nx = 2\n", task) is None
    assert end_of("kept = 3\nx = 2\n", replace(task, excerpts=("# do it\n...\n\nx = 2",))) is None  # too common
    assert end_of(answer, replace(task, excerpts=("total = 1",))) is None


@pytest.mark.parametrize(
    "answer", ["# Example files are left out\nx = 1\n", "x = 1\n# Test mode\n", "def f():\n    # Example\n"]
)
def test_a_comment_is_no_usage_example_where_nothing_is_defined_or_it_is_indented(answer: str) -> None:
    assert end_of(answer, Task("do it")) is None


@pytest.mark.parametrize(
    ("answer", "round_"),
    [
        ("pattern = r'" + r"\d+ " * 80, True),
        ("x = 1\n" + "f(x)\ng(x)\n" * 30, True),
        ("    # Check that the address holds one sign\n    if mail.find('@') == 0 or mail.count('@') > 1:\n" * 3, True),
        (
            "    # Check that the address holds one sign\n    if mail.find('@') == 0 or mail.count('@') > 1:\n" * 2,
            False,
        ),
        ("    x += 1\n" * 3, False),
        ("rows = [0, 0, 0, 0]\n", False),
        ("        " * 4 + "return x", False),
        ("-" * 78 + "\n", False),
        ("", False),
    ],
)
def test_an_answer_that_goes_round_in_circles_is_noticed(answer: str, round_: bool) -> None:
    assert goes_round(answer) is round_


BESIDE = Task("the newest version", neighbours=("def parse(version: str) -> Version", "class Version", "_regex = …"))


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (
            "def newest(all):\n    return max(all)\n\ndef parse(v):\n    ...\n",
            "def newest(all):\n    return max(all)\n\n",
        ),
        ("def parse(v):\n    pass\n\nclass Version:\n    pass\n", "def parse(v):\n    pass\n\n"),
        (
            "def newest(all):\n    return max(all)\n# the newest version\ndef newest(all):\n",
            "def newest(all):\n    return max(all)\n",
        ),
    ],
)
def test_it_ends_where_the_model_writes_the_file_again(answer: str, kept: str) -> None:
    end = end_of(answer, BESIDE)
    assert end is not None
    assert answer[:end] == kept


def test_a_new_definition_may_stand_behind_one_that_is_there() -> None:
    assert end_of("class Version:\n    pass\n\ndef newest(all):\n    return max(all)\n", BESIDE) is None


def test_what_the_request_speaks_of_may_be_written_anew() -> None:
    task = Task("let parse take bytes, too", neighbours=BESIDE.neighbours)
    assert not only_again("def parse(v):\n    ...\n", task)
    assert only_again("import re\n\ndef parse(v):\n    ...\n", BESIDE)
    assert not only_again("def newest(v):\n    ...\n", BESIDE)
    assert not only_again("x = 1\n", BESIDE)


LED = Task("twice y", lead="class A:\n    # twice y", neighbours=("def f(self)", "def g(self, x)", "size"))


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("    def h(self):\n        return 1\n\nclass B:\n", "    def h(self):\n        return 1\n\n"),
        ("    def h(self):\n        return 1\n\n    def f(self):\n", "    def h(self):\n        return 1\n\n"),
        ("    def h(self):\n        return 1\n```\n", "    def h(self):\n        return 1\n"),
        ('    def h(self):\n        """\nflush\n"""\n        return 1\nx', '    def h(self):\n        """\nflush\n"""\n        return 1\n'),
    ],
)  # fmt: skip
def test_below_what_leads_to_it_an_answer_ends_with_its_block(answer: str, kept: str) -> None:
    assert end_of(answer, LED) == len(kept)
    assert end_of(kept.removesuffix("\n"), LED) is None


def test_an_answer_that_begins_at_the_margin_is_read_as_any_other() -> None:
    answer = "x = 1\ny = 2 * x\n"
    assert end_of(answer, LED) is None
    assert end_of(f"{answer}```\n", LED) == len(answer)
    assert end_of("}\n", LED) == 0


def test_a_member_that_the_file_has_may_come_first() -> None:
    assert end_of("    def f(self):\n        return 1\n", LED) is None  # the request may be to write it anew


@pytest.mark.parametrize(
    "main", ["int main() {", "fn main() {", "func main() {", "public static void main(String[] a) {"]
)
def test_a_program_that_tries_it_out_is_not_waited_for(main: str) -> None:
    answer = "int twice(int n) {\n  return 2 * n;\n}\n\n"
    task = Task("twice n", "cpp", neighbours=("int once(int n)",))
    assert end_of(f"{answer}{main}\n", task) == len(answer)
    assert end_of(f"{main}\n  return 0;\n}}\n", task) is None
    assert end_of(f"{answer}{main}\n", replace(task, request="a program that doubles n")) is None
    assert end_of(f"{answer}{main}\n", replace(task, neighbours=())) is None


@pytest.mark.parametrize(
    ("answer", "below", "vain"),
    [
        ("total = 0\nfor item in items:\n    total += item\n", "total = 0", True),
        ("\ntotal = 0\n", "total = 0\nprint(total)", True),
        ("items = [1]\ntotal = 0\n", "total = 0", False),
        ("for row in rows:\n    if row:\n        print(row)\n", "for row in rows:\n    print(row)", False),
        ("total = 0\n", "", False),
        ("...\n", "total = 0", True),
        ("class A: ...\n", "total = 0", False),
    ],
)
def test_an_answer_that_goes_on_with_what_stands_below_says_nothing(answer: str, below: str, vain: bool) -> None:
    around = f"rows = []\n\n# flatten it\n{DOTS}\n\n{below}" if below else "rows = []"
    task = Task("flatten it", comment="# flatten it", excerpts=(around,))
    assert is_in_vain(answer, answer, task, False, True) == vain
    assert not is_in_vain(answer, answer, task, False, False)


def test_a_model_may_write_the_header_again() -> None:
    again = "import math\n\ndef twice(n):\n    return 2 * n\n"
    assert begins_anew(again, STUB)
    assert not begins_anew("    return 2 * n\n", STUB)
    assert not begins_anew("return 2 * n\n", STUB)
    assert not begins_anew(again, Task("double it"))
    assert [end_of(again[:n], STUB) for n in range(len(again))] == [None] * len(again)
    assert end_of(again + "```\n", STUB) == len(again)
    prompt = Prompt("", "", begun=opening(STUB))
    assert code_in(again, prompt, STUB, None) == again.rstrip()
    assert code_in("    return 2 * n\n", prompt, STUB, None) == "def double(n):\n    return 2 * n"


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ("a = 1\n", "a = 1\n"),
        ("a = 1\nb", "a = 1\n"),
        ("a = 1\nb =", "a = 1\nb ="),
        ("if a:\n    b()\nels", "if a:\n    b()\n"),
        ("if a:\n    b()\nelse:", "if a:\n    b()\nelse:"),
        ("a = 1\n# more of", "a = 1\n"),
        ("    ret", ""),
        ("", ""),
    ],
)
def test_the_last_row_counts_once_its_first_word_is_there(answer: str, rows: str) -> None:
    assert rows_of(answer) == rows
