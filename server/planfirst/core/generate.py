"""The generate stage: takes the code out of a model's answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from planfirst.core.blocks import Block, blocks_of
from planfirst.core.reasoning import without_reasoning
from planfirst.core.transcripts import unwrapped
from planfirst.core.types import Example, Generation
from planfirst.words import Message

# What a label says: the languages by the editor's names, each with what else it is called.
_CALLED = {
    "python": "python py python3 py3 python2 cython",
    "javascript": "javascript js jsx mjs cjs node javascriptreact ecmascript",
    "typescript": "typescript ts tsx mts typescriptreact",
    "java": "java",
    "go": "go golang",
    "rust": "rust rs",
    "c": "c h",
    "cpp": "cpp c++ cc cxx hpp cplusplus",
    "csharp": "csharp cs c#",
    "kotlin": "kotlin kt",
    "swift": "swift",
    "php": "php",
    "ruby": "ruby rb",
    "scala": "scala",
    "sql": "sql",
    "html": "html",
    "css": "css",
    "shellscript": "shellscript bash sh shell zsh fish cmd powershell ps1 bat batch",
}
_LANGUAGE_OF = {word: name for name, words in _CALLED.items() for word in words.split()}
_SHARED = {"typescript": {"javascript"}, "cpp": {"c"}, "c": {"cpp"}, "javascript": {"typescript"}}
_NO_CODE = {
    *("shellscript", "console", "terminal", "text", "txt", "plaintext", "output", "out", "log", "stdout"),
    *("pycon", "diff", "csv", "json", "yaml", "toml", "xml"),
}
_USAGE = re.compile(
    r"\b(?:usage|outputs?|prints?|printed|results?|examples?|tests?|testing|try it|(?:run|use|call|install)(?:s|ing)? "
    r"(?:it|this|the|them|with|first)|install|sample|demo)\b|사용|출력|예시|실행|설치",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:correct(?:ed|ion)?|fix(?:ed)?|final(?:ly)?|improv\w+|better|instead|updated?|complete|full|revised)\b", re.I
)
# Before a block that does the same in another way.
_OTHER_WAY = re.compile(
    r"\balternative(?:ly|s)?\b|\banother (?:way|approach|option|version|solution)\b|^\W*or\b"
    r"|\b(?:option|method|approach|solution|version|variant|way) ?#?(?:[2-9]|two|three|b)\b"
    r"|\bsecond (?:way|approach|option|version|solution)\b|또는|다른 방법|대안",
    re.IGNORECASE,
)
REMARKS = frozenset(
    (
        *("code-nothing-written", "code-still-thinking", "code-words-only", "code-cut-off"),
        *("code-is-example", "code-is-own-example", "code-as-before"),
    )
)
_LEAST = 3  # rows of code that are the same; fewer may be so by chance
_KEYWORDS = r"def|fn|func|function\*?|class|interface|struct|enum|trait|record|type|object|namespace|module"
_DEFINED = re.compile(
    rf"\b(?:{_KEYWORDS})[ \t]+(?:\([^)\n]*\)[ \t]*)?([A-Za-z_$][\w$]*)"
    r"|\b(?:const|let|var|val)[ \t]+([A-Za-z_$][\w$]*)[^=\n]*=[^=].*(?:=>|\bfunction\b)"
    r"|^[ \t]*(?!return\b|else\b|new\b|throw\b|await\b|if\b|for\b|while\b|switch\b|catch\b)"
    r"(?:[^\s(=;#/\"'`.]+[ \t]+){1,6}[*&]*([A-Za-z_]\w*)[ \t]*\([^;\n]*$"
    r"|^[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*lambda\b",
    re.MULTILINE,
)
_ASSIGNED = re.compile(r"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
_IMPORT = re.compile(r"(?:from\s+\S+\s+import|import|using|use|#\s*include|package|require)\b|const .*require\(")
_STUB_NOISE = re.compile(r'/\*.*?\*/|"""[\s\S]*?"""|//[^\n]*|^[ \t]*[#@][^\n]*', re.DOTALL | re.MULTILINE)
_CALLABLE = re.compile(r"([A-Za-z_$][\w$]*)[ \t]*(?:<[^()\n]*>|\[[^()\n]*\])?[ \t]*\(")


def extract_code(answer: str, language: str = "", wanted: str = "") -> str:
    """The code in an answer; empty when there is none.

    Reasoning is left out first. Of fenced blocks those count that answer: by their label, and by what they define; what
    shows a use, an output or how to install something is left out. An answer without fences gives the lines that read
    like code. No line of a block that is chosen is lost. A block that is never closed, since the answer was cut off,
    still counts. Indentation common to all lines is removed.

    Args:
        language: the file's, as an editor calls it; empty when it is not known.
        wanted: the name that the code is to define; empty for any.
    """
    answer = unwrapped(without_reasoning(answer.replace("\r\n", "\n").replace("\r", "\n")))
    blocks = blocks_of(answer, language)
    fenced = [block for block in blocks if block.fenced]
    loose = [block for block in blocks if not block.fenced]
    if not any(_those(fenced, wanted)) and (not fenced or any(_those(loose, wanted))):
        fenced = loose
    chosen = _chosen(_of_language(fenced, language, wanted), wanted)
    return "\n\n".join(flush_left(block.code) for block in chosen).strip("\n").rstrip()


def defines(code: str, name: str) -> bool:
    """Whether a code defines a function or a type of that name, as far as a look at the text tells."""
    return any(name in names for names in _DEFINED.findall(code))


def reaches_end(code: str, answer: str) -> bool:
    """Whether the last line of the code is where the answer ends: no fence and no words follow it."""
    return bool(code) and answer.rstrip().rpartition("\n")[2].strip() == code.rstrip().rpartition("\n")[2].strip()


def remark(made: Generation, example: Example | None) -> Message | None:
    """What to tell you of an answer that has no code, a part of it, or the example's. `REMARKS` has the codes."""
    if not made.code:
        return no_code(made.raw, made.model)
    if made.is_cut:
        return Message("code-cut-off")
    if example is not None and _is_copied(made.code, example.pair.code):
        own = example.pair.is_own
        return Message("code-is-own-example") if own else Message("code-is-example", licence=example.pair.licence)
    return None


