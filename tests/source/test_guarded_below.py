"""An answer that has the statements below its comment under a condition: they are not done a second time."""

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import answered

PYTHON = (
    "def names(rows):\n    found = []\n    for row in rows:\n        # {request}¤\n"
    "        name = row.strip()\n        found.append(name)\n    return found\n"
)
BOTH = "if row.strip():\n    name = row.strip()\n    found.append(name)"
JS = "for (const row of rows) {\n  // skip the empty ones¤\n  found.push(row);\n}\n"
GO = "func f(rows []string) {\n\tfor _, row := range rows {\n\t\t// skip the empty ones¤\n\t\tshow(row)\n\t}\n}\n"


@pytest.mark.parametrize(
    ("language", "text", "answer", "result"),
    [
        (
            "python",
            PYTHON.format(request="skip the empty ones"),
            BOTH,
            "def names(rows):\n    found = []\n    for row in rows:\n        # skip the empty ones\n"
            "        if row.strip():\n"
            "            name = row.strip()\n            found.append(name)\n    return found\n",
        ),
        (
            "javascript",
            JS,
            "if (row) {\n  found.push(row);\n}",
            "for (const row of rows) {\n  // skip the empty ones\n  if (row) {\n    found.push(row);\n  }\n}\n",
        ),
        (
            "go",
            GO,
            'if row != "" {\n\tshow(row)\n}',
            GO.replace("¤", "").replace("\t\tshow(row)\n", '\t\tif row != "" {\n\t\t\tshow(row)\n\t\t}\n'),
        ),
    ],
)
def test_they_are_done_once(language: str, text: str, answer: str, result: str) -> None:
    placement = answered(text, language, answer)
    assert placement.result == result
    assert placement.notices == (Message("answer-changed-below"),)


@pytest.mark.parametrize("answer", ["if not row.strip():\n    continue", "if row.strip():\n    count(row)"])
def test_what_the_answer_has_not_stays(answer: str) -> None:
    text = PYTHON.format(request="skip the empty ones")
    placement = answered(text, "python", answer)
    assert "        name = row.strip()\n        found.append(name)\n    return found\n" in placement.result
    assert placement.notices == ()


def test_what_is_to_be_done_twice_is_done_twice() -> None:
    text = JS.replace("skip the empty ones", "add those with a star twice")
    placement = answered(text, "javascript", 'if (row.includes("*")) {\n  found.push(row);\n}')
    assert placement.result.count("found.push(row);") == 2


def test_a_return_stays_where_it_always_runs() -> None:
    text = "def first(rows):\n    # nothing for an empty list¤\n    log(rows)\n    return rows[0]\n"
    placement = answered(text, "python", "if rows:\n    log(rows)\n    return rows[0]")
    assert placement.result.endswith("    if rows:\n        log(rows)\n        return rows[0]\n    return rows[0]\n")
