"""Answers that write code as something else: patches, edits with marks, numbered lines, prompts, quotations."""

from __future__ import annotations

import pytest

from planfirst.core.generate import extract_code

CODE = "def total(xs):\n    # the sum\n    return sum(xs)"
BARE = "def total(xs):\n    return sum(xs)"
DIFF = " def total(xs):\n     # the sum\n-    pass\n+    return sum(xs)"
EDIT = "<<<<<<< SEARCH\ndef total(xs):\n    pass\n=======\ndef total(xs):\n    return sum(xs)\n>>>>>>> REPLACE"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (f"```diff\n--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n{DIFF}\n```", CODE),
        (f"```diff\n{DIFF}\n\\ No newline at end of file\n```", CODE),
        (f"```python\n{DIFF}\n```", CODE),
        ("```diff\n+def total(xs):\n+    return sum(xs)\n```", BARE),
        ("```patch\n-    pass\n+    return sum(xs)\n```", "return sum(xs)"),
        (f"*** Begin Patch\n*** Update File: x.py\n@@\n{DIFF}\n*** End Patch", CODE),
        (f"x.py\n```python\n{EDIT}\n```", BARE),
        (f"Here:\n{EDIT}\n", BARE),
        ("```python\n1  def total(xs):\n2      return sum(xs)\n```", BARE),
        ("```python\n 9 | def total(xs):\n10 |     return sum(xs)\n```", BARE),
        ("```python\n1: def total(xs):\n\n2:     return sum(xs)\n```", BARE.replace("\n", "\n\n")),
        ("```pycon\n>>> def total(xs):\n...     return sum(xs)\n...\n>>> total([1])\n1\n```", f"{BARE}\n\ntotal([1])"),
        ("> ```python\n> def total(xs):\n>     return sum(xs)\n> ```", BARE),
    ],
)
def test_it_is_read_as_code(answer: str, code: str) -> None:
    assert extract_code(answer, "python") == code


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\n+ 2",
        "def f(x):\n    return x\n- 1",
        "1",
        "3\n4",
        "1 + 2\n3 + 4",
        "def f(x):\n    return '''\n+ a\n'''",
        "x = '>>> def f'\ny = 1",
        "a = [\n  1,\n  2,\n]",
    ],
)
def test_plain_code_stays(code: str) -> None:
    assert extract_code(f"```python\n{code}\n```", "python") == code


def test_what_a_prompt_only_shows_is_no_answer() -> None:
    assert extract_code(f"```python\n{BARE}\n```\nUse it:\n```pycon\n>>> total([1])\n1\n```", "python") == BARE
