"""Answers that are begun for the model: how they open, and where they end.

The assistant's turn opens with a code fence and, where there is one, the stub, so the model writes the body and
nothing else: no preamble, no other name, no fence to look for. Text alone is looked at; no tree is needed.
"""

from __future__ import annotations

import re

from planfirst.core.helpers import end_with_helpers
from planfirst.core.types import DOTS, Task

_LABELS = {"typescriptreact": "tsx", "javascriptreact": "jsx", "csharp": "cs", "shellscript": "bash"}
_SPOKEN = {
    "python": "Python",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "javascriptreact": "JavaScript",
    "typescriptreact": "TypeScript",
    "java": "Java",
    "go": "Go",
    "rust": "Rust",
    "c": "C",
    "cpp": "C++",
    "csharp": "C#",
    "shellscript": "Bash",
    "powershell": "PowerShell",
    "kotlin": "Kotlin",
    "swift": "Swift",
    "scala": "Scala",
    "ruby": "Ruby",
    "php": "PHP",
    "perl": "Perl",
    "lua": "Lua",
    "r": "R",
    "julia": "Julia",
    "haskell": "Haskell",
    "dart": "Dart",
    "html": "HTML",
    "css": "CSS",
    "scss": "SCSS",
    "less": "Less",
    "sql": "SQL",
    "yaml": "YAML",
    "toml": "TOML",
    "makefile": "Make",
    "dockerfile": "Dockerfile",
    "vue": "Vue",
    "svelte": "Svelte",
    "astro": "Astro",
}
_USAGE = re.compile(r"(?:#|//|--)\s*(?:example|sample|usage|test|output|run )|if __name__ ?==", re.IGNORECASE)
_MAIN = re.compile(r"(?:(?:public +|static +)*(?:int|void|auto)|fn|func) +main *\(")
_PROGRAM = re.compile(r"\b(?:main|program|script|command|cli)\b", re.IGNORECASE)
_TRIAL = re.compile(r"(?:print|assert|console\.log|console\.assert)\b")
_TRIALS = 3  # lines in a row that try out what was defined
_DEFINED = re.compile(r"^\S.*[:{]\s*$", re.MULTILINE)
_ROUND = re.compile(r"(.{2,80}?)\1{3,}\Z", re.DOTALL)
_SEEN, _LONG = 480, 240  # characters at the end that are looked at, and that must go round in circles
_TELLING = 12  # characters of a row that stands nowhere else by chance
_ROWS = 12  # lines that are written three times over
_HEADER = re.compile(r"(?:\w+ +){0,3}(?:def|class|function|func|fn|interface|struct|trait|enum) +(\w+)")
_ANEW = re.compile(r"(?:async def|def|class|import|from)\s|@\w")
_UNDECIDED = re.compile(r"@|[a-z]+")  # the first word of a line at the margin, as far as it is there
_MARK = re.compile(r"(?:#|//|--)\s*")
_QUOTES = re.compile(r'"""|\'\'\'')
_FIRST_WORD = re.compile(r"\s*\w+\W")


def label(language: str) -> str:
    """What a code fence of that language is labelled with; ``language`` is the editor's id."""
    return _LABELS.get(language, language)


def spoken(language: str) -> str:
    """The language's name in a sentence."""
    return _SPOKEN.get(language, language)


def opening(task: Task) -> str:
    """The beginning of the answer: the fence and what the code begins with, each with its line end."""
    return f"```{label(task.language)}\n" + (f"{task.opening}\n" if task.opening else "")


def begins_anew(answer: str, task: Task) -> bool:
    """Whether a model writes a Python function from its header on, although that was written for it."""
    first = next((line for line in answer.splitlines() if line.strip()), "")
    return bool(task.header) and task.language == "python" and _ANEW.match(first) is not None


def says(stub: str, request: str) -> bool:
    """Whether the request stands in the stub, as a docstring does, however it is laid out there."""
    return bool(stub) and _words(request) in _words(stub)


def end_of(answer: str, task: Task) -> int | None:
    """Where an answer that was begun is over: the offset in what the model wrote; None while it goes on.

    It ends at a line that closes the fence; with a stub, also where its body ends: in Python before a line that is not
    indented, in languages with braces behind a ``}`` that is not indented, or behind the functions that follow and are
    missing in it. Without one it ends before the usage example that many models write behind a definition, before the
    third line in a row that tries it out, and where the model goes over to writing the file, what stands below the
    request, or the request again; in a script, a use of what was defined may be what is asked for. Below what leads to
    a request, it ends with the block that the request stands in, and before a member that the file has already. Lines
    in a text of several lines do not count. The last line counts only with its line end, since the model may not be
    done with it.
    """
    quote, at = "", 0
    known, new, again, trials, below = _known(task), 0, 0, 0, _row_below(task)
    if task.language == "python" and _UNDECIDED.fullmatch(answer.lstrip("\n")):
        return None  # it may begin anew
    header = "" if begins_anew(answer, task) else task.header
    first = next((line for line in answer.splitlines() if line.strip()), task.indent)
    # A model that begins at the margin all the same is not in that block.
    indent = task.indent if first.startswith((task.indent, "}", ")", "]")) else ""
    for line in answer.splitlines(keepends=True):
        whole = line.endswith(("\n", "\r"))
        if not quote:
            if whole and line.startswith("```"):
                return at
            if indent and line.strip():
                if not line.startswith(indent) or (at and _is_known(line, task)):
                    return at
            elif header and line.strip() and not line[0].isspace():
                if task.language == "python":
                    if line[0] not in ")]}" and (whole or not line.startswith("`")):
                        return end_with_helpers(answer, at, task)
                elif whole and line.rstrip().rstrip(";") == "}":
                    return end_with_helpers(answer, at + len(line), task)
            elif not header and not indent and whole:
                tries = _USAGE.match(line) and not task.statements
                above = answer[:at]
                if (tries or _is_main(line, task) or _is_anew(line, above, task)) and _DEFINED.search(above):
                    return at
                if at and line.rstrip() == below:
                    return at
                trials = trials + 1 if _TRIAL.match(line) and (new or again) else 0 if line.strip() else trials
                if trials == _TRIALS and not task.statements:
                    return at
                if found := _HEADER.match(line):
                    if found[1] not in known:
                        new += 1
                    elif new or again:
                        return at
                    else:
                        again += 1
        if task.language == "python":
            quote = open_quote(line, quote)
        at += len(line)
    return None


