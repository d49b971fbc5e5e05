"""Answers in the place of the code that a comment asks to have otherwise."""

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import new_part, place_code
from planfirst.words import Message
from tests.source.sites import answered, found, site_in

HEAD = "import os\n\nLIMIT = 3\n\n\n"
TAIL = "\n\ndef other():\n    return 1\n"
BOX = "class Box:\n    def __init__(self, a):\n        self.a = a\n\n    def twice(self):\n        return 2 * self.a\n"
OLD = "def cut(rows):\n    # the first ones\n    return list(rows)[:LIMIT]\n"


@pytest.mark.parametrize(
    ("asked", "old", "answer", "new"),
    [
        # another header, and a comment of yours that the answer lacks
        ("add type hints", OLD, "def cut(rows: list) -> list:\n    return list(rows)[:LIMIT]",
         OLD.replace("(rows)", "(rows: list) -> list", 1)),
        # the answer has the file's other code, too, and an import
        ("as a generator", OLD,
         "import itertools\n\nLIMIT = 3\n\ndef cut(rows):\n    yield from itertools.islice(rows, LIMIT)\n" + TAIL,
         "def cut(rows):\n    # the first ones\n    yield from itertools.islice(rows, LIMIT)\n"),
        # a new name, since the request gives it
        ("rename it to head", OLD, "def head(rows):\n    return list(rows)[:LIMIT]", OLD.replace("cut", "head")),
        # decorators and the docstring stay
        ("faster, please: should not copy", "@trace\n" + OLD.replace("rows):", 'rows):\n    """Some."""'),
         "def cut(rows):\n    return rows[:LIMIT]",
         '@trace\ndef cut(rows):\n    """Some."""\n    # the first ones\n    return rows[:LIMIT]\n'),
        # but for one that is to go
        ("remove the trace decorator", f"@trace\n{OLD}", "def cut(rows):\n    return list(rows)[:LIMIT]", OLD),
        # and if the answer has others, it has these alone
        ("should be a class method", "@staticmethod\ndef f():\n    return 1\n",
         "@classmethod\ndef f(cls):\n    return 1", "@classmethod\ndef f(cls):\n    return 1\n"),
        # methods that the answer leaves out stay
        ("make it a dataclass", BOX,
         "@dataclass\nclass Box:\n    a: int",
         "@dataclass\nclass Box:\n    a: int\n\n    def twice(self):\n        return 2 * self.a\n"),
    ],
)  # fmt: skip
def test_the_function_or_type_below_is_changed(asked: str, old: str, answer: str, new: str) -> None:
    placement = answered(f"{HEAD}# {asked}¤\n{old}{TAIL}", "python", answer)
    assert placement.refused is None
    assert [said.code for said in placement.notices] == ["answer-changes-code"]
    head, _, rest = placement.result.partition(f"# {asked}\n")
    assert rest == f"{new}{TAIL}"
    assert head.endswith("LIMIT = 3\n\n\n")


@pytest.mark.parametrize("answer", ["def size(self):\n    return 2", "@property\ndef size(self):\n    return 2"])
@pytest.mark.parametrize("trailing", [False, True])
def test_a_comment_in_a_decorated_method_keeps_its_decorator(answer: str, trailing: bool) -> None:
    body = "    return 1  # FIXME one too few¤\n" if trailing else "    # FIXME one too few¤\n        return 1\n"
    text = f"class Box:\n    @property\n    def size(self):\n    {body}\n    def other(self):\n        return 1\n"
    result = answered(text, "python", answer).result
    assert result.count("@property") == 1
    assert "        return 2" in result
    assert "return 1" not in result.partition("def other")[0]
    assert "# FIXME one too few" in result


def test_what_the_changed_code_needs_goes_above_it() -> None:
    pair = "class Pair(NamedTuple):\n    a: int\n    b: int\n"
    made = "def split(text):\n    return Pair(1, 2)\n"
    answer = f"{pair}\n\n{made}\n\ndef main():\n    split('')"
    text = f"{HEAD}# should return a named tuple¤\ndef split(text):\n    return 1, 2\n{TAIL}"
    result = answered(text, "python", answer).result
    pair = "class Pair(NamedTuple):\n    a: int\n    b: int\n"
    assert (
        result.index(pair) < result.index("# should return") < result.index("def split(text):\n    return Pair(1, 2)\n")
    )
    assert "def main" not in result


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("the last ones", "def last(rows):\n    return rows[-LIMIT:]"),
        ("the last ones", f"{OLD}\n\ndef last(rows):\n    return rows[-LIMIT:]"),
    ],
)
def test_something_new_goes_below_the_comment(asked: str, answer: str) -> None:
    placement = answered(f"{HEAD}# {asked}¤\n{OLD}{TAIL}", "python", answer)
    assert f"# {asked}\ndef last(rows):\n    return rows[-LIMIT:]\n" in placement.result
    assert OLD in placement.result


def test_a_longer_function_is_exchanged_only_if_the_comment_says_so() -> None:
    old = (
        "def score(rows):\n    total = 0\n"
        + "".join(f"    total += weight(rows, {n})\n" for n in range(9))
        + "    return total\n"
    )
    new = "def score(rows):\n    return sum(weight(rows, n) for n in range(9))"
    kept = answered(f"# of all rows¤\n{old}", "python", new)
    assert (kept.refused is not None, kept.result) == (True, f"# of all rows\n{old}")
    assert answered(f"# make this shorter¤\n{old}", "python", new).result == f"# make this shorter\n{new}\n"


