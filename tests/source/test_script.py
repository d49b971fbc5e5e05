"""Comments in scripts: whether something is to be done there, and what the code below needs from it."""

from __future__ import annotations

import textwrap

import pytest

from planfirst.source.awaited import awaited
from planfirst.source.languages import language_of
from planfirst.verify.reading_nodes import doubts
from planfirst.words import Message
from tests.source.sites import answered, found

PYTHON = language_of("python")
NOT_SET = Message("code-not-set", name="largest")
DEFINED = "import os\n\nLIMIT = 3\n\n\ndef clean(row):\n    return row.strip()\n\n\n"


@pytest.mark.parametrize(
    ("request_", "file", "language"),
    [
        ("print the three largest files", "", "python"),
        ("print the three largest rows", f"{DEFINED}rows = ['a', 'b']\n\n", "python"),
        ("print the rows of prices.csv", DEFINED, "python"),
        ("ask for a number between 1 and 100", "", "python"),
        ("read prices.csv and take the mean of each product", "", "python"),
        ("파일을 읽어서 줄 수를 출력", "", "python"),
        ("the mean of each product", "rows = []\nfor row in rows:\n    print(row)\n\n", "python"),
        ("the mean of each product", "import app\n\napp.run()\n\n", "python"),
        ("the mean of each product", "if DEBUG:\n    print(1)\n\n", "python"),
        ("sort them with sorted(rows)", f"{DEFINED}rows = [clean(row) for row in open('a')]\nprint(rows)\n", "python"),
        ("read prices.csv and print the total", "", "javascript"),
        ("the mean of each product", "const rows = [];\nrows.push(1);\n\n", "javascript"),
        ("the mean of each product", "for (const row of rows) { go(row); }\n\n", "typescript"),
        ("delete all .log files below this folder", "", "shellscript"),
    ],
)
def test_in_a_script_statements_are_asked_for(request_: str, file: str, language: str) -> None:
    mark = "#" if language in ("python", "shellscript") else "//"
    site = found(f"{file}{mark} {request_}¤\n", language)
    assert site.task.statements
    assert site.task.opening == f"{mark} {request_}"


@pytest.mark.parametrize(
    ("request_", "file", "language"),
    [
        ("the mean of each product", "", "python"),
        ("show the rows as a table", DEFINED, "python"),
        ("the mean of each product", f"{DEFINED}if __name__ == '__main__':\n    clean('')\n\n", "python"),
        ("the mean of each product", "try:\n    import csv\nexcept ImportError:\n    csv = None\n\n", "python"),
        ("a function to print a table", "print(1)\n\n", "python"),
        ("class for a table that prints itself", "print(1)\n\n", "python"),
        ("표를 출력하는 함수", "print(1)\n\n", "python"),
        ("print a table - table(rows)", "print(1)\n\n", "python"),
        ("print a table", "", "java"),
        ("the mean of each product", "const limit = 3;\nexports.limit = limit;\n\n", "javascript"),
    ],
)
def test_elsewhere_a_definition_is(request_: str, file: str, language: str) -> None:
    mark = "#" if language == "python" else "//"
    assert not found(f"{file}{mark} {request_}¤\n", language).task.statements


def test_within_a_function_nothing_is_said_of_scripts() -> None:
    assert not found("def f(rows):\n    # print the rows¤\n\n    return 1\n\n\nprint(f([]))\n").task.statements


@pytest.mark.parametrize(
    ("below", "names"),
    [
        ("print(best)", ("best",)),
        ("for row in kept:\n    print(row, total)", ("kept", "total")),
        ("scores[name] = 1\ntext = f'{scores}'", ("scores",)),
        ("count += 1", ("count",)),
        ("rows = sorted(rows)", ()),  # which it may itself have set above
        ("total(rows)", ()),  # that is to be defined
        ("def later():\n    return best", ()),  # it runs when all is there
        ("key = lambda row: best", ()),
        ("print(len(rows), __name__, __file__)", ()),
        ("# the best one\n\nprint(best)", ()),  # which the other request asks for
        ("# shows it\nprint(best)", ("best",)),
        ("print(best", ()),
    ],
)
def test_what_the_code_below_uses_has_to_be_set(below: str, names: tuple[str, ...]) -> None:
    above = "name, rows = 'a', []\n\n"
    assert found(f"{above}# the best one¤\n\n{below}\n").task.sets == names
    inner = "\n".join(f"    {row}" if row else "" for row in below.split("\n"))
    assert found(f"def f(name, rows):\n    # the best one¤\n\n{inner}\n").task.sets == names


