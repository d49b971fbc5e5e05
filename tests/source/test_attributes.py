"""Comments among the attributes of a JSX element."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import answered

CASES = [
    ("typescriptreact", "export function B({ save }: P) {\n  return (\n    <button\n      // calls save on click¤\n      type=\"button\"\n    >\n      Save\n    </button>\n  );\n}\n", "onClick={save}", "export function B({ save }: P) {\n  return (\n    <button\n      // calls save on click\n      onClick={save}\n      type=\"button\"\n    >\n      Save\n    </button>\n  );\n}\n"),
    ("typescriptreact", "export function B({ save }: P) {\n  return (\n    <button\n      // calls save on click¤\n      type=\"button\"\n    >\n      Save\n    </button>\n  );\n}\n", "<button onClick={save} type=\"button\">\n  Save\n</button>", "export function B({ save }: P) {\n  return (\n    <button\n      // calls save on click\n      onClick={save}\n      type=\"button\"\n    >\n      Save\n    </button>\n  );\n}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CASES)
def test_attributes_go_to_their_element(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole


def test_an_element_that_closes_itself_takes_them_too() -> None:
    text = "const a = <p\n  // the class¤\n  id='x'\n/>;\n"
    whole = "const a = <p\n  // the class\n  className=\"b\"\n  id='x'\n/>;\n"
    assert answered(text, "typescriptreact", 'className="b"').result == whole


def test_what_is_no_attribute_is_refused() -> None:
    text = "const a = <p\n  // the class¤\n  id='x'\n/>;\n"
    assert answered(text, "typescriptreact", "const b = 1;\nf(b);").refused is not None