def without_remarks(notices: tuple[Message, ...]) -> tuple[Message, ...]:
    """What there is to tell besides."""
    return tuple(one for one in notices if one.code not in REMARKS)


def _is_copied(code: str, example: str) -> bool:
    """Whether all of a code stands in an example's; white space does not count."""
    rows, given = ([row.strip() for row in text.splitlines() if row.strip()] for text in (code, example))
    return len(rows) >= _LEAST and "\n".join(rows) in "\n".join(given)


def no_code(answer: str, name: str) -> Message:
    """Why there is no code in an answer, and what to do next; ``name`` is the model's."""
    if not answer.strip():
        return Message("code-nothing-written", model=name)
    if not without_reasoning(answer).strip():
        return Message("code-still-thinking", model=name)
    return Message("code-words-only", model=name)


def stub_name(stub: str) -> str:
    """The name of the function, or else the class, that a stub begins; empty when it names none."""
    header = _STUB_NOISE.sub("", stub)
    bound = re.search(r"\b(?:const|let|var|class|interface|struct|trait|enum)[ \t]+([A-Za-z_$][\w$]*)", header)
    names = [found[1] for found in _CALLABLE.finditer(header) if found[1] not in ("func", "function", "fn", "def")]
    if bound and (not names or header.index(names[0]) > bound.start()):
        return bound[1]
    return names[0] if names else ""


