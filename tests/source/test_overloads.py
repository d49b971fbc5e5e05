"""The overloads above a function belong to it: a request at any of them is for the one that has the body."""

from __future__ import annotations

import pytest

from tests.source.sites import found, placed, site_in

PYTHON = (
    "from typing import overload\n\n\n# The larger one.\n@overload\ndef top(a: str) -> str: ...\n"
    "@overload\ndef top(a: int) -> int: ...\ndef top(a):\n    pass\n"
)
ECMA = (
    "// The larger one.\nexport function top(a: string): string;\n/** Of numbers. */\n"
    "export function top(a: number): number;\nexport function top(a: any): any {\n}\n"
)
METHOD = (
    "class A {\n  // The larger one.\n  top(a: string): string;\n  top(a: number): number;\n"
    "  top(a: any): any {\n  }\n}\n"
)


@pytest.mark.parametrize(
    ("language", "text", "lines", "body"),
    [
        ("python", PYTHON, range(3, 10), "    pass\n"),
        ("typescript", ECMA, (0, 1, 3, 4, 5), "any {\n"),
        ("typescript", METHOD, range(1, 6), "any {\n"),
    ],
)
def test_a_request_at_an_overload(language: str, text: str, lines: range, body: str) -> None:
    rows = text.splitlines(keepends=True)
    for line in lines:
        marked = "".join([*rows[:line], "¤", *rows[line:]])
        assert found(marked, language).task.request in ("The larger one.", "Of numbers.")
        result = placed(marked, language, "…\n    return a" + ("\n}" if language == "typescript" else "")).result
        inner = "    return a\n"
        assert result == text.replace(body, inner if language == "python" else body + inner)


def test_an_answer_with_the_overloads_gives_its_body() -> None:
    answer = ECMA.split("\n", 1)[1].replace("{\n}", "{\n  return a;\n}").strip()
    assert placed(f"¤{ECMA}", "typescript", answer).result == ECMA.replace("{\n}", "{\n  return a;\n}")


def test_the_other_overloads_are_shown_to_the_model() -> None:
    assert "export function top(a: number): number;" in found(f"¤{ECMA}", "typescript").task.neighbours


def test_overloads_of_nothing_are_no_request() -> None:
    declared = "declare function top(a: string): string;\n¤declare function top(a: number): number;\n"
    assert site_in(declared, "typescript")[1] is None
    assert site_in("interface A {\n  top(a: string): string;\n¤  top(a: number): number;\n}\n", "typescript")[1] is None


def test_thousands_of_overloads_are_looked_at_once() -> None:
    count = 2000
    text = "".join(f'export function top(a: "{n}"): string;\n' for n in range(count))
    text += "export function top(a: string): string {\n}\n"
    site = found(text[: text.index('"500"')] + "¤" + text[text.index('"500"') :], "typescript")
    assert site.stub is not None
    assert (site.stub.first, site.stub.header_first) == (0, count)
