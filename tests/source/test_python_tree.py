"""Trees of Python code."""

from __future__ import annotations

import ast

import pytest

from planfirst.source.python import parses, tree_of


def test_an_error_that_another_thread_brings_about_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    parse, failed = ast.parse, list[str]()

    def once(text: str) -> ast.Module:
        if text not in failed:
            failed.append(text)
            raise SystemError("AST constructor recursion depth mismatch")
        return parse(text)

    monkeypatch.setattr(ast, "parse", once)
    assert len(tree_of("a = 1\nb = 2\n").body) == 2
    assert parses("c = 3\n") is not None
    assert len(failed) == 2