def test_where_anything_may_be_there_nothing_is_missing() -> None:
    assert awaited("from os import *\n# a\n\nprint(best)\n", 1, "", PYTHON) == ()
    assert awaited("class A:\n    # a\n\n    b = best\n", 1, "    ", PYTHON) == ()


@pytest.mark.parametrize(
    ("below", "names"),
    [
        ("console.log(best);", ("best",)),
        (
            "for (const [row, n] of Object.entries(totals)) {\n  console.log(`${row}: ${n} of ${count}`);\n}",
            ("totals", "count"),
        ),
        ("show({ best, width: size });", ("best", "size")),
        ("scores[name] = 1;", ("scores",)),
        ("count += 1;", ("count",)),
        ("rows.filter((row) => row > least).forEach((row) => print(row));", ("least",)),
        ("best();", ()),  # that is to be defined
        ("last = 1;\nconsole.log(last, rows.length, process.argv, typeof window, new Map(), Total);", ()),
        ("function later(n) {\n  return n;\n}\nexport { later };", ()),
        ("try {\n  later();\n} catch (error) {\n  console.error(error);\n}", ()),
        ("// the best one\n\nconsole.log(best);", ()),  # which the other request asks for
        ("console.log(best", ()),
    ],
)
def test_what_the_code_below_uses_in_javascript_has_to_be_set(below: str, names: tuple[str, ...]) -> None:
    above = "const [name, rows] = ['a', []];\n\n"
    for language in ("javascript", "typescript"):
        assert found(f"{above}// the best one¤\n\n{below}\n", language).task.sets == names
    inner = "\n".join(f"  {row}" if row else "" for row in below.split("\n"))
    if "export" not in below:
        assert found(f"function f(name, rows) {{\n  // the best one¤\n\n{inner}\n}}\n", "javascript").task.sets == names


def test_a_class_awaits_nothing() -> None:
    assert found("class A {\n  // the size¤\n\n  show = size;\n}\n", "javascript").task.sets == ()


def test_what_code_in_javascript_leaves_unset_is_told() -> None:
    file = "const rows = [3, 1];\n// the largest¤\n\nconsole.log(largest);\n"
    site = found(file, "javascript")
    for answer, told in (("const largest = Math.max(...rows);", []), ("const most = 3;", [NOT_SET])):
        placement = answered(file, "javascript", answer)
        before = file.replace("¤", "")
        assert doubts(before, placement.result, site, language_of("javascript")) == told


def test_code_below_is_shown_below() -> None:
    task = found("rows = [1]\n# the largest\n# of all¤\n\nprint(best)\n").task
    assert task.excerpts == ("rows = [1]\n\n# the largest\n# of all\n...\n\nprint(best)",)
    assert found("rows = [1]\n# the largest¤\n").task.excerpts == ("rows = [1]",)
    assert found("def f():\n    # the largest¤\n\n    print(1)\n").task.excerpts == ("def f():\n\n    print(1)",)


def test_in_a_script_the_use_of_what_is_defined_is_the_answer() -> None:
    answer = "def ask():\n    return int(input())\n\n\nnumber = ask()\nwhile number > 9:\n    number = ask()"
    placement = answered("# ask until the number has one digit¤\n", "python", answer)
    assert placement.result == f"# ask until the number has one digit\n{answer}\n"
    assert placement.notices == ()
    placement = answered("# something small¤\n", "python", answer)
    assert placement.result == "# something small\ndef ask():\n    return int(input())\n"
    assert [notice.code for notice in placement.notices] == ["answer-trial-left-out"]


MAIN = "def main():\n    print(max(rows))\n\n\n"


SHOWS = "def show(rows, width=3):\n    print(rows)"
SAMPLE = "\n\n# Example usage\nrows = [5, 4]\nwidth = 3\nshow(rows)"


@pytest.mark.parametrize(
    ("below", "answer", "code"),
    [
        ("", f"{MAIN}if __name__ == '__main__':\n    main()", None),
        ("\nprint(1)\n", f"{MAIN}if __name__ == '__main__':\n    # go\n    main()", f"{MAIN}# go\nmain()"),
        ("", f"{SHOWS}{SAMPLE}", f"{SHOWS}\n\nwidth = 3\nshow(rows)"),
        ("", "rows = [5, 4]\nprint(rows)", None),
    ],
)
def test_what_an_answer_defines_is_used_on_what_is_there(below: str, answer: str, code: str | None) -> None:
    placement = answered(f"rows = [3, 1]\n# print the largest¤\n{below}", "python", answer)
    assert placement.result == f"rows = [3, 1]\n# print the largest\n{code or answer}\n{below}"
    assert placement.notices == ()


