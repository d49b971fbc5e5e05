"""The same faults as in `reading`, in languages with braces: found in the syntax trees of the file before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from planfirst.source.awaited_nodes import bound
from planfirst.source.comments import scan
from planfirst.source.definitions import Definition, definition_of
from planfirst.source.languages import Language
from planfirst.source.placeholders import is_blank
from planfirst.source.shapes import ECMA
from planfirst.source.site import Site
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.verify.reading import UNWRITTEN
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_ONE_OF_A_NAME = frozenset(("javascript", "javascriptreact", "go", "rust", "c"))  # functions are not overloaded there
_AGAIN = frozenset(("init", "_", "main"))
_READS = frozenset(("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern", "self"))
Key = tuple[str, str, int]


def doubts(before: str, after: str, site: Site | None, language: Language) -> list[Message]:
    """What is wrong with added code, by reading it, though it would compile.

    Args:
        before, after: the file without and with the code.
    """
    old, new = syntax_of(before, language.id), syntax_of(after, language.id)
    if old is None or new is None:
        return []
    wanted = site.stub.definition.name if site is not None and site.stub is not None else ""
    found = [*_unwritten(old, new, wanted, language), *_twice(old, new, language), *_left(before, after, language)]
    if wanted and site is not None and site.stub is not None and site.stub.kind == "function":
        found += _ignoring(new, site.stub.definition)
    if site is not None and site.task.sets and language.id in ECMA:
        there = bound(new)
        found += [Message("code-not-set", name=name) for name in site.task.sets if name not in there]
    return list(dict.fromkeys(found))


def _functions(syntax: Syntax) -> Iterator[tuple[Node, Definition]]:
    for node in walk(syntax.root):
        if node.type in syntax.shape.functions:
            one = definition_of(node, syntax)
            if one.name and one.body is not None:
                yield node, one


def _key(one: Definition) -> Key:
    return one.owner, one.name, len(one.parameters)


def _unwritten(old: Syntax, new: Syntax, wanted: str, language: Language) -> Iterator[Message]:
    """Functions that are new, or were asked for, and hold nothing but a placeholder, or comments."""
    had = {_key(one) for _, one in _functions(old)}
    then, now = _blank(old, language), _blank(new, language)
    for key, count in now.items():
        is_new = key not in had
        if (is_new and "" not in key[1:2]) or (key[1] == wanted and count >= then[key]):
            yield Message("code-unwritten", name=key[1])
    says = [one for _, one in _functions(new) if one.name == wanted and _only_comments(one, new)]
    if (
        wanted
        and says
        and len(says) > sum(_only_comments(one, old) for _, one in _functions(old) if one.name == wanted)
    ):
        yield Message("code-comments-only")


def _blank(syntax: Syntax, language: Language) -> Counter[Key]:
    found = Counter[Key]()
    for _, one in _functions(syntax):
        inner = _statements(one, syntax)
        if len(inner) == 1 and inner[0].type != "empty_statement" and is_blank(syntax.text(inner[0]), language.id):
            found[_key(one)] += 1
    return found


def _statements(one: Definition, syntax: Syntax) -> list[Node]:
    return [node for node in named(one.body) if node.type not in syntax.shape.comments] if one.body is not None else []


def _only_comments(one: Definition, syntax: Syntax) -> bool:
    return one.body is not None and bool(named(one.body)) and not _statements(one, syntax)


def _twice(old: Syntax, new: Syntax, language: Language) -> Iterator[Message]:
    """Functions that stand twice beside each other, where one of a name is all there can be."""
    if language.id not in _ONE_OF_A_NAME:
        return
    then, now = (Counter((n.parent.id if n.parent else 0, _key(one)) for n, one in _plain(s)) for s in (old, new))
    before = Counter(key for (_, key), count in then.items() for _ in range(count - 1))
    for (_, key), count in now.items():
        if count > 1 and before[key] < count - 1 and key[1] not in _AGAIN:
            yield Message("code-defined-twice", name=key[1])


def _plain(syntax: Syntax) -> Iterator[tuple[Node, Definition]]:
    """Functions that are declared, and not values."""
    for node, one in _functions(syntax):
        if node.type.endswith(("_declaration", "_item", "function_definition")):
            yield node, one


def _left(before: str, after: str, language: Language) -> Iterator[Message]:
    """Comments that stand for code."""
    rows = (row for comment in scan(after, language) for row in comment.rows)
    for row in rows:
        if UNWRITTEN.fullmatch(f"# {row.strip()}") and row.strip() not in before:
            yield Message("code-placeholder", comment=f"{language.line} {row.strip()}")


def _ignoring(new: Syntax, wanted: Definition) -> Iterator[Message]:
    """The function that was asked for, if it uses nothing that it is given; a type may say what its methods take."""
    if (
        wanted.owner
        or wanted.name.startswith(("Test", "Benchmark", "Fuzz", "main"))
        or not any(not name.startswith("_") for name in wanted.parameters)
    ):
        return
    for node, one in _functions(new):
        if _key(one) != _key(wanted) or one.body is None:
            continue
        given = {new.text(leaf) for leaf in walk(node) if leaf.end_byte <= one.body.start_byte and leaf.type in _READS}
        read = {new.text(leaf) for leaf in walk(one.body) if leaf.type in _READS}
        if _statements(one, new) and not given & read and not read & {"arguments", "this"}:
            yield Message("code-ignores-parameters", name=one.name)
