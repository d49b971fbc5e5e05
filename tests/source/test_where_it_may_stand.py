"""Code that may not stand where its comment is, or only in one form: cases, methods, functions in functions, tests."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import answered

CASES = [
    (
        "typescript",
        "function f(a) {\n  switch (a) {\n    case 1:\n      return 2;\n    // two¤\n  }\n}\n",
        "case 2:\n  return 4;",
        "    case 2:\n      return 4;",
    ),
    (
        "java",
        "class A {\n    int f(int a) {\n        switch (a) {\n            case 1:\n                return 2;\n            // two¤\n            default:\n                return 0;\n        }\n    }\n}\n",
        "case 2:\n    return 4;",
        "            case 2:\n                return 4;",
    ),
    (
        "go",
        "package a\n\nfunc f(a int) int {\n\tswitch a {\n\tcase 1:\n\t\treturn 2\n\t// two¤\n\tdefault:\n\t\treturn 0\n\t}\n}\n",
        "case 2:\n\treturn 4",
        "\tcase 2:\n\t\treturn 4",
    ),
    (
        "rust",
        "fn f(a: u8) -> u8 {\n    match a {\n        1 => 2,\n        // two¤\n        _ => 0,\n    }\n}\n",
        "2 => 4,",
        "        2 => 4,",
    ),
    (
        "python",
        "def f(a):\n    match a:\n        case 1:\n            return 2\n        # two¤\n        case _:\n            return 0\n",
        "case 2:\n    return 4",
        "        case 2:\n            return 4",
    ),
]


@pytest.mark.parametrize(("language", "text", "code", "rows"), CASES)
def test_a_case_goes_between_the_others(language: str, text: str, code: str, rows: str) -> None:
    assert answered(text, language, code).result == text.replace("¤\n", f"\n{rows}\n")


@pytest.mark.parametrize(("language", "text", "code", "rows"), [CASES[1]])
def test_so_does_one_in_a_function_that_is_repeated(language: str, text: str, code: str, rows: str) -> None:
    mark = "#" if language == "python" else "//"
    whole = text.replace(f"{mark} two¤", "@").replace("            @", rows).replace("        @", rows)
    assert answered(text, language, whole).result == text.replace("¤\n", f"\n{rows}\n")


def test_other_code_still_goes_above_the_switch() -> None:
    text = CASES[0][1]
    assert "  two();\n  switch (a) {" in answered(text, "typescript", "two();").result


@pytest.mark.parametrize(
    ("code", "header"),
    [
        ("def two(n):\n    return 2 * n", "def two(self, n):"),
        ("def two():\n    return 2 * self.x", "def two(self):"),
        ("async def two(*, n=1):\n    return n", "async def two(self, *, n=1):"),
        ("@cached\ndef two():\n    return 2", "def two(self):"),
        ("def two(self, n):\n    return n", "def two(self, n):"),
        ("@staticmethod\ndef two(n):\n    return n", "def two(n):"),
        ("@classmethod\ndef two(cls):\n    return cls()", "def two(cls):"),
    ],
)
def test_a_method_has_self(code: str, header: str) -> None:
    text = "class A:\n    def one(self):\n        return 1\n\n    # two¤\n"
    assert f"    {header}\n" in answered(text, "python", code).result


def test_a_function_has_none() -> None:
    assert (
        "def two(n):"
        in answered(
            "class A:\n    def one(self):\n        return 1\n\n\n# two¤\n", "python", "def two(n):\n    return n"
        ).result
    )
    assert (
        "    def two(n):"
        in answered("class A:\n    # two¤\n    x = two(1)\n", "python", "def two(n):\n    return n").result
    )


TEST = 'package a\n\nimport "testing"\n\nfunc TestOne(t *testing.T) {\n}\n\n// two¤\n'


def test_a_test_is_wanted_among_tests() -> None:
    code = "func TestTwo(t *testing.T) {\n}"
    assert answered(TEST, "go", code).result == TEST.replace("¤\n", f"\n{code}\n")
    other = "package a\n\n// two¤\n"
    assert "TestTwo" not in answered(other, "go", f"func Two() int {{\n\treturn 2\n}}\n\n{code}").result


@pytest.mark.parametrize(
    ("language", "text", "function", "call"),
    [
        (
            "c",
            "int main(void) {\n    // sort¤\n    return 0;\n}\n",
            "static int less(int a, int b) {\n    return a - b;\n}",
            "order(xs, less);",
        ),
        (
            "go",
            "package a\n\nfunc main() {\n\t// sort¤\n\tshow()\n}\n",
            "func less(a, b int) bool {\n\treturn a < b\n}",
            "order(less)",
        ),
    ],
)
def test_a_function_goes_above_the_function_around(language: str, text: str, function: str, call: str) -> None:
    result = answered(text, language, f"{function}\n\n{call}").result
    before, outer = text.replace("¤", "").split("int main" if language == "c" else "func main")
    indent = "\t" if language == "go" else "    "
    head = "int main" if language == "c" else "func main"
    assert result == f"{before}{function}\n\n{head}{outer.replace('// sort', f'// sort{chr(10)}{indent}{call}')}"


def test_a_nested_function_alone_stays_refused_or_as_it_is() -> None:
    placed = answered(
        "package a\n\nfunc main() {\n\t// sort¤\n}\n", "go", "func less(a, b int) bool {\n\treturn a < b\n}"
    )
    assert placed.refused is not None
