"""Tells a line of prose from a line of code, by its look alone."""

from __future__ import annotations

import re

# Their lines may read like sentences, or cannot be told from them.
_ANY = {
    *("yaml", "markdown", "plaintext", "latex", "html", "xml", "dockerfile", "makefile"),
    *("toml", "sql", "css", "scss", "less", "haskell", "clojure", "erlang"),
    *("prolog", "json", "ini", "restructuredtext", "cobol"),
}
_STEP = re.compile(r"(?:\d{1,3}[.)]|[Ss]tep \d+[.:)])[ \t]+[\"'`*(\[]*\w")
_BULLET = re.compile(r"(?:[-*•+–][ \t]+|\*\*)(?:\*\*|[\"'`(\[])*[^\W\d_][\w'’`*-]*[.,:;)]*(?:[ \t]|$)")
_MARKUP = re.compile(r"\*\*\S|>[ \t]|#{2,6}[ \t]+\w|(?:---+|===+|\*\*\*+)$|\|.*\|$|</?[a-z]+>$")
_WORD = re.compile(r"[(\"'`*_\[“‘]*[^\W\d_](?:[\w'’/-]|\(\))*[)\"'`*_\].,:;!?…”’。，：！？]*")
_SIGNS = re.compile(r"[;{}]\s*$|^[@\[{(]|(?<![=<>!])=(?!=)|->|=>|::|:=|\+=|\w\(\w*\)\s*[:{]?$")
_IF, _ELSE = re.compile(r"\bif\b"), re.compile(r"\belse\b")
_KEYWORD = re.compile(
    r"(?:from \S+ import|import|return|raise|assert|yield|await|async|del|global|nonlocal|not|lambda|pass|break"
    r"|continue|if|else|elif|for|while|with|try|finally|except|match|case|def|class|public|private|protected|static|package"
    r"|using|use|fn|func|function|var|let|const|type|struct|enum|interface|export|throw|new|delete|defer|go|pub|mod|impl|goto"
    r"|default|switch|do|print|echo|puts|end|begin|then|local)\b"
)


def is_prose(row: str, language: str = "") -> bool:
    """Whether a line is a sentence, a numbered step, an item of a list or markup. Of comments and strings: ask not."""
    text = row.strip()
    if not text or language in _ANY:
        return False
    if _STEP.match(text) or _MARKUP.match(text):
        return True
    if text.startswith(("//", "/*", "*/", "#", "--")):
        return False
    if _BULLET.match(text) and not _has_signs(text):
        return True
    words = text.split()
    first = text.lstrip("\"'`*([“‘")[:1]
    if len(words) == 1:
        return bool(re.fullmatch(r"[A-Z][a-z]+[!.:?]|[^\W\d_a-zA-Z]{2,}[.:!。：！]?", text))
    if _has_signs(text):
        return text[-1] in ".!?。" and first.isupper() and _share(words) >= 0.75
    begins = first.isalpha() and not first.islower()
    ends = text[-1] in ".!?。！？" or (begins and text[-1] in ":：")
    if begins and ends:
        return _share(words) >= 0.5
    if _KEYWORD.match(text):
        return False
    if begins or ends:
        return _share(words) >= 0.75 and (ends or len(words) > 2)
    return len(words) >= 5 and _share(words) == 1.0


def _share(words: list[str]) -> float:
    """How much of a line is plain words."""
    return sum(bool(_WORD.fullmatch(word)) for word in words) / len(words)


def _has_signs(text: str) -> bool:
    """Whether something stands in a line that sentences do not have."""
    branch = _IF.search(text)  # one pattern for both would start anew at each `if` of a long line
    return bool(_SIGNS.search(text) or (branch and _ELSE.search(text, branch.end())))
