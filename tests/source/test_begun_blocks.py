"""A block that holds nothing but a comment does not parse in Python, and its code is checked all the same."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.verify.destination import Destination
from planfirst.verify.judge import Judge
from planfirst.words import Message
from tests.source.sites import found, placed

LATER = "\n\ndef later():\n    pass\n"
FILES = [
    f"def total(xs):\n    # the sum¤\n{LATER}",
    f"class A:\n    def total(self, xs):\n        # the sum¤\n{LATER}",
    f"def total(xs):\n    try:\n        # the sum¤\n    except ValueError:\n        return None\n{LATER}",
    f"def total(xs):\n    if xs:\n        # the sum¤\n    return None\n{LATER}",
    "def total(xs):\n    # the sum¤",
]


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("return (sum(xs)", "answer-breaks-off"),
        ("return sum(xs", "answer-breaks-off"),
        ("if xs\n    return 1", "answer-breaks-file"),
        ("x = = 1", "answer-breaks-file"),
    ],
)
def test_code_that_breaks_the_file_is_refused(text: str, code: str, why: str) -> None:
    placement = placed(text, "python", code)
    assert placement.refused == Message(why)
    assert placement.result == text.replace("¤", "")


@pytest.mark.parametrize("text", FILES)
def test_code_that_does_not_is_placed(text: str) -> None:
    placement = placed(text, "python", "return sum(xs)")
    indent = text[: text.index("#")].rpartition("\n")[2]
    row = f"\n{indent}return sum(xs)" + "\n" * ("¤\n" in text)
    assert placement.result == text.replace("¤\n" if "¤\n" in text else "¤", row)


@pytest.mark.parametrize("text", FILES)
async def test_what_stood_there_before_is_not_the_codes_fault(text: str) -> None:
    site = found(text)
    verdict = await Judge(Destination(text.replace("¤", ""), site), (), None)("return sum(xs)")
    assert verdict.status == "read"
    verdict = await Judge(Destination(text.replace("¤", ""), site), (), None)("return zum(xs)")
    assert verdict.output == (Message("code-undefined", name="zum"),)


def test_definitions_of_the_file_do_not_appear_twice() -> None:
    text = "def other():\n    return 1\n\n\ndef total(xs):\n    try:\n        # the sum¤\n    except ValueError:\n        return None\n"
    code = "def other():\n    return 1\n\n\nreturn sum(xs)"
    assert placed(text, "python", code).result.count("def other") == 1
