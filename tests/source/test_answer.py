"""What of an answer goes into a Python file: nothing twice, nothing that only tries the code, the right name."""

from __future__ import annotations

import ast

import pytest

from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import Placement
from planfirst.words import Message
from tests.source.sites import answered

PYTHON = language_of("python")
FILE = "import os\n\n\n# double a number\n\n\ndef main():\n    return 0\n"
DOUBLE = "def double(x):\n    return 2 * x"
DONE = FILE.replace("number\n", f"number\n{DOUBLE}\n")


def place(text: str, code: str, at: str = "# ") -> Placement:
    line = next(n for n, row in enumerate(text.split("\n")) if at in row)
    site = locate(text, line, line, PYTHON)
    assert site is not None
    placement = place_code(text, site, code, PYTHON)
    ast.parse(placement.result)
    return placement


@pytest.mark.parametrize(
    "code",
    [
        DOUBLE,
        f"import os\n\n\n# double a number\n{DOUBLE}\n\n\ndef main():\n    return 0",
        f"# double a number\n\n{DOUBLE}\n\n\ndef main():\n    '''Now with a docstring.'''\n    return 0",
        f"{DOUBLE}\n\n\nif __name__ == '__main__':\n    print(double(2))",
        f"{DOUBLE}\n\n# Example usage\nx = 3\nresult = double(x)\nfor n in range(result):\n    print(n)",
        f"{DOUBLE}\n\n# Example usage\na = 'a.txt'\nnumber = 5\nprint(double(number))",  # words of the request
        f"{DOUBLE}\n\nassert double(2) == 4\ndouble(3)",
        f'"""A module that doubles."""\n\n{DOUBLE}',
        f"import os\n{DOUBLE}\n\n\ndef main():\n    return 1",  # rewritten: the user's stays
    ],
)
def test_only_what_is_new_is_taken(code: str) -> None:
    assert place(FILE, code).result == DONE


@pytest.mark.parametrize(
    ("code", "notice"),
    [
        (
            f"{DOUBLE}\n\nprint(double(2))",
            Message("answer-trial-left-out", row="print(double(2))"),
        ),
        (f"{DOUBLE}\n\n\ndef main():\n    return 1", Message("answer-rewrote", names="main")),
        (f"{DOUBLE}\n\n\ndef main():\n    return 0", None),
        (DOUBLE, None),
    ],
)
def test_what_is_left_out_is_said(code: str, notice: Message | None) -> None:
    assert place(FILE, code).notices == ((notice,) if notice else ())


@pytest.mark.parametrize(
    "code",
    [
        "import re\n\nWORD = re.compile('a')\n\n\ndef double(x):\n    return WORD.sub(x, x)\n\n\n__all__ = ['double']",
        "def helper(x):\n    return x\n\n\nTABLE = {'a': helper}\n\n\ndef double(x):\n    return TABLE['a'](x)",
        "x = 1\nprint(x)\nfor n in range(x):\n    print(n)",
        "class A:\n    pass\n\n\nclass B(A):\n    x = A()",
        "# why\n@cache\ndef double(x):\n    # twice\n    return 2 * x  # so\n\n\n# behind\ndef other():\n    pass",
    ],
)
def test_all_else_is_taken_as_it_is(code: str) -> None:
    placement = place("# go\n", code)
    kept = [row for row in code.split("\n") if not row.startswith("import ")]
    assert "\n".join(kept).strip("\n") in placement.result
    assert placement.notices == ()


def test_a_main_guard_alone_can_be_what_was_asked_for() -> None:
    code = "if __name__ == '__main__':\n    main()"
    text = f"{FILE}\n\n# run it\n"
    assert place(text, code, "# run").result == f"{text}{code}\n"
    both = f"{DOUBLE}\n\n\n{code}"
    assert place(text, both, "# run").result == f"{text}{both}\n"


