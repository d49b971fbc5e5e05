"""The problems of MultiPL-E (Cassano et al. 2022) in JavaScript, TypeScript and Java as items. The file is yours.

They may be used to measure with, and by their licence not to train any model. A prompt is a file that ends with the
header of the function to be written; what tells whether an answer is right is a program that ends well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import BadSetting
from planfirst.core.types import Task
from planfirst.source.lines import dedent
from planfirst.verify.programs.toolchain import Missing
from planfirst_lab.evaluation import foreign, programs, tables, tuples
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.tables import Row

_WANTED = "Give a file of MultiPL-E in JavaScript, TypeScript or Java, for example humaneval-js.jsonl."
_LANGUAGES = {"js": "javascript", "ts": "typescript", "java": "java"}
_TITLES = {"javascript": "JavaScript", "typescript": "TypeScript", "java": "Java"}
_TUPLES = "org.javatuples"  # every prompt in Java imports it, few use it
_TUPLE = re.compile(rf"\b(?:{'|'.join(tuples.NAMES)})\b")
_HEADER = re.compile(r"(\w+)\s*\(")


@dataclass(frozen=True, slots=True)
class ProgramItem(Item):
    """A request for a function in another language than Python.

    Attributes:
        prompt: the file; it ends with the function's header.
        name: the function's.
    """

    prompt: str = ""
    name: str = ""

    def program(self, answer: str) -> str:
        """The file with the answer in it; its tests may follow."""
        return foreign.placed(self.task.language, self.prompt, self.name, answer)

    def bare_program(self, answer: str) -> str:
        """The same, since an answer in a language with braces is whole or a body in either case."""
        return self.program(answer)

    def parses(self, program: str) -> bool:
        """Whether a program of `program` has no fault of syntax."""
        closing = "\n}\n}" if self.task.language == "java" else ""
        return foreign.parses(self.task.language, program + closing)

    @property
    def bare_prompt(self) -> str:
        """The task as the makers of a model put it to it, in one message."""
        title = _TITLES[self.task.language]
        fence = self.task.language
        return (
            f"Write a self-contained {title} program that solves the following problem in a markdown code block:\n"
            f"```{fence}\n{self.prompt.strip()}\n```"
        )


def load(path: Path) -> list[Item]:
    """All problems of the file, in its order.

    Raises:
        BadSetting: the file cannot be read or is none of these, or what runs its language is not installed.
    """
    items = tables.load(path, item, _WANTED)
    for language in sorted({one.task.language for one in items}):
        found = programs.toolchain(language)
        if isinstance(found, Missing):
            raise BadSetting("plain", what=str(found.said), next="Then run this command again.")
    return items


def item(row: Row) -> ProgramItem:
    """One problem.

    Raises:
        KeyError, TypeError, ValueError: the row is none.
    """
    language = _LANGUAGES.get(str(row["language"]), "")
    if not language:
        raise ValueError(f"its language is {row['language']!r}, not one of {', '.join(_LANGUAGES)}")
    prompt, tests = str(row["prompt"]).replace("\r\n", "\n"), str(row["tests"]).replace("\r\n", "\n")
    if "assert" not in tests:
        raise ValueError("its tests assert nothing")
    lines = prompt.rstrip().split("\n")
    first = _first_of_comment(lines)
    named = _HEADER.search(lines[-1])
    if named is None or not lines[-1].rstrip().endswith("{"):
        raise ValueError("its prompt does not end with the header of a function")
    comment, header = lines[first:-1], lines[-1].strip()
    above = [line.strip() for line in lines[:first] if line.strip()]
    has_tuples = bool(_TUPLE.search("\n".join([*comment, header, tests])))
    task = Task(
        request="\n".join(line.strip().removeprefix("//").removeprefix(" ").rstrip() for line in comment).strip(),
        language=language,
        signature="\n".join(line for line in above if not line.startswith("import ")),
        imports=tuple(line for line in above if line.startswith("import ") and (_TUPLES not in line or has_tuples)),
        stub="\n".join(dedent([*comment, lines[-1]])),
    )
    name = str(row["name"])
    return ProgramItem(
        id=f"multipl-e/{row['language']}/{name}",
        task=task,
        check=Check("program", tests, language),
        reference="",
        prompt="\n".join([*lines, ""]),
        name=named[1],
    )


def _first_of_comment(lines: list[str]) -> int:
    """The number of the line where the comment above the last line begins; of the last line where there is none."""
    first = len(lines) - 1
    while first > 0 and lines[first - 1].strip().startswith("//"):
        first -= 1
    return first
