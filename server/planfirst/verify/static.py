"""Static checks of Python code: whether it parses, and whether its names and imports resolve."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence

from planfirst.source.python import parses
from planfirst.words import Message

READ = Message("check-names")
Finds = Callable[[str], bool]
Lacks = Callable[[str, str], bool]

# Messages of pyflakes; its others are about style, or about code that can be meant so.
_UNDEFINED = {"UndefinedName", "UndefinedLocal"}
_BROKEN = {
    *("ReturnOutsideFunction", "YieldOutsideFunction", "ContinueOutsideLoop", "BreakOutsideLoop"),
    *("TwoStarredExpressions", "DuplicateArgument"),
}


def faults(
    before: str, after: str, finds: Finds, lacks: Lacks = lambda module, name: False, sets: Sequence[str] = ()
) -> list[Message]:
    """What is wrong with a file that was not wrong without the generated code; best known first.

    Args:
        before, after: the file without and with the code.
        finds: whether a module that is not of the standard library may be there, by its top name.
        lacks: whether a module of the project is there and surely has no such name.
        sets: names that code below the generated one uses, and that it has to set.
    """
    tree = parses(after)
    if tree is None:
        return [] if before.strip() and parses(before) is None else [Message("code-no-syntax")]
    old = set(undefined(before)) if parses(before) is not None else set()
    now = dict.fromkeys(undefined(after))
    found = [text for text in now if text not in old]
    found += [Message("code-not-set", name=name) for name in sets if Message("code-undefined", name=name) in now]
    known = imported(before)
    missing = [name for name in imported(after) if name not in known and not _is_there(name, finds)]
    found += [Message("code-no-module", name=name) for name in missing]
    wanted = dict.fromkeys(_from_modules(after))
    old_names = set(_from_modules(before))
    return found + [
        Message("code-not-in-module", module=module, name=name)
        for module, name in wanted
        if (module, name) not in old_names and lacks(module, name)
    ]


def module_uses(code: str) -> list[tuple[str, str]]:
    """The pairs of a standard module and an attribute of it that a code uses or imports, in order."""
    tree = parses(code)
    if tree is None:
        return []
    modules = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if (alias.asname or "." not in alias.name) and alias.name in sys.stdlib_module_names
    }
    found: dict[tuple[str, str], None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            if node.module.partition(".")[0] in sys.stdlib_module_names and node.module != "__future__":
                found.update({(node.module, alias.name): None for alias in node.names if alias.name != "*"})
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found[modules[node.value.id], node.attr] = None
    return list(found)


def undefined(text: str) -> Iterator[Message]:
    """The names of a file that nothing defines, and statements that stand where they may not."""
    from pyflakes import checker  # here, so that the server starts without it

    tree = parses(text)
    if tree is None:
        return
    try:
        found = checker.Checker(tree, "answer.py").messages
    except RecursionError:
        return
    for message in sorted(found, key=lambda message: (message.lineno, message.col)):
        kind = type(message).__name__
        if kind in _UNDEFINED:
            yield Message("code-undefined", name=str(message.message_args[0]))
        elif kind in _BROKEN:
            yield Message("code-misplaced", what=message.message % message.message_args)


def imported(text: str) -> list[str]:
    """The top names of the modules that a file imports; relative ones are its own business."""
    tree, found = parses(text), list[str]()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            found += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module.partition(".")[0])
    return list(dict.fromkeys(found))


def _from_modules(text: str) -> Iterator[tuple[str, str]]:
    """The names that a file imports from modules, with these; relative ones are its own business."""
    tree = parses(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names if alias.name != "*")


def _is_there(name: str, finds: Finds) -> bool:
    return name in sys.stdlib_module_names or finds(name)
