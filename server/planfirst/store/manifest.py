"""What a generation of the store says about itself: a small JSON file, read with suspicion.

Its own SHA-256 stands in the file ``CURRENT``, and it holds those of the two data files; so one flipped byte anywhere
is seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

FORMAT = 2
VECTORS = "vectors.f32"
PAIRS = "pairs.jsonl"
MAX_BYTES = 1 << 20
_MAX_COUNT = 100_000_000
_MAX_DIMENSION = 16_384
_MAX_ORIGIN = 20, 4096  # entries, and characters of each
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"\w[\w.-]{0,63}")


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """What the manifest says of one corpus.

    Attributes:
        count: how many of its pairs are stored. Their rows follow each other, in the order of the corpora.
        sha256: of the corpus as it was given, duplicates included.
        origin: where it came from, so that it can be read again; empty for what comes with Planfirst. What stands in
            it is the business of `planfirst.corpora`.
    """

    count: int
    sha256: str
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Size in bytes and SHA-256 of a data file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation holds.

    Attributes:
        embedding: identity of the embedding model.
        dimension: length of a vector.
        count: number of pairs, and of vectors.
        corpora: by name, in the order in which they were given.
        created: when it was built, ISO 8601 in UTC.
        files: by file name.
    """

    embedding: str
    dimension: int
    count: int
    corpora: Mapping[str, CorpusEntry]
    created: str
    files: Mapping[str, FileEntry]

    def to_bytes(self) -> bytes:
        """The manifest as JSON in UTF-8."""
        return (json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=2) + "\n").encode()


def parse(data: bytes) -> Manifest:
    """A manifest from its bytes.

    Raises:
        ValueError: it is not a manifest, is of a newer format, or its numbers cannot be true; the message says which.
    """
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("its manifest is not JSON") from error
    if not isinstance(record, dict):
        raise ValueError("its manifest is not a JSON object")
    version = record.get("format")
    if version != FORMAT:
        raise ValueError(f"its format is {str(version)[:40]}, and this version of Planfirst reads format {FORMAT}")
    dimension = _number(record, "dimension", _MAX_DIMENSION)
    count = _number(record, "count", _MAX_COUNT)
    if dimension == 0:
        raise ValueError("its manifest gives vectors no dimension")
    files = {name: _file(entry) for name, entry in _object(record, "files").items()}
    if files.keys() != {VECTORS, PAIRS}:
        raise ValueError("its manifest does not name the two data files")
    if files[VECTORS].size != count * dimension * 4:
        raise ValueError("the size of its vectors does not fit their count and dimension")
    corpora = {name: _corpus(entry) for name, entry in _object(record, "corpora").items()}
    if not all(map(is_name, corpora)):
        raise ValueError("its manifest holds a name that no corpus has")
    if sum(entry.count for entry in corpora.values()) != count:
        raise ValueError("the counts of its corpora do not add up")
    return Manifest(_text(record, "embedding"), dimension, count, corpora, _text(record, "created"), files)


def is_name(text: str) -> bool:
    """Whether a corpus may be called so: letters, digits, ``_``, ``-`` and ``.``, at most 64 of them."""
    return bool(_NAME.fullmatch(text))


def _corpus(entry: object) -> CorpusEntry:
    record = entry if isinstance(entry, dict) else {}
    return CorpusEntry(_number(record, "count", _MAX_COUNT), _hash(record), _origin(record.get("origin")))


def _origin(value: object) -> dict[str, str]:
    entries, longest = _MAX_ORIGIN
    if not isinstance(value, dict) or len(value) > entries:
        raise ValueError("its manifest does not say where a corpus came from")
    if not all(isinstance(text, str) and len(text) <= longest for text in value.values()):
        raise ValueError("its manifest says where a corpus came from in a way that cannot be")
    return value


def _file(entry: object) -> FileEntry:
    record = entry if isinstance(entry, dict) else {}
    return FileEntry(_number(record, "size", 1 << 50), _hash(record))


def _object(record: Mapping[str, object], key: str) -> dict[str, object]:
    value = record.get(key)
    if not isinstance(value, dict):
        raise ValueError(f"its manifest has no {key}")
    return value


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"its manifest has no {key}")
    return value


def _hash(record: Mapping[str, object]) -> str:
    value = _text(record, "sha256")
    if not _SHA256.fullmatch(value):
        raise ValueError("its manifest holds a checksum that is none")
    return value


def _number(record: Mapping[str, object], key: str, most: int) -> int:
    value = record.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"its manifest gives {key} as {str(value)[:40]!r}, which cannot be")
    return value
