"""A document as it was when a request came in, and edits to it in the editor's units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from planfirst.source.edits import Insertion
from planfirst.source.languages import Language, language_of
from planfirst.source.locate import locate
from planfirst.source.site import Site
from planfirst.source.typed import with_request

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
        return path_of(self.uri)

    def depth(self, folders: Sequence[Path]) -> int | None:
        """How many folders the file is below the innermost of some; None where it is in none of them."""
        path = self.path
        depths = [len(path.relative_to(one).parts) - 1 for one in folders if path.is_relative_to(one)] if path else []
        return min(depths, default=None)

    def site(self, first: int, last: int, rewrite: bool | None = None, excerpts: bool = False) -> Site | None:
        """What can be worked from at those lines.

        Args:
            rewrite: whether the code that a comment stands above is to be written anew; None to go by its words.
            excerpts: the task has the code around it, for a model.
        """
        found = locate(self.text, first, first if rewrite else last, self.language, excerpts, rewrite)
        return found if found is None or found.task.changed or not rewrite else None

    def with_request(self, line: int, request: str) -> tuple[Snapshot, int]:
        """As if a request stood in it as a comment below a line; and the comment's first line."""
        text, first = with_request(self.text, line, request, self.language)
        return replace(self, text=text), first

    def unchanged(self, document: TextDocument | None) -> bool:
        """Whether the document is still open and still the same."""
        return document is not None and document.version == self.version and document.source == self.text

    def edit(self, insertions: Sequence[Insertion], units: Any, versioned: bool) -> lsp.WorkspaceEdit:
        """Insertions in the editor's units; positions are turned into them here and nowhere else.

        Args:
            units: the connection's position codec.
            versioned: whether the editor understands versioned document changes.
        """
        lines = _LINE_END.split(self.text)  # pygls splits at form feeds too, which editors do not
        edits = [
            lsp.TextEdit(lsp.Range(_position(lines, one.line, units), _position(lines, one.end_line, units)), one.text)
            for one in insertions
        ]
        if not versioned:
            return lsp.WorkspaceEdit(changes={self.uri: edits})
        document = lsp.OptionalVersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(text_document=document, edits=edits)])


def snapshot(document: TextDocument) -> Snapshot:
    """The document as the server knows it now."""
    language = language_of(document.language_id or "", document.path)
    return Snapshot(document.uri, document.version, document.source, language)


def path_of(uri: str) -> Path | None:
    """The path of a file URI; None for any other, such as one of a virtual file system."""
    text = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(text) if text else None


def _position(lines: Sequence[str], line: int, units: Any) -> lsp.Position:
    """The beginning of a line; the end of the text for a line beyond the last."""
    if line < len(lines):
        return lsp.Position(line, 0)
    return lsp.Position(len(lines) - 1, units.client_num_units(lines[-1]))
