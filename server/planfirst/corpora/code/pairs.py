"""The `workspace` corpus: the user's own code as pairs, without its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from planfirst.core.types import OWN, Pair
from planfirst.corpora.code.chunks import Chunk, chunks
from planfirst.corpora.code.files import SourceFile, source_files
from planfirst.corpora.code.grammars import BY_SUFFIX
from planfirst.corpora.code.secrets import redact
from planfirst.corpora.report import Report
from planfirst.corpora.tables import MAX_CODE

CUT = 2  # counts up whenever other pairs are made of the same file, so that what is kept of files is made again
_BEGINNING = 400  # characters of code that are embedded: nearly all functions that were measured are no longer


@dataclass(frozen=True, slots=True)
class Cut:
    """The pairs of one file, in the order of their lines, and how many secrets were taken out of them."""

    pairs: tuple[Pair, ...]
    secrets: int


def pairs_in(
    folder: Path, name: str, report: Report, licence: str = OWN, stop: Callable[[], bool] | None = None
) -> Iterator[Pair]:
    """The functions, types and commented statements below ``folder``.

    Args:
        name: of the corpus, which becomes the pairs' source.
        stop: asked before each file; once it returns True no more are read.

    Raises:
        CorpusError: there is no such folder.
    """
    secrets = 0
    for file in source_files(folder, report):
        if stop and stop():
            return
        made = cut(file, name, report, licence)
        secrets += made.secrets
        report.taken += len(made.pairs)
        yield from made.pairs
    note_secrets(report, secrets)


def found_by(question: str, name: str, code: str) -> str:
    """The text whose embedding stands for code with words of its own: these, its name in words, and how it begins."""
    return f"{question}\n{name}\n{_beginning(code)}"


def cut(file: SourceFile, name: str, report: Report, licence: str = OWN) -> Cut:
    """The pairs of one file; what is too long is told to ``report``."""
    grammar = BY_SUFFIX[PurePosixPath(file.name).suffix.lower()]
    pairs, secrets = [], 0
    for chunk in sorted(chunks(file.data, grammar), key=lambda chunk: chunk.line):
        if len(chunk.code) > MAX_CODE:
            report.leave_out(f"{file.name}:{chunk.line}", "code is too long")
            continue
        pair, found = _pair(chunk, file.name, name, licence)
        secrets += found
        pairs.append(pair)
    return Cut(tuple(pairs), secrets)


def note_secrets(report: Report, count: int) -> None:
    """Says how many secrets were taken out, if there were any."""
    if count:
        report.notes.append(f"{count} secrets were taken out of the examples. Better take them out of the code, too.")


def _pair(chunk: Chunk, file: str, name: str, licence: str) -> tuple[Pair, int]:
    code, in_code = redact(chunk.code, file)
    question, in_question = redact(chunk.question, "")
    place = f"{file}:{chunk.line}"
    about = found_by(question, chunk.about, code) if chunk.about else ""
    return (
        Pair(f"{file}:{chunk.name}:{chunk.line}", question, code, name, licence, place, about),
        in_code + in_question,
    )


def _beginning(code: str) -> str:
    """The first lines, as many as fit; of a first line that is too long, as much as fits."""
    if len(code) <= _BEGINNING:
        return code
    whole_lines, newline, _ = code[: _BEGINNING + 1].rpartition("\n")
    return whole_lines if newline else code[:_BEGINNING]