def ended(code: str, mark: str) -> str:
    """The code without comments at its very end, which spoke of what is not there: a trial, or the file again."""
    rows = code.split("\n")  # a form feed within a text is no line end
    while rows and (not rows[-1].strip() or rows[-1].startswith(mark)):
        rows.pop()
    return "\n".join(rows) or code


def is_in_vain(answer: str, code: str, task: Task, led: bool, is_begun: bool) -> bool:
    """Whether an answer is nothing new.

    The model wrote the same lines for ever, only what the file has already, at once what stands below the request, the
    dots that it was shown in place of the code, or no code where something led it.

    Args:
        code: what of the answer is code.
        led: a plan or a list of declarations stood in the prompt.
        is_begun: the answer was begun for the model.
    """
    repeats = only_again(answer, task) or _skips(answer, task) or code.strip() == DOTS
    return (led and not code) or goes_round(answer) or (is_begun and repeats)


def _skips(answer: str, task: Task) -> bool:
    """Whether an answer begins with the row below the request; a block that begins so may be meant to be changed."""
    row = next((line for line in answer.splitlines() if line.strip()), "").rstrip()
    return row == _row_below(task, 1) and not row.endswith((":", "{"))


def only_again(answer: str, task: Task) -> bool:
    """Whether an answer defines nothing but what the file has already, with other bodies."""
    known = _known(task)
    names = [header[1] for line in answer.splitlines() if (header := _HEADER.match(line))]
    return not task.header and bool(names) and all(name in known for name in names)


def _known(task: Task) -> frozenset[str]:
    """The names of what stands beside the request, unless the request speaks of them."""
    found = (_HEADER.match(line.strip()) for line in task.neighbours)
    return frozenset(header[1] for header in found if header and header[1] not in task.request)


def _row_below(task: Task, least: int = _TELLING) -> str | None:
    """The first row of code below the request, if it has so many characters."""
    _, found, below = (task.excerpts[0] if task.excerpts else "").partition(f"{task.comment}\n{DOTS}\n")
    row = next((row for row in below.split("\n") if row.strip()), "") if found and task.comment else ""
    return row if len(row) >= least else None


def _is_main(line: str, task: Task) -> bool:
    """Whether a program begins that tries out what was written for a file of other code."""
    return bool(_MAIN.match(line) and task.neighbours) and not _PROGRAM.search(task.request)


def _is_known(line: str, task: Task) -> bool:
    """Whether a member begins that the file has already."""
    said = line.strip()
    return any(said.startswith(known) for known in task.neighbours if "(" in known)


def _is_anew(line: str, above: str, task: Task) -> bool:
    """Whether a comment begins the request anew; a model that has written the file again so far comes to it now."""
    mark = _MARK.match(line)
    if mark is None or line[mark.end() :].strip() != task.request.partition("\n")[0].strip():
        return False
    there = {row.strip() for row in (task.excerpts[0] if task.excerpts else "").split("\n")}
    return any(row.strip() not in there for row in above.split("\n") if row.strip())


def goes_round(answer: str) -> bool:
    """Whether an answer ends with the same few characters, or lines, again and again: nothing else will come of it."""
    found = _ROUND.search(answer[-_SEEN:])
    if found is not None and len(found[0]) >= _LONG:
        return True
    rows = answer.split("\n")[:-1]
    return any(
        rows[-each:] == rows[-2 * each : -each] == rows[-3 * each : -2 * each]
        and sum(map(len, rows[-3 * each :])) >= _LONG
        for each in range(1, min(_ROWS, len(rows) // 3) + 1)
    )


def open_quote(line: str, quote: str) -> str:
    """The triple quote that is open behind a line, if ``quote`` is before it."""
    for match in _QUOTES.finditer(line):
        if not quote:
            quote = match[0]
        elif match[0] == quote:
            quote = ""
    return quote


def rows_of(answer: str) -> str:
    """An answer that is still being written, up to its last row: with that one once its first word is there.

    That word tells whether the row goes on with what stands above it, as ``else`` does.
    """
    last = answer[answer.rfind("\n") + 1 :]
    return answer if _FIRST_WORD.match(last) else answer[: len(answer) - len(last)]


def _words(text: str) -> str:
    return " ".join(re.sub(r"^\s*(?:\*|//+!?|#)", "", line).strip() for line in text.splitlines()).strip()
