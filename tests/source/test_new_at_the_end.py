"""An answer that repeats the file and adds what is new at the end of it, though the request stands further up."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import answered

# Per language: what stands above the request, what stands below it, the end of the file, and what is new.
MEMBERS = {
    "python": (
        "class A:\n    def one(self):\n        return 1\n\n",
        "    def three(self):\n        return 3\n",
        "",
        "    def two(self):\n        return 2\n",
        "    # two¤\n",
    ),
    "typescript": (
        "class A {\n  one(): number {\n    return 1;\n  }\n\n",
        "  three(): number {\n    return 3;\n  }\n",
        "}\n",
        "  two(): number {\n    return 2;\n  }\n",
        "  // two¤\n",
    ),
    "java": (
        "class A {\n    int one() {\n        return 1;\n    }\n\n",
        "    int three() {\n        return 3;\n    }\n",
        "}\n",
        "    int two() {\n        return 2;\n    }\n",
        "    // two¤\n",
    ),
    "cpp": (
        "class A {\n public:\n  int one() {\n    return 1;\n  }\n\n",
        "  int three() {\n    return 3;\n  }\n",
        "};\n",
        "  int two() {\n    return 2;\n  }\n",
        "  // two¤\n",
    ),
    "rust": (
        "struct A;\n\nimpl A {\n    fn one(&self) -> i32 {\n        1\n    }\n\n",
        "    fn three(&self) -> i32 {\n        3\n    }\n",
        "}\n",
        "    fn two(&self) -> i32 {\n        2\n    }\n",
        "    // two¤\n",
    ),
    "go": (
        "package a\n\nfunc one() int {\n\treturn 1\n}\n\n",
        "func three() int {\n\treturn 3\n}\n",
        "",
        "func two() int {\n\treturn 2\n}\n",
        "// two¤\n",
    ),
    "javascript": (
        "function one() {\n  return 1;\n}\n\n",
        "function three() {\n  return 3;\n}\n",
        "",
        "function two() {\n  return 2;\n}\n",
        "// two¤\n",
    ),
}


@pytest.mark.parametrize("language", MEMBERS)
@pytest.mark.parametrize("has_comment", [True, False])
def test_it_goes_where_the_request_stands(language: str, has_comment: bool) -> None:
    above, below, end, new, comment = MEMBERS[language]
    said = comment.replace("¤", "")
    answer = above + (said + "\n" if has_comment else "") + below + "\n" + new + end
    placement = answered(f"{above}{comment}\n{below}{end}", language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == f"{above}{said}{new}\n{below}{end}"


@pytest.mark.parametrize("language", MEMBERS)
def test_a_file_as_it_was_has_nothing_new(language: str) -> None:
    above, below, end, _, comment = MEMBERS[language]
    placement = answered(f"{above}{comment}\n{below}{end}", language, above + below + end)
    assert placement.refused is not None
    assert placement.refused.code == "answer-repeats"


BELOW = {
    "python": ("def f(x):\n    a = 1\n    # twice x¤\n    b = 2 * a\n    return b\n", "b = 2 * a\nreturn b"),
    "typescript": ("function f(x) {\n  const a = 1;\n  // twice x¤\n  const b = 2 * a;\n  return b;\n}\n", "const b = 2 * a;\nreturn b;"),
    "go": ("package a\n\nfunc f(x int) int {\n\ta := 1\n\t// twice x¤\n\tb := 2 * a\n\treturn b\n}\n", "b := 2 * a\nreturn b"),
}  # fmt: skip


@pytest.mark.parametrize("language", BELOW)
def test_what_stands_directly_below_is_nothing_new(language: str) -> None:
    text, code = BELOW[language]
    assert answered(text, language, code).refused == Message("answer-repeats")
    one = code.splitlines()[0]
    assert answered(text, language, one).result.count(one) == 2  # a single statement may be meant to stand there twice