def test_a_short_function_around_the_comment_is_changed_as_a_whole() -> None:
    text = "def shout(text):\n    # take the mark as a second parameter¤\n    return text.upper() + '!'\n"
    site = found(text)
    assert (site.first, site.last, site.body, site.described) == (1, 2, (0, 2), (2, 2))
    placement = answered(text, "python", "def shout(text, mark='!'):\n    return text.upper() + mark")
    assert placement.result == (
        "def shout(text, mark='!'):\n    # take the mark as a second parameter\n    return text.upper() + mark\n"
    )
    rows = "".join(f"    x = f({n})\n" for n in range(50))
    long = found(text.replace("    return", f"{rows}    return"))
    assert long.body == (2, 52)


@pytest.mark.parametrize(
    ("language", "text", "answer", "result"),
    [
        ("go", "package a\n\n// should fail for none¤\nfunc f(x int) int {\n\treturn 2 * x\n}\n",
         "func f(x int) (int, error) {\n\treturn 2 * x, nil\n}",
         "package a\n\n// should fail for none\nfunc f(x int) (int, error) {\n\treturn 2 * x, nil\n}\n"),
        ("typescript", "// make this async¤\nexport function f(x: number) {\n  return x;\n}\n",
         "async function f(x: number) {\n  return x;\n}",
         "// make this async\nexport async function f(x: number) {\n  return x;\n}\n"),
        ("java", "class A {\n    // long instead of int¤\n    int f(int x) {\n        return x;\n    }\n}\n",
         "class A {\n    long f(int x) {\n        return x;\n    }\n}",
         "class A {\n    // long instead of int\n    long f(int x) {\n        return x;\n    }\n}\n"),
    ],
)  # fmt: skip
def test_other_languages(language: str, text: str, answer: str, result: str) -> None:
    assert answered(text, language, answer).result == result


def test_no_step_of_the_plan_repeats_the_request() -> None:
    text, site = site_in("# use a set¤\ndef f(a):\n    return a\n", "python")
    assert site is not None
    code = "def f(a):\n    # Use a set\n    # of all\n    return set(a)"
    assert new_part(text, site, code, language_of("python")) == "def f(a):\n    # of all\n    return set(a)"


def test_an_answer_without_the_function_is_refused() -> None:
    text = f"{HEAD}# should not copy¤\n{OLD}"
    placement = answered(text, "python", "print(LIMIT)")
    assert placement.refused == Message("answer-not-changed", name="cut")
    assert placement.result == text.replace("¤", "")
    assert answered(text.replace("should not copy", "how many there are"), "python", "print(LIMIT)").refused is None


def test_an_answer_that_changes_nothing_is_refused() -> None:
    placement = answered(f"{HEAD}# should not copy¤\n{OLD}", "python", OLD)
    assert placement.refused is not None


def test_a_comment_behind_the_header_may_ask_for_a_change_of_the_function() -> None:
    text = "def collect(item, into=[]):  # BUG: the list is shared¤\n    into.append(item)\n    return into\n"
    answer = text.replace("[]", "None").replace(
        "  # BUG: the list is shared¤\n", "\n    into = [] if into is None else into\n"
    )
    assert answered(text, "python", answer).result == answer
    kept = answered(text, "python", "print(1)")
    assert kept.result == text.replace("¤", "")
    site = found(text)
    again = locate(text.replace("¤", ""), site.first, site.last, language_of("python"))  # as an editor asks that saw it
    assert again == site


SQL = "-- only active ones, newest first\nSELECT id, name\n-- as in the report\nFROM customers;\n\nSELECT 1;\n"


def test_code_in_a_language_that_is_not_read_can_be_rewritten() -> None:
    language = language_of("sql")
    site = locate(SQL, 0, 0, language, change=True)
    assert site is not None
    assert (site.body, site.task.changed) == ((1, 1), "SELECT id, name")
    text = SQL.replace("-- as in the report\n", "")
    site = locate(text, 0, 0, language, change=True)
    assert site is not None
    answer = "SELECT id, name\nFROM customers\nWHERE active\nORDER BY created DESC;"
    placement = place_code(text, site, answer, language)
    assert placement.result == f"-- only active ones, newest first\n{answer}\n\nSELECT 1;\n"
    assert placement.notices == (Message("answer-changed-below"),)


@pytest.mark.parametrize(("asked", "is_changed"), [("should be active ones alone", True), ("active ones alone", False)])
def test_there_the_words_tell_whether_it_is_to_be_changed(asked: str, is_changed: bool) -> None:
    text = f"-- {asked}¤\nSELECT id, name\nFROM customers;\n"
    assert bool(found(text, "sql").task.changed) is is_changed
    answer = "SELECT id, name\nFROM customers\nWHERE active;"
    assert (answered(text, "sql", answer).result.count("SELECT") == 1) is is_changed
    other = answered(text, "sql", "CREATE VIEW active AS SELECT * FROM orders WHERE active;")
    assert other.result.endswith("SELECT id, name\nFROM customers;\n")


def test_an_answer_of_which_nothing_is_new_is_refused() -> None:
    text = f"{HEAD}# should not copy¤\n{OLD}{TAIL}"
    trial = "with open('x') as rows:\n    print(cut(rows))"
    placement = answered(text, "python", f"{OLD}{TAIL.replace('return 1', 'return 2')}\n\n{trial}\n")
    assert placement.refused == Message("answer-repeats")
    assert [said.code for said in placement.notices] == ["answer-rewrote", "answer-trial-left-out"]
