"""Where a corpus that the user added came from: enough to read it again.

An origin travels as a flat record of texts, in the store's manifest and between processes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast, get_args

from planfirst.core.errors import CorpusError
from planfirst.corpora.columns import Options

Kind = Literal["table", "hub", "code", "packages"]
HUB: Final = "hf:"
WORKSPACE: Final = "workspace"  # the corpus of an opened folder's code


@dataclass(frozen=True, slots=True)
class Origin:
    """Where pairs come from.

    Attributes:
        kind: how to read it.
        address: an absolute path; ``owner/name`` or ``owner/name/subset`` of a data set; an interpreter.
        options: for tables.
        only: of the packages of an interpreter, those to take; empty for all.
    """

    kind: Kind
    address: str
    options: Options = field(default_factory=Options)
    only: tuple[str, ...] = ()

    def to_record(self) -> dict[str, str]:
        """As a flat record of texts."""
        record = {"kind": self.kind, "place": self.address, **self.options.to_record()}
        return record | ({"only": ",".join(self.only)} if self.only else {})

    @classmethod
    def from_record(cls, record: Mapping[str, str]) -> Origin:
        """The origin in a record.

        Raises:
            CorpusError: it was written by a newer version, or is none.
        """
        kind, address = record.get("kind"), record.get("place")
        if kind not in get_args(Kind) or not address:
            raise CorpusError("corpus-kind-unknown", kind=str(kind)[:40])
        only = tuple(filter(None, record.get("only", "").split(",")))
        return cls(cast(Kind, kind), address, Options.from_record(record), only)

    @property
    def shown(self) -> str:
        """For a person: what was given to ``planfirst index add``."""
        if self.kind == "packages":
            return f"--python {self.address}"
        return f"{HUB}{self.address}" if self.kind == "hub" else self.address

    @property
    def default_name(self) -> str:
        """A name for the corpus, when the user gives none."""
        if self.kind == "packages":
            return "packages"
        last = self.address.rstrip("/").rsplit("/", 1)[-1] if self.kind == "hub" else Path(self.address).name
        stem = Path(last).stem if self.kind == "table" else last
        return re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:64] or self.kind
