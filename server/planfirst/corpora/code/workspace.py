"""The `workspace` corpus: the user's own code as pairs, without its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from planfirst.core.types import Pair
from planfirst.corpora.code.chunks import Chunk, chunks
from planfirst.corpora.code.files import SourceFile, source_files
from planfirst.corpora.code.grammars import BY_SUFFIX
from planfirst.corpora.code.secrets import redact
from planfirst.corpora.report import Report
from planfirst.corpora.tables import MAX_CODE

OWN = "own"  # in the place of a licence: it is the user's
CUT = 1  # counts up whenever other pairs are made of the same file, so that what is kept of files is made again


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
    about = f"{question}\n{chunk.about}" if chunk.about else ""
    # Words are searched for, not code, where there are some: docs/log.md says what that is worth.
    return (
        Pair(f"{file}:{chunk.name}:{chunk.line}", question, code, name, licence, place, about),
        in_code + in_question,
    )
