"""What becomes of answers that hold more, or less, than the body that was asked for, by the real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import Editor
from tests.lsp.test_queries import at, query

pytestmark = pytest.mark.real

CASES = [
    (
        "a.py",
        "python",
        "class Box:\n    @size.setter\n    def size(self, value):  # keep it, never below zero\n        ...\n",
        2,
        "class Box:\n    @size.setter\n    def size(self, value):\n        self._set(value)\n\n"
        "    def _set(self, value):\n        self._size = max(0, value)",
        ["zero\n        self._set(value)\n\n    def _set(self, value):\n        self._size = max(0, value)\n"],
    ),
    (
        "b.py",
        "python",
        "def outer(rows):\n    def add(row):\n        # keep row\n        pass\n\n    return rows\n",
        2,
        "def outer(rows):\n    def add(row):\n        rows.append(row)\n\n    return rows",
        ["        # keep row\n        rows.append(row)\n\n    return rows\n"],
    ),
    (
        "c.ts",
        "typescript",
        "class Cart {\n  n = 1;\n  // the price, with tax\n  get total(): number {\n    return null;\n  }\n}\n",
        3,
        "class Cart {\n  get total(): number {\n    return this.taxed(1); }\n\n"
        "  private taxed(x: number): number {\n    return x * 1.2;\n  }\n}",
        [
            "    return this.taxed(1);\n  }\n\n  private taxed(x: number): number {\n    return x * 1.2;\n  }\n}\n",
        ],
    ),
    (
        "d.js",
        "javascript",
        "// the sum\nexport const total = (items) => {\n};\n",
        0,
        "export function sumUp(items, start = 0) {\n  return items.reduce((a, b) => a + b, start);\n}",
        ["=> {\n  function sumUp(items, start = 0) {\n", "\n\n  return sumUp(items);\n};\n"],
    ),
    (
        "E.java",
        "java",
        "enum Op {\n    ADD, SUB;\n\n    /** Do. */\n    int apply(int a, int b) {\n        return null;\n    }\n}\n",
        4,
        "enum Op {\n    ADD;\n\n    int apply(int a, int b) {\n        return this == ADD ? a + b : a - b;\n    }\n}",
        ["(int a, int b) {\n        return this == ADD ? a + b : a - b;\n    }\n}\n"],
    ),
    (
        "f.go",
        "go",
        "package bag\n\n// Add adds.\nfunc Add(a int) int {\n\tpanic(1)\n}\n",
        3,
        "package main\n\nvar two = 2\n\nfunc Add(a int) int {\n\treturn a + two\n}\n\nfunc main() {\n}",
        ["package bag\n\nvar two = 2\n\n// Add adds.\nfunc Add(a int) int {\n\treturn a + two\n}\n"],
    ),
]


async def test_answers_that_hold_more_than_a_body(start: Any) -> None:
    editor: Editor = await start()
    for name, language, text, line, code, expected in CASES:
        uri = editor.open(text, name, language)
        placed = await query(editor, "place", at(uri, line, code=code))
        assert not placed["refused"], (name, placed)
        result = editor.apply(placed["edit"])
        assert all(part in result for part in expected), result


async def test_an_import_from_outside_of_the_opened_folder_is_refused(start: Any, tmp_path: Path) -> None:
    editor: Editor = await start(folders=[tmp_path])
    text = "// read it\nexport const a = () => {\n};\n"
    uri = editor.open(text, str(tmp_path / "a.ts"), "typescript")
    code = "import { b } from '../secret';\n\nexport const a = () => {\n  return b;\n};"
    refused = (await query(editor, "place", at(uri, 0, code=code)))["refused"]
    assert "../secret" in refused
