"""Other texts that could stand for a pair or a query, to compare with the product's own; it uses none of them."""

from __future__ import annotations

import re

from planfirst.core.types import Pair
from planfirst.corpora.code.words import name_in_words
from planfirst.corpora.functions import first_sentence

_DOCSTRING = re.compile(r'("""|\'\'\')(.*?)\1', re.DOTALL)
_DEFINED = re.compile(r"(?:def|class|function|func|fn)\s+(\w+)\s*\(?([^)]*)")
_PARAMETER = re.compile(r"\b([A-Za-z_]\w*)\b(?=\s*(?:[,=:]|$))")
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")
_NO_CALL = {"def", "if", "for", "while", "return", "and", "or", "not", "in", "elif", "print", "len"}
_LANGUAGE = re.compile(r"\b(?:(?:in|using|with|for|from|by)\s+)?python\s?[23]?(?:\.\d+)?\b[\s:,\-]*", re.IGNORECASE)
_CALLS = 300  # characters of called names


def title(pair: Pair) -> str:
    """The question alone; where there is none, the first sentence of the docstring, or else the name."""
    return _question(pair) or name_in_words(_name(pair.code)) or pair.code


def aware(pair: Pair) -> str:
    """Question, signature and called names, with names split into words, in the place of the code."""
    code = _DOCSTRING.sub("", pair.code)
    match = _DEFINED.search(code)
    name, inside = (match[1], match[2]) if match else ("", "")
    parameters = [word for word in _PARAMETER.findall(inside) if word not in ("self", "cls")]
    called = [word for word in dict.fromkeys(_CALLED.findall(code)) if word not in _NO_CALL and word != name]
    signature = " ".join(map(name_in_words, (name, *parameters)))
    calls = " ".join(dict.fromkeys(" ".join(map(name_in_words, called)).split()))[:_CALLS]
    return "\n".join(line for line in (_question(pair), signature, calls) if line) or pair.code


def without_language(query: str) -> str:
    """The query without "in Python" and the like; as it was if nearly nothing else is in it."""
    rest = " ".join(_LANGUAGE.sub(" ", query).split())
    return rest if len(rest.split()) > 1 else query


def _question(pair: Pair) -> str:
    match = _DOCSTRING.search(pair.code)
    return pair.question or (first_sentence(match[2]) if match and match[2].strip() else "")


def _name(code: str) -> str:
    match = _DEFINED.search(code)
    return match[1] if match else ""