def _of_language(blocks: Sequence[Block], language: str, wanted: str) -> list[Block]:
    """The blocks whose label says the file's language; where there is none, those that say nothing, or another one."""
    own = _LANGUAGE_OF.get(language, language)
    names = {own, *_SHARED.get(own, ())}
    said = [(_LANGUAGE_OF.get(block.label, block.label), block) for block in blocks]
    same = [block for name, block in said if name and name in names]
    other = [block for name, block in said if name and name not in names and name not in _NO_CODE]
    plain = [block for name, block in said if not name]
    known = [block for block in other if block.label in _LANGUAGE_OF]
    unknown = [block for block in other if block.label not in _LANGUAGE_OF]
    if not own:  # any language will do
        return [block for name, block in said if name not in _NO_CODE] or list(blocks)
    if same and (any(_those(same, wanted)) or not any(_those(plain, wanted))):
        return same
    if plain and (not known or any(map(_defined, plain))):
        return same + plain if same else plain
    return same or unknown or known


def _chosen(blocks: Sequence[Block], wanted: str) -> list[Block]:
    """The blocks that answer, in their order."""
    if len(blocks) < 2:
        return list(blocks)
    defining = _those(blocks, wanted)
    if defining and wanted:
        taken = [_best(defining)]
    else:
        taken = [block for block in blocks if _defined(block) and not _is_test(block)]
        taken = [one for n, one in enumerate(taken) if not n or not _is_other_way(one)]
        taken = [block for block in taken if block is _best([one for one in taken if _defined(one) & _defined(block)])]
    if not taken:
        return [block for n, block in enumerate(blocks) if not n or not _USAGE.search(block.lead)]
    before = len(taken) - 1
    while before != len(taken):
        before = len(taken)
        taken += [block for block in blocks if block not in taken and _serves(block, taken, blocks)]
    return [block for block in blocks if block in taken]


def _is_other_way(block: Block) -> bool:
    return bool(_OTHER_WAY.search(block.lead)) and not _BETTER.search(block.lead)


def _serves(block: Block, taken: Sequence[Block], blocks: Sequence[Block]) -> bool:
    """Whether the blocks that are taken need what another one defines or imports."""
    code = "\n".join(one.code for one in taken)
    mine = _defined(block)
    if any(mine & _defined(one) for one in taken) or _is_test(block):
        return False
    rows = [row for row in block.code.split("\n") if row.strip()]
    if all(_IMPORT.match(row) for row in rows):
        return True
    if not mine:
        first = min(blocks.index(one) for one in taken)
        mine = frozenset(_ASSIGNED.findall(block.code)) if blocks.index(block) < first else frozenset()
        if _USAGE.search(block.lead):
            return False
    return any(re.search(rf"\b{re.escape(name)}\b", code) for name in mine)


def _best(blocks: Sequence[Block]) -> Block:
    """Of several that define the same: the last that is said to be better, else the first."""
    better = [block for block in blocks[1:] if _BETTER.search(block.lead)]
    full = [block for block in blocks if len(block.code.strip().split("\n")) > 1]
    return better[-1] if better else (full or blocks)[0]


def _those(blocks: Sequence[Block], wanted: str) -> list[Block]:
    """The blocks that define what is wanted; where that is nothing by name, those that define anything."""
    return [block for block in blocks if (wanted in _defined(block) if wanted else _defined(block))]


@lru_cache(maxsize=1024)
def _defined(block: Block) -> frozenset[str]:
    """The names that its code defines, as far as a look at the text tells."""
    return frozenset(name for names in _DEFINED.findall(block.code) for name in names if name)


def flush_left(code: str) -> str:
    """The code without the indentation that all its lines have; blank lines stay as they are."""
    rows = code.strip("\n").split("\n")
    indents = [row[: len(row) - len(row.lstrip(" \t"))] for row in rows if row.strip()]
    indent = min(indents, key=len, default="")
    if not all(one.startswith(indent) for one in indents):
        return "\n".join(rows)
    return "\n".join(row.removeprefix(indent) for row in rows)


def _is_test(block: Block) -> bool:
    names = _defined(block)
    return bool(names) and all(re.match(r"[Tt]est", name) for name in names)
