"""The comments and the indentation of programming languages."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """How a language writes comments.

    Attributes:
        id: the editor's language id.
        line: what a line comment begins with; empty when there are none.
        block: what a block comment begins and ends with; None when there are none.
        indent: one level of indentation, where the file itself does not show one.
    """

    id: str
    line: str
    block: tuple[str, str] | None
    indent: str


_C = ("/*", "*/")
_HTML = ("<!--", "-->")
_FOUR, _TWO, _TAB = "    ", "  ", "\t"

# id: (line marker, block markers, indentation, file extensions)
_TABLE: dict[str, tuple[str, tuple[str, str] | None, str, str]] = {
    "python": ("#", None, _FOUR, "py pyi pyw"),
    "javascript": ("//", _C, _TWO, "js mjs cjs"),
    "javascriptreact": ("//", _C, _TWO, "jsx"),
    "typescript": ("//", _C, _TWO, "ts mts cts"),
    "typescriptreact": ("//", _C, _TWO, "tsx"),
    "java": ("//", _C, _FOUR, "java"),
    "c": ("//", _C, _FOUR, "c h"),
    "cpp": ("//", _C, _FOUR, "cpp cc cxx hpp hh hxx"),
    "objective-c": ("//", _C, _FOUR, "m"),
    "csharp": ("//", _C, _FOUR, "cs"),
    "go": ("//", _C, _TAB, "go"),
    "rust": ("//", _C, _FOUR, "rs"),
    "kotlin": ("//", _C, _FOUR, "kt kts"),
    "swift": ("//", _C, _FOUR, "swift"),
    "scala": ("//", _C, _TWO, "scala sc"),
    "dart": ("//", _C, _TWO, "dart"),
    "php": ("//", _C, _FOUR, "php"),
    "groovy": ("//", _C, _FOUR, "groovy gradle"),
    "scss": ("//", _C, _TWO, "scss"),
    "less": ("//", _C, _TWO, "less"),
    "css": ("", _C, _TWO, "css"),
    "html": ("", _HTML, _TWO, "html htm xhtml"),  # this and the next three have other languages in them: `embedded`
    "vue": ("", _HTML, _TWO, "vue"),
    "svelte": ("", _HTML, _TWO, "svelte"),
    "astro": ("", _HTML, _TWO, "astro"),
    "xml": ("", _HTML, _TWO, "xml svg"),
    "markdown": ("", _HTML, _TWO, "md"),
    "ruby": ("#", ("=begin", "=end"), _TWO, "rb"),
    "shellscript": ("#", None, _TWO, "sh bash zsh"),
    "powershell": ("#", ("<#", "#>"), _FOUR, "ps1 psm1"),
    "perl": ("#", None, _FOUR, "pl pm"),
    "r": ("#", None, _TWO, "r"),
    "julia": ("#", ("#=", "=#"), _FOUR, "jl"),
    "elixir": ("#", None, _TWO, "ex exs"),
    "yaml": ("#", None, _TWO, "yaml yml"),
    "toml": ("#", None, _TWO, "toml"),
    "dockerfile": ("#", None, _FOUR, "dockerfile"),
    "makefile": ("#", None, _TAB, "mk makefile"),
    "lua": ("--", ("--[[", "]]"), _TWO, "lua"),
    "sql": ("--", _C, _TWO, "sql"),
    "haskell": ("--", ("{-", "-}"), _TWO, "hs"),
    "clojure": (";", None, _TWO, "clj cljs"),
    "latex": ("%", None, _TWO, "tex"),
}
_ALIASES = {
    "bash": "shellscript",
    "sh": "shellscript",
    "docker": "dockerfile",
    "make": "makefile",
    "c++": "cpp",
    "c#": "csharp",
}
_LANGUAGES = {name: Language(name, line, block, indent) for name, (line, block, indent, _) in _TABLE.items()}
_BY_EXTENSION = {end: _LANGUAGES[name] for name, row in _TABLE.items() for end in row[3].split()}


def language_of(language_id: str, path: str = "") -> Language:
    """The language by the editor's id, or else by the end of the file's name (``Makefile``, ``Dockerfile`` included).

    Anything unknown keeps its id, or becomes ``plaintext``, and is taken to write comments with ``#`` and to indent by
    four spaces.
    """
    name = language_id.strip().lower()
    known = _LANGUAGES.get(_ALIASES.get(name, name))
    if known:
        return known
    end = re.split(r"[/\\.]", path)[-1].lower()
    return _BY_EXTENSION.get(end) or Language(name or "plaintext", "#", None, _FOUR)


def known_languages() -> tuple[str, ...]:
    """The ids of the languages whose comments are known."""
    return tuple(_LANGUAGES)
