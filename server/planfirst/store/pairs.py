"""Pairs on their way into the store: which text is embedded, how a pair is written, and which pairs are the same.

It knows nothing of files or vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields

from planfirst.core.types import Pair

_FIELDS = frozenset(field.name for field in fields(Pair))


def embedded_text(pair: Pair) -> str:
    """The text whose embedding stands for a pair: the one that it says it is found by, or else question and code.

    Titles alone find far less: on Stack Overflow pairs recall at 1 was .52 with titles and .79 with titles and code.
    A recipe is found more often when it can be found by its steps and by what people type, too (docs/log.md).
    """
    return pair.about or f"{pair.question}\n{pair.code}"


def to_line(pair: Pair) -> bytes:
    """A pair as one line of JSON in UTF-8, with its newline. Characters that UTF-8 cannot hold become ``?``."""
    text = json.dumps(asdict(pair), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def from_line(line: bytes) -> Pair:
    """The pair in a line that ``to_line`` wrote.

    Raises:
        ValueError: the line is not a JSON object with exactly a pair's fields, all of them text.
    """
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(record, dict) or record.keys() != _FIELDS:
        raise ValueError("not the fields of a pair")
    for value in record.values():
        if not isinstance(value, str):
            raise ValueError("a field is not text")
        value.encode("utf-8")  # a lone surrogate, written as an escape, is a ValueError here rather than in the editor
    return Pair(**record)


def text_key(pair: Pair) -> bytes:
    """SHA-256 of what is embedded of a pair: pairs with the same key have the same vector."""
    return hashlib.sha256(embedded_text(pair).encode("utf-8", "replace")).digest()


def texts(pair: Pair) -> tuple[str, str, str]:
    """What two pairs must share to be the same."""
    return pair.question, pair.code, pair.about


def unique(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs without those whose texts all came before."""
    seen: set[tuple[str, str, str]] = set()
    for pair in pairs:
        key = texts(pair)
        if key not in seen:
            seen.add(key)
            yield pair


def content_hash(pairs: Iterable[Pair]) -> str:
    """SHA-256, in hexadecimal, of a corpus as it was given: it changes when any pair or their order does."""
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(to_line(pair))
    return digest.hexdigest()