def test_no_main_guard_in_a_main_guard() -> None:
    text = "def main():\n    pass\n\n\nif __name__ == '__main__':\n    # parse the arguments\n    main()\n"
    code = "import argparse\n\ndef parse_args():\n    return argparse.ArgumentParser().parse_args()\n\n"
    code += "if __name__ == '__main__':\n    print(parse_args())"
    result = place(text, code).result
    assert result.count("__main__") == 1
    assert result.startswith("import argparse\n")
    assert "    def parse_args():\n        return" in result


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def main():\n    return 0", Message("answer-repeats")),
        (
            "import os\n\n\ndef main():\n    return 7\n\n\nif __name__ == '__main__':\n    main()",
            Message("answer-again", names="main"),
        ),
        ("", None),
    ],
)
def test_an_answer_without_anything_new_is_no_edit(code: str, why: Message | None) -> None:
    placement = place(FILE, code)
    assert placement.result == FILE
    assert placement.refused == why


def test_members_of_the_class_around_are_taken_without_it() -> None:
    first, last = (
        "class A:\n    def __init__(self):\n        self.x = 1\n\n",
        "\n    def last(self):\n        return 0\n",
    )
    method = "    def double(self):\n        return 2 * self.x\n"
    text, code = f"{first}    # double x\n{last}", f"{first}    # double x\n{method}{last}"
    assert place(text, code).result == text.replace("double x\n", f"double x\n{method}")


def test_statements_of_the_function_around_are_taken_without_it() -> None:
    text = "def main(path):\n    rows = path\n    # sort them\n    return rows\n"
    code = (
        "import os\n\ndef main(path):\n    rows = path\n    # sort them\n    rows = sorted(rows)\n    print(os.sep)\n"
    )
    code += "    return rows"
    assert place(text, code).result == "import os\n\n" + text.replace(
        "sort them\n", "sort them\n    rows = sorted(rows)\n    print(os.sep)\n"
    )
    other = "def main(path):\n    things = path\n    things.sort()\n    return things"
    assert place(text, other).refused == Message("answer-all-anew", name="main")


def test_in_a_function_the_use_of_a_helper_stays() -> None:
    text = "def main(rows):\n    # sort them\n    return rows\n"
    code = "def by_name(rows):\n    return sorted(rows)\n\nrows = by_name(rows)\nprint(by_name([1]))"
    placement = place(text, code)
    assert "    rows = by_name(rows)\n    return rows\n" in placement.result
    assert "print" not in placement.result


# ---------------------------------------------------------------------- empty functions

STUB = 'def twice(x: int) -> int:\n    """Double x."""\n    ...\n'


@pytest.mark.parametrize(
    ("stub", "code", "body"),
    [
        # another name, other parameters
        (STUB, "def double(value: int) -> int:\n    return 2 * value", "return 2 * value".replace("value", "x")),
        (STUB, "def twice(value):\n    y = value\n    return value + y", "y = x\n    return x + y"),
        (
            STUB,
            "def double(v):\n    if v:\n        return double(v=v - 1) + 2\n    return 0",
            "if x:\n        return twice(x=x - 1) + 2\n    return 0",
        ),
        (STUB, "@cache\ndef double(v, /):\n    return 2 * v", "return 2 * x"),
        (STUB.replace("twice", "test_it"), "def test_it(x):\n    return 2 * x", "return 2 * x"),
        (STUB, "double = lambda v: 2 * v", "return 2 * x"),
        (STUB, "2 * x", "return 2 * x"),
        (STUB, "def twice(x):\n    return 2 * x\n\nprint(twice(3))", "return 2 * x"),
        (STUB, "def twice(x):\ndef twice(x):\n    return 2 * x", "return 2 * x"),
        (STUB, 'def twice(x):\n    """Double x."""\n\ndef twice(x):\n    return 2 * x', "return 2 * x"),
        (STUB, "class Solution:\n    def twice(self, x):\n        return 2 * x", "return 2 * x"),
        # helpers: those that are used
        (
            STUB,
            "import re, os\nN = 2\nM = 3\n\ndef unused():\n    pass\n\ndef twice(x):\n    return N * x",
            "N = 2\n\n    return N * x",
        ),
        (
            STUB,
            "def add(a, b):\n    return a + b\n\ndef double(v):\n    return add(v, v)",
            "def add(a, b):\n        return a + b\n\n    return add(x, x)",
        ),
        (
            STUB,
            "from typing import TypeVar\nT = TypeVar('T')\n\ndef twice(x: T) -> T:\n    return 2 * x",
            "return 2 * x",
        ),
        # a helper that the stub calls
        (
            'def merge(a: list, b: list) -> list:\n    """Merge."""\n    pass\n',
            "def merge(*lists):\n    return sum(lists, [])",
            "def _merge(*lists):\n        return sum(lists, [])\n\n    return _merge(a, b)",
        ),
        (
            STUB,
            "def double(x, y=2):\n    return x * y",
            "def double(x, y=2):\n        return x * y\n\n    return double(x)",
        ),
        (
            'async def twice(x):\n    """Double x."""\n',
            "async def double(*x):\n    return 2 * x[0]",
            "async def double(*x):\n        return 2 * x[0]\n\n    return await double(x)",
        ),
        (
            'def f(a, *rest, key=1, **more):\n    """It."""\n',
            "def g(*all, key, **named):\n    return all, key, named",
            "def g(*all, key, **named):\n        return all, key, named\n\n    return g(a, *rest, key=key, **more)",
        ),
    ],
)
def test_an_answer_fits_the_function_it_is_for(stub: str, code: str, body: str) -> None:
    placement = place(stub, code, "def ")
    assert placement.refused is None
    head = "\n".join(row for row in stub.split("\n")[:2])
    assert placement.result.removeprefix("import re\nimport os\n\n") == f"{head}\n    {body}\n"


