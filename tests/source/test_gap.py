"""Blank lines between a new function and what stands directly below it."""

from __future__ import annotations

import pytest

from tests.source.sites import placed

B = "def b(x):\n    return x"
F = "int f() {\n    return 1;\n}"


@pytest.mark.parametrize(
    ("language", "text", "code", "gap"),
    [
        ("python", "import os\n\n\n# like a¤\ndef a(x):\n    return x\n", B, 2),
        ("python", "# like a¤\ndef a(x):\n    return x\n", B, 2),
        ("python", "import os\n\n# like a¤\nx = 1\n", B, 1),
        ("python", "import os\n# like a¤\nx = 1\n", B, 1),
        (
            "python",
            "class A:\n    y = 1\n\n    # like a¤\n    def a(self):\n        return 1\n",
            "def b(self):\n    return 2",
            1,
        ),
        ("python", "# like a¤\n\nx = 1\n", B, 0),  # there is one already
        ("python", "# twice\n# y¤\nx = 1\n", "y = 2", 0),
        ("python", "def f():\n    # say so¤\n    return 1\n", "if x:\n    print(x)", 0),
        ("c", "int g();\n\n// one¤\nint h();\n", F, 1),
        ("javascript", "function g() {\n  // say so¤\n  return 1;\n}\n", "if (x) {\n  say(x);\n}", 0),
        ("java", "class A {\n    int x;\n\n    // one¤\n    int g() { return 2; }\n}\n", F, 1),
    ],
)
def test_a_new_definition_is_set_off(language: str, text: str, code: str, gap: int) -> None:
    (*_, last) = placed(text, language, code).edits
    assert len(last.text) - len(last.text.rstrip("\n")) == gap + 1
