"""What does the same in another way, once more, or for another request, is left out."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import answered

CASES = [
    ("python", "# reverse a string¤\n", "You can do it this way:\n```python\ndef reverse(s):\n    return s[::-1]\n```\nAlternatively:\n```python\ndef reverse_loop(s):\n    out = ''\n    for c in s:\n        out = c + out\n    return out\n```\n", "# reverse a string\ndef reverse(s):\n    return s[::-1]\n"),
    ("python", "# reverse a string¤\n", "# Option 1: slicing\ndef reverse(s):\n    return s[::-1]\n\n# Option 2: reversed\ndef reverse(s):\n    return ''.join(reversed(s))", "# reverse a string\n# Option 1: slicing\ndef reverse(s):\n    return s[::-1]\n"),
    ("python", "# double x¤\n", "def double(x):\n    return 2 * x\n\ndef double(x):\n    return 2 * x", "# double x\ndef double(x):\n    return 2 * x\n"),
    ("typescript", "// double x¤\n\n// triple x\n", "function double(x: number) {\n  return 2 * x;\n}\n\n// triple x\nfunction triple(x: number) {\n  return 3 * x;\n}", "// double x\nfunction double(x: number) {\n  return 2 * x;\n}\n\n// triple x\n"),
    ("typescript", "// double¤\n", "function double(x: number) { return 2 * x; }\n\nfunction double(x: number) { return 2 * x; }", "// double\nfunction double(x: number) { return 2 * x; }\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CASES)
def test_only_what_was_asked_for(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole


@pytest.mark.parametrize(
    ("language", "code"),
    [
        (
            "typescript",
            "interface Post {\n  id: number;\n}\n\ninterface Author {\n  name: string;\n  posts: Post[];\n}",
        ),
        ("python", "class Post:\n    id: int\n    title: str\n\n\nclass Author:\n    name: str\n    posts: list"),
        ("javascript", "const low = {\n  a: 1,\n  b: 2,\n};\nconst high = {\n  a: 3,\n  b: 4,\n};"),
        ("rust", "struct Post {\n    id: u32,\n    at: u32,\n}\n\nstruct Author {\n    name: String,\n    by: u32,\n}"),
        ("go", "type Post struct {\n\tID int\n\tAt int\n}\n\ntype Author struct {\n\tName string\n\tBy int\n}"),
    ],
)
def test_a_second_type_or_value_is_no_twin_of_the_first(language: str, code: str) -> None:
    mark = "#" if language == "python" else "//"
    head = "package a\n\n" if language == "go" else ""
    placement = answered(f"{head}{mark} what we keep of posts and authors¤\n", language, code)
    assert (placement.refused, placement.notices) == (None, ())
    assert [row for row in code.split("\n") if row] == [row for row in placement.result.split("\n")[1:] if row][
        -len([row for row in code.split("\n") if row]) :
    ]
