"""Which programming language an example is written in, judging by its place."""

from __future__ import annotations

from planfirst.core.types import Example, Pair

_FAMILIES = {
    "python": ("py", "pyi", "pyw", "ipynb", "toml"),  # the cookbook's recipes stand in TOML
    "javascript": ("js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"),
    "java": ("java",),
    "go": ("go",),
    "rust": ("rs",),
    "c": ("c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"),
}
_OF_SUFFIX = {suffix: family for family, suffixes in _FAMILIES.items() for suffix in suffixes}
_OF_ID = {
    "python": "python",
    "javascript": "javascript",
    "javascriptreact": "javascript",
    "typescript": "javascript",
    "typescriptreact": "javascript",
    "java": "java",
    "go": "go",
    "rust": "rust",
    "c": "c",
    "cpp": "c",
}


def suits(example: Example, language: str) -> bool:
    """Whether an example may be shown for a request in a file of that language (the editor's id).

    JavaScript examples serve for TypeScript and the other way round; the same goes for C and C++. An example of unknown
    language, such as a row of a table, counts as Python, since nearly all such tables hold Python.
    """
    return family(example.pair) == _OF_ID.get(language, language)


def in_language(file: str, language: str) -> bool:
    """Whether a file, by its name, is written in a language (the editor's id) or in one that counts as the same."""
    return _OF_SUFFIX.get(file.rpartition(".")[2].lower(), "") == _OF_ID.get(language, language)


def family(pair: Pair) -> str:
    """The language of a pair, or the first of those that count as one."""
    file = pair.place.rpartition("#")[0] or pair.place
    file = file.rstrip("0123456789").rstrip(":")
    return _OF_SUFFIX.get(file.rpartition(".")[2].lower(), "python")
