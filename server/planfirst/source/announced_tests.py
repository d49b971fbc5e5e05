"""Headers of tests that a request asks for, as in ``test slugify`` or ``test that the rest goes to the first``."""

from __future__ import annotations

import ast
import re

from planfirst.source.python import Function, names_bound, parses

_TEST = re.compile(
    r"(?:(?:write|add|make|create)\s+)?(?:(?:an?|some|the)\s+)?(?:(?:unit|pytest)[\s-]+)?tests?\s+(?:(?:for|of)\s+)?(?:the\s+)?"
    r"(?:(?:function|method|class)\s+)?[`'\"]?(?P<name>\w+)|[`'\"]?(?P<tested>[A-Za-z_][A-Za-z0-9_]*)[^\n]*테스트",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"(?:(?:write|add|make|create)\s+)?(?:(?:an?|one|another)\s+)?(?:(?:unit|pytest)[\s-]+)?"
    r"test\s+(?:that|whether|if|when|for)\s+(?P<what>[^\n.;,:()]+)",
    re.IGNORECASE,
)
_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")
_ARTICLES = frozenset(("a", "an", "the"))
_LONGEST = 8  # words of a name
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_MADE = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_header(request: str, file: str, in_class: bool) -> str:
    """The header, flush left; empty for another request.

    What is tested must be a function or class that the file has; or the file must hold tests already, and the request
    say what is to be so. Then the test takes what these take, if all take the same.
    """
    tree = parses(file) if _TEST.match(request) or _THAT.match(request) else None
    if tree is None:
        return ""
    name = _of_something(request, tree)
    if name:
        return f"def {name}({'self' if in_class else ''}):"
    return _that(request, tree, in_class)


def _of_something(request: str, tree: ast.Module) -> str:
    """The name of a test of what the file has; empty where it has no such thing, or has that test."""
    found = _TEST.match(request)
    if found is None:
        return ""
    made = (node for node in ast.walk(tree) if isinstance(node, _MADE | ast.ImportFrom))
    there = {
        name
        for node in made
        for one in (node.names if isinstance(node, ast.ImportFrom) else [node])
        for name in names_bound(one)
    }
    name = found["name"] or found["tested"]
    test = f"test_{_WORD_END.sub('_', name).lower().strip('_')}"
    return test if name in there and test not in there else ""


def _that(request: str, tree: ast.Module, in_class: bool) -> str:
    """The header of one more test in a file of tests, named after what it says."""
    found = _THAT.match(request)
    tests = [node for node in ast.walk(tree) if isinstance(node, _FUNCTION) and node.name.startswith("test_")]
    tests = [node for node in tests if (_takes(node)[:1] == ["self"]) == in_class]
    given = {tuple(_takes(node)) for node in tests}
    words = [word for word in _WORD.findall(found["what"].lower()) if word not in _ARTICLES] if found else []
    name = "_".join(["test", *words[:_LONGEST]])
    if not words or len(given) != 1 or name in {node.name for node in tests}:
        return ""
    lead = "async def" if all(isinstance(node, ast.AsyncFunctionDef) for node in tests) else "def"
    return f"{lead} {name}({', '.join(given.pop())}):"


def _takes(node: Function) -> list[str]:
    return [one.arg for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
