"""Every message has words in every language, with the same arguments, and every entry is used."""

from __future__ import annotations

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import planfirst
from planfirst.core import errors
from planfirst.words import LANGUAGES, Entry, catalogue

SOURCES = Path(planfirst.__file__).parent
ENGLISH = catalogue("en")
CODE = re.compile(r"[a-z]+[0-9]?(-[a-z0-9]+)*")
# What makes a message of a code: its class, an error's class, and the helpers that pass both on.
MAKERS = {"Message", "_notice", "_message", "_NoColumns", *vars(errors)}
SAME = ("tool-", "check-no-end", "plain", "text")  # names, and entries that hold nothing of their own


def sentences(entry: Entry) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values() if isinstance(entry, dict) else entry)


def arguments(entry: Entry) -> set[str]:
    fields = [field for text in sentences(entry) for _, field, _, _ in string.Formatter().parse(text) if field]
    return {re.split(r"[.\[]", field)[0] for field in fields}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_worded_with_the_same_arguments(language: str) -> None:
    words = catalogue(language)
    assert words.keys() == ENGLISH.keys()
    for code, entry in words.items():
        assert arguments(entry) == arguments(ENGLISH[code]), code
        assert isinstance(entry, list) == isinstance(ENGLISH[code], list), f"{code}: what to do next is lacking"


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_well_made(language: str) -> None:
    for code, entry in catalogue(language).items():
        assert CODE.fullmatch(code), code
        assert all(text.strip() == text and text for text in sentences(entry)), code
        if isinstance(entry, list):
            assert len(entry) == 2, code
        if isinstance(entry, dict):
            assert entry.keys() == {"one", "other"}, code


def test_commands_and_settings_are_the_same_in_every_language() -> None:
    named = re.compile(
        r"`[^`]+`|(?:generator|retriever|prompt|planfirst)\.[a-zA-Z]+|--[a-z-]+|[A-Z]+_[A-Z_]+|docs/[a-z]+"
    )
    for language in LANGUAGES[1:]:
        for code, entry in catalogue(language).items():
            theirs, ours = (sorted(set(named.findall(" ".join(sentences(one))))) for one in (entry, ENGLISH[code]))
            assert theirs == ours, code


def test_korean_is_korean() -> None:
    for code, entry in catalogue("ko").items():
        bare = [re.sub(r"\{[^}]*\}", "", text) for text in sentences(entry)]
        assert code.startswith(SAME) or all(re.search("[가-힣]", text) or not text.strip() for text in bare), code


def test_no_two_codes_say_the_same() -> None:
    said = defaultdict(list)
    for code, entry in ENGLISH.items():
        if len(sentences(entry)[0].split()) > 3 and "." in sentences(entry)[0]:  # a title may be used in two places
            said[str(entry)].append(code)
    assert [codes for codes in said.values() if len(codes) > 1] == []


def test_every_code_in_the_sources_has_an_entry() -> None:
    assert [f"{where}: {code}" for where, code, _ in made() if code not in ENGLISH] == []


def test_every_entry_is_used() -> None:
    assert sorted(ENGLISH.keys() - literals()) == []


def test_a_message_is_given_what_its_sentence_holds() -> None:
    wrong = [
        f"{where}: {code} is given {sorted(given)} and holds {sorted(arguments(ENGLISH[code]))}"
        for where, code, given in made()
        if given is not None and code in ENGLISH and given != arguments(ENGLISH[code])
    ]
    assert wrong == []


@cache
def trees() -> dict[str, ast.Module]:
    paths = sorted(SOURCES.rglob("*.py"))
    return {path.relative_to(SOURCES).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def literals() -> set[str]:
    """Every text in the sources."""
    nodes = (node for tree in trees().values() for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def made() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where a message is made of a code that stands there, the code, and its arguments; None if they are passed on."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            maker = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = {str(keyword.arg) for keyword in node.keywords}
            for code in codes(node.args[0]) if maker in MAKERS else ():
                yield f"{name}:{node.lineno}", code, None if "None" in given else given


def codes(node: ast.expr) -> Iterator[str]:
    """The code, or those of a choice between two."""
    if isinstance(node, ast.IfExp):
        yield from codes(node.body)
        yield from codes(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