def test_a_text_becomes_a_path_where_the_answer_takes_one() -> None:
    text = 'def read(name: str) -> str:\n    """Read it."""\n'
    code = "from pathlib import Path\n\ndef read_it(file: Path) -> str:\n    return file.read_text()"
    result = place(text, code, "def ").result
    assert result.startswith("from pathlib import Path\n")
    assert result.endswith("return read_it(Path(name))\n")
    bare = 'def read(name):\n    """Read it."""\n'
    assert place(bare, code, "def ").result == f"{bare}    return name.read_text()\n"


def test_a_method_keeps_its_self() -> None:
    text = 'class A:\n    def twice(self, x):\n        """Double x."""\n        pass\n'
    for code in (
        "def double(self, v):\n    return 2 * v + self.y",
        "class A:\n    def twice(self, v):\n        return 2 * v + self.y",
    ):
        result = place(text, code, "def ").result
        assert "2 * x + self.y" in result or "(self, x)" in result.partition("return")[2] + result
        assert "pass" not in result


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def double(a, b):\n    return a * b", "answer-other-signature"),
        ("async def double(v):\n    return v", "answer-async"),
        ("def a(x):\n    return 1\n\ndef b(x):\n    return 2", "answer-unclear"),
        ("def double(text: str):\n    return text.upper()", "answer-other-signature"),
        ("class Doubler:\n    pass", "answer-other-function"),
    ],
)
def test_what_does_not_fit_is_no_edit(code: str, why: str) -> None:
    placement = place(STUB, code, "def ")
    assert placement.result == STUB
    assert placement.refused is not None
    assert placement.refused.code == why


def test_a_method_that_the_class_lacks_comes_along_below_the_one_that_calls_it() -> None:
    stub = '        """Double x."""\n        pass\n'
    text = f"class A:\n    def twice(self, x):\n{stub}\n    def other(self):\n        return 1\n"
    added = "    def _by(self, x, y):\n        return self._floor(x * y)\n\n"
    added += "    @staticmethod\n    def _floor(x):\n        return math.floor(x)\n"
    code = f"import math\n\n\nclass A:\n    def twice(self, x):\n        return self._by(x, 2)\n\n{added}\n"
    code += "    def other(self):\n        return 2\n\n    def unused(self):\n        return 3"
    body = f'        """Double x."""\n        return self._by(x, 2)\n\n{added}'
    assert place(text, code, "def ").result == "import math\n\n" + text.replace(stub, body)
    bare = "def twice(self, x):\n    return self._by(x)\n\n\ndef _by(self, x):\n    return x"
    added = "    def _by(self, x):\n        return x\n"
    body = f'        """Double x."""\n        return self._by(x)\n\n{added}'
    assert place(text, bare, "def ").result == text.replace(stub, body)


