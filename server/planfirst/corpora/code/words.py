"""Questions out of code: a comment's first sentence, or a name in words."""

from __future__ import annotations

import re

from planfirst.corpora.functions import first_sentence

_MARKERS = re.compile(r"^\s*(?:/\*\*?!?|\*+/|//[/!]?<?|\*(?!/)|#+)[ \t]?|\s*\*/\s*$", re.MULTILINE)
_TAG = re.compile(r"\{@\w+\s+([^}]*)\}|</?[a-zA-Z][^>]*>")
_BLOCK_TAG = re.compile(r"^\s*[@\\](?:brief\s+)?", re.MULTILINE)
_DOXYGEN = re.compile(r"^\s*[@\\](?:brief|summary)\s+", re.MULTILINE)
_NO_PROSE = re.compile(
    r"\s*(?:noqa|type:|mypy|pylint|ruff|flake8|fmt:|isort|pragma|eslint|prettier|@?ts-|jshint|istanbul|clang-format|"
    r"nolint|nosec|go:|\+build|!|-\*-|region|endregion|copyright|\(c\)|licen[cs]e|spdx|todo|fixme|xxx|coding[:=]|vim:)",
    re.IGNORECASE,
)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
MAX_QUESTION = 300  # characters


def question_of(comment: str) -> str:
    """The first sentence of a comment or docstring, on one line; empty if it is no prose."""
    if comment.lstrip().startswith("#!"):
        return ""
    text = _DOXYGEN.sub("", _TAG.sub(lambda match: match[1] or "", _MARKERS.sub("", comment))).strip()
    if _NO_PROSE.match(text):
        return ""
    tagged = _BLOCK_TAG.search(text)
    if tagged:
        text = text[: tagged.start()].strip()
    sentence = first_sentence(text)[:MAX_QUESTION].strip() if text else ""
    return sentence if len(_WORD.findall(sentence)) >= 2 and not _looks_like_code(sentence) else ""


def name_in_words(name: str, owner: str = "") -> str:
    """``readCsvFile`` as ``read csv file``; with an owner, ``read csv file (CsvReader)``."""
    words = " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in _PART.findall(name))
    return f"{words} ({owner})" if owner and words else words


def _looks_like_code(sentence: str) -> bool:
    """Code that was commented out."""
    return bool(
        re.search(r"[;{}]\s*$|^\s*(?:return|import|from|if|for|while|def|var|let|const)\b.*[(=:]", sentence)
    ) or (sum(not (c.isalnum() or c.isspace()) for c in sentence) * 4 > len(sentence))
