from __future__ import annotations

import random

from planfirst_lab.training import rename

CODE = """def add_all(items: list[int], *, start: int = 0) -> int:
    total: int = start
    for item in items:
        total += abs(item)
    return total"""


def test_plain_drops_hints_only() -> None:
    plain = rename.plain(CODE)
    assert plain is not None
    assert "int" not in plain
    scope: dict[str, object] = {}
    exec(plain, scope)
    assert scope["add_all"]([-1, 2], start=3) == 6  # type: ignore[operator]


def test_renamed_code_does_the_same_under_another_name() -> None:
    for seed in range(15):
        code = rename.renamed(CODE, random.Random(seed))
        assert code is not None
        scope: dict[str, object] = {}
        exec(code, scope)
        (function,) = [value for name, value in scope.items() if name != "__builtins__"]
        assert function.__name__ != "add_all"  # type: ignore[attr-defined]
        assert function([-1, 2]) == 3  # type: ignore[operator]


def test_fingerprints_see_through_names_hints_and_layout() -> None:
    one = rename.fingerprint(CODE)
    other = rename.renamed(CODE, random.Random(3))
    assert other is not None
    assert one == rename.fingerprint(other) == rename.fingerprint(CODE.replace("    ", "\t"))
    assert one != rename.fingerprint(CODE.replace("abs", "int"))


def test_signature_is_taken_as_it_stands() -> None:
    assert rename.signature(f"import os\n\n{CODE}") == CODE.splitlines()[0]
    assert rename.signature("async def f(\n    a,\n    b=1,\n):\n    pass") == "async def f(a, b=1):"
    assert rename.signature("x = 1") == rename.signature("def (") == ""


def test_only_one_function_counts() -> None:
    assert rename.parse("x = 1\ndef f(): pass") is None
    assert rename.plain("class A: pass") is rename.renamed("(", random.Random(0)) is None