def test_a_function_in_a_function_is_taken_out_of_the_one_around_it() -> None:
    text = (
        "def outer(rows):\n    total = 0\n\n    def add(row):\n        # count it\n        pass\n\n    return total\n"
    )
    code = text.replace("        # count it\n        pass\n", "        nonlocal total\n        total += row\n")
    placed = place(text, code, "# count")
    assert placed.result == text.replace("        pass\n", "        nonlocal total\n        total += row\n")


def test_a_method_of_another_class_that_is_not_there_is_said() -> None:
    text = 'class A:\n    def twice(self, x):\n        """Double x."""\n        pass\n'
    code = "class B:\n    def twice(self, x):\n        return self._by(x)\n\n    def _by(self, x):\n        return x"
    assert place(text, code, "def ").refused == Message("answer-calls-missing", names="_by")


# ---------------------------------------------------------------------- what may not get in unseen


@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x1b", "\x7f", "\u200b", "\u202e", "\u2066", "\u2069", "\ufeff"]
)
def test_characters_that_cannot_be_seen_are_refused(character: str) -> None:
    placement = place(FILE, f"def double(x):\n    return '{character}' * x")
    assert placement.result == FILE
    assert placement.refused is not None
    assert placement.refused.args["line"] == 2
    assert f"U+{ord(character):04X}" in str(placement.refused)


@pytest.mark.parametrize("text", ["é", "한국어", "👩\u200d🔬", "\t", "naïve"])
def test_other_scripts_are_code_like_any_other(text: str) -> None:
    assert place(FILE, f"def double(x):\n    return '{text}' * x").refused is None


@pytest.mark.parametrize(
    "row",
    ["from ..... import secrets", "from ......etc import passwd"],
)
def test_an_import_from_outside_is_refused(row: str) -> None:
    refused = place(FILE, f"{row}\n\n{DOUBLE}").refused
    assert refused is not None
    assert refused.code == "answer-imports-outside"


def test_ten_thousand_lines_are_placed() -> None:
    body = "\n".join(f"    x{n} = {n}" for n in range(10_000))
    assert place(FILE, f"def double(x):\n{body}\n    return x9999").result.count("\n") > 10_000


@pytest.mark.parametrize("tail", ["", "\n\n\ns = Stack()\nprint(s.pop())"])
def test_the_members_of_a_class_that_is_to_be_written(tail: str) -> None:
    text = 'class Stack:\n    """A stack."""\n'
    members = "    def __init__(self):\n        self.items = []\n\n    def pop(self):\n        return self.items.pop()"
    code = f'class Stack:\n    """A stack."""\n\n{members}{tail}'
    assert place(text, code, "class").result.replace("\n\n", "\n") == f"{text}{members}\n".replace("\n\n", "\n")


def test_code_that_is_to_be_written_anew_may_define_the_same() -> None:
    text = "# triple it\ndef times(x):\n    return 2 * x\n\n\ndef main():\n    return 0\n"
    again = locate(text, 0, 0, PYTHON)
    assert again is not None
    code = "def times(x):\n    return 3 * x\n\n\ndef main():\n    return 0"
    assert place_code(text, again, code, PYTHON).result == text.replace("2 *", "3 *")


@pytest.mark.parametrize(
    ("row", "notice"),
    [
        ("people = [{'name': 'X', 'age': 1}, {'name': 'Y', 'age': 2}]", Message("answer-rewrote", names="people")),
        ("people = []", None),
        ("people = sorted(people)", None),
        ("names = ['X', 'Y', 'Z']", None),
    ],
)
def test_data_to_try_with_does_not_take_the_place_of_yours(row: str, notice: Message | None) -> None:
    text = "people = load()\n\n# their mean age¤\n"
    mean = "mean = sum(one['age'] for one in people) / len(people)"
    placement = answered(text, "python", f"{row}\n{mean}")
    assert placement.result == text.replace("¤", "") + (f"{mean}\n" if notice else f"{row}\n{mean}\n")
    assert placement.notices == ((notice,) if notice else ())
