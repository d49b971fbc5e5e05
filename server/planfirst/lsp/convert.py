"""Between lsprotocol's types and ours. Positions are turned into the client's units here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from planfirst.core.types import Example, Outcome
from planfirst.likelihood import match
from planfirst.lsp.messages import Answer, Ask, Place, WireExample, WireKnown, WirePrompt, WireSpot, WireVerdict
from planfirst.lsp.plan_book import KnownPlan
from planfirst.source.languages import Language, language_of
from planfirst.source.locate import Spot, locate, rewriting
from planfirst.source.place import Insertion

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document as it was when a request came in."""

    uri: str
    version: int | None
    text: str
    language: Language

    @property
    def path(self) -> Path | None:
        """Where the document is on this machine; None if it is not a file."""
        text = to_fs_path(self.uri) if self.uri.startswith("file:") else None
        return Path(text) if text else None

    def spot(self, first: int, last: int, rewrite: bool = False) -> Spot | None:
        """What can be worked from at those lines; with ``rewrite``, a comment and the code that it describes."""
        if not rewrite:
            return locate(self.text, first, last, self.language)
        found = locate(self.text, first, first, self.language)
        return rewriting(self.text, found) if found else None

    def unchanged(self, document: TextDocument | None) -> bool:
        """Whether the document is still open and still the same."""
        return document is not None and document.version == self.version and document.source == self.text


def depth_of(path: Path | None, folders: Sequence[Path]) -> int | None:
    """How many folders a file is below the innermost of some; None where it is in none of them."""
    depths = [len(path.relative_to(one).parts) - 1 for one in folders if path.is_relative_to(one)] if path else []
    return min(depths, default=None)


def snapshot(document: TextDocument) -> Snapshot:
    """The document as the server knows it now."""
    return Snapshot(
        document.uri, document.version, document.source, language_of(document.language_id or "", document.path)
    )


def workspace_edit(before: Snapshot, edits: Sequence[Insertion], units: Any, versioned: bool) -> lsp.WorkspaceEdit:
    """The edits in the client's units.

    Args:
        units: the connection's position codec.
        versioned: whether the client understands versioned document changes.
    """
    lines = _LINE_END.split(before.text)  # pygls splits at form feeds too, which editors do not
    text_edits = [
        lsp.TextEdit(lsp.Range(_position(lines, e.line, units), _position(lines, e.end_line, units)), e.text)
        for e in edits
    ]
    if not versioned:
        return lsp.WorkspaceEdit(changes={before.uri: text_edits})
    document = lsp.OptionalVersionedTextDocumentIdentifier(uri=before.uri, version=before.version)
    return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(text_document=document, edits=text_edits)])


def _position(lines: Sequence[str], line: int, units: Any) -> lsp.Position:
    """The beginning of a line; the end of the text for a line beyond the last."""
    if line < len(lines):
        return lsp.Position(line, 0)
    return lsp.Position(len(lines) - 1, units.client_num_units(lines[-1]))


def place_of(first: int, last: int, before: Snapshot) -> Place:
    """A command's argument for those lines."""
    lines = {"start": {"line": first, "character": 0}, "end": {"line": last + 1, "character": 0}}
    return Place(uri=before.uri, version=before.version, range=lines)


def ask_of(uri: str, range_: lsp.Range) -> Ask:
    """The lines that a range touches; one that ends at the start of a line does not touch that line."""
    last = range_.end.line
    if last > range_.start.line and range_.end.character == 0:
        last -= 1
    return Ask(uri, range_.start.line, last)


def answer_of(
    outcome: Outcome,
    edit: lsp.WorkspaceEdit | None,
    notices: Sequence[str],
    rate: float,
    verdict: WireVerdict | None = None,
) -> Answer:
    """What a custom request answers."""
    generation = outcome.generation
    return Answer(
        request=outcome.task.request,
        examples=[example_of(example, example is outcome.example) for example in outcome.examples],
        plan=list(outcome.plan.steps) if outcome.plan else [],
        planner=outcome.planner,
        prompt=_prompt_of(outcome),
        code=generation.code if generation else "",
        model=generation.model if generation else "",
        notices=[*outcome.notices, *notices],
        tokensPerSecond=round(rate, 1),
        timingsMs={stage: round(seconds * 1000, 1) for stage, seconds in outcome.seconds.items()},
        verdict=verdict,
        edit=edit,
    )


def example_of(example: Example, used: bool) -> WireExample:
    """A retrieved example as data."""
    pair = example.pair
    return WireExample(
        question=pair.question,
        code=pair.code,
        score=round(example.score, 4),
        match=match(example),
        source=pair.source,
        licence=pair.licence,
        place=pair.place,
        used=used,
    )


def spot_of(spot: Spot, known: KnownPlan | None) -> WireSpot:
    """A spot as data, with the plan that is known for it."""
    return WireSpot(
        kind=spot.kind,
        first=spot.first,
        last=spot.last,
        requestLast=spot.request_last,
        request=spot.task.request,
        plan=list(spot.task.plan.steps) if spot.task.plan else None,
        known=_known_of(known) if known else None,
    )


def _known_of(known: KnownPlan) -> WireKnown:
    example = example_of(known.example, True) if known.example else None
    return WireKnown(steps=list(known.plan.steps), planner=known.planner, made=known.made, example=example)


def _prompt_of(outcome: Outcome) -> WirePrompt | None:
    prompt = outcome.prompt
    if prompt is None:
        return None
    return WirePrompt(
        system=prompt.system,
        user=prompt.user,
        sections=[{"name": s.name, "text": s.text, "tokens": s.tokens, "trimmed": s.trimmed} for s in prompt.sections],
    )