@pytest.mark.parametrize(
    ("answer", "call"),
    [
        (MAIN.rstrip(), "main()"),
        (SHOWS, "show(rows)"),
        ("size = 3\n\n\ndef show(rows, size):\n    print(rows[:size])", "show(rows, size)"),
        ("def show(items):\n    print(items)", ""),
        ("def show(*, rows):\n    print(rows)", ""),
        ("def best(rows):\n    return max(rows)", ""),
        ("def best(rows):\n    yield max(rows)", ""),
        (f"{SHOWS}\n\n\ndef other():\n    print(1)", ""),
        (f"{SHOWS}\n\n\nshow(rows[1:])", ""),
    ],
)
def test_a_function_that_nothing_calls_is_called_if_that_is_clear(answer: str, call: str) -> None:
    placement = answered("rows = [3, 1]\n# print the largest¤\n", "python", answer)
    added = f"\n\n\n{call}" if call else ""
    assert placement.result == f"rows = [3, 1]\n# print the largest\n{answer}{added}\n"
    assert placement.notices == ((Message("answer-called", call=call),) if call else ())


def test_in_a_script_that_says_nothing_of_it_a_trial_is_left_out() -> None:
    file = "import logging\n\nlogging.basicConfig()\nrows = [3, 1]\n"
    mean = "def mean(values):\n    return sum(values) / len(values)"
    placement = answered(f"{file}# the mean of numbers¤\n", "python", f"{mean}\n\n\nprint(mean([1, 2]))")
    assert placement.result == f"{file}# the mean of numbers\n{mean}\n"
    assert [notice.code for notice in placement.notices] == ["answer-trial-left-out"]
    placement = answered(f"{file}# log the number of rows¤\n", "python", SHOWS)
    assert placement.result == f"{file}# log the number of rows\n{SHOWS}\n"
    for use in ("print(mean(rows))", "result = mean(rows)"):
        placement = answered(f"{file}# the mean of numbers¤\n", "python", f"{mean}\n\n\n{use}")
        assert placement.result == f"{file}# the mean of numbers\n{mean}\n\n\n{use}\n"
    below = "\n\nprint(average)\n"
    placement = answered(f"{file}# the mean of 1 and 2¤\n{below}", "python", f"{mean}\n\n\naverage = mean([1, 2])")
    assert placement.result == f"{file}# the mean of 1 and 2\n{mean}\n\n\naverage = mean([1, 2])\n{below}"


def test_a_script_in_javascript_uses_what_it_defines() -> None:
    total = "function total(file) {\n  return 1;\n}"
    answer = f"function main() {{\n  console.log(total('prices.csv'));\n}}\n\n{total}\n\nmain();"
    placement = answered("// read prices.csv and print the total¤\n", "javascript", answer)
    assert placement.result == f"// read prices.csv and print the total\n{answer}\n"
    assert placement.notices == ()


ABOVE = "limit = 3\nrows = [1, 2]\nprint(rows)"
BELOW = "if rows:\n    print(total)"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (f"{ABOVE}\n\ntotal = sum(rows)\n\n{BELOW}", "total = sum(rows)"),
        ("rows = [1, 2]\ntotal = sum(rows)", "rows = [1, 2]\ntotal = sum(rows)"),  # that may be meant
        (f"total = sum(rows)\n{BELOW}", "total = sum(rows)"),
        (f"total = sum(rows)\n{BELOW}\nprint(1)", f"total = sum(rows)\n{BELOW}\nprint(1)"),
    ],
)
@pytest.mark.parametrize("indent", ["", "    "])
def test_what_stands_beside_it_is_not_written_again(answer: str, code: str, indent: str) -> None:
    head = f"{ABOVE}\n# print the total¤\n\n"
    file = f"{head}{BELOW}\n" if not indent else f"def f():\n{textwrap.indent(f'{head}{BELOW}', indent)}\n"
    result = answered(file, "python", answer).result
    assert result == file.replace("¤\n", f"\n{textwrap.indent(code, indent)}\n")


def test_an_answer_that_is_all_there_is_refused() -> None:
    file = f"{ABOVE}\n# print the total¤\n\n{BELOW}\n"
    assert answered(file, "python", f"{ABOVE}\n\n{BELOW}").refused == Message("answer-repeats")
