"""The manifest of a generation: a small JSON file that is read with suspicion.

Its own SHA-256 stands in the file ``CURRENT``, and it holds those of all data files; so one flipped byte anywhere is
seen. The data files belong to segments, which never change; a generation is a list of segments and of what is alive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from planfirst.store.layout import NewerError

FORMAT = 4
VECTORS = "vectors.f32"
PAIRS = "pairs.jsonl"
ROWS = "rows.bin"
LIVE = "live.bits"
ROW_BYTES = 48  # of `store.segment.ROW`
MAX_BYTES = 1 << 20
_MAX_COUNT = 100_000_000
_MAX_DIMENSION = 16_384
_MAX_SEGMENTS = 1000
_MAX_ORIGIN = 20, 4096  # entries, and characters of each
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"\w[\w.-]{0,63}")
_INDEX_FILE = re.compile(r"index\.[a-z]{1,20}\.(?:f32|u8|u32|i32)")


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """What the manifest says of one corpus.

    Attributes:
        count: how many of its pairs are stored.
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


@dataclass(frozen=True)
class SegmentEntry:
    """What the manifest says of one segment.

    Attributes:
        generation: the one that wrote it; its files are in that generation's folder.
        runs: the corpora of its rows: so many of this one, then so many of that.
        index: how it is searched: ``ivf``, ``hnsw``, or empty for a scan of all its vectors.
        files: by file name; those of the index begin with ``index.``.
    """

    generation: int
    runs: tuple[tuple[str, int], ...]
    index: str
    files: Mapping[str, FileEntry]

    @cached_property
    def rows(self) -> int:
        """Number of rows, alive or not."""
        return sum(count for _, count in self.runs)

    def to_record(self) -> dict[str, object]:
        """As it stands in the manifest."""
        files = {name: asdict(entry) for name, entry in self.files.items()}
        return {"generation": self.generation, "runs": self.runs, "index": self.index, "files": files}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation holds.

    Attributes:
        embedding: identity of the embedding model.
        dimension: length of a vector.
        count: number of pairs that are alive.
        corpora: by name, in the order in which they were given.
        created: when it was built, ISO 8601 in UTC.
        segments: from the oldest to the newest.
        live: of the file that says which rows are alive; None when all are.
    """

    embedding: str
    dimension: int
    count: int
    corpora: Mapping[str, CorpusEntry]
    created: str
    segments: tuple[SegmentEntry, ...]
    live: FileEntry | None

    def to_bytes(self) -> bytes:
        """The manifest as JSON in UTF-8."""
        record = {
            "format": FORMAT,
            "embedding": self.embedding,
            "dimension": self.dimension,
            "count": self.count,
            "corpora": {name: asdict(entry) for name, entry in self.corpora.items()},
            "created": self.created,
            "segments": [segment.to_record() for segment in self.segments],
            "live": asdict(self.live) if self.live else None,
        }
        return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def parse(data: bytes) -> Manifest:
    """A manifest from its bytes.

    Raises:
        ValueError: it is not a manifest, is of an older format, or its numbers cannot be true; the message says which.
        NewerError: it is of a newer format.
    """
    record = _record(data)
    version = record.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise NewerError(f"a newer version of Planfirst made it (format {version}; this one reads format {FORMAT})")
    if version != FORMAT:
        raise ValueError(f"its format is {str(version)[:40]}, and this version of Planfirst reads format {FORMAT}")
    dimension = _number(record, "dimension", _MAX_DIMENSION)
    count = _number(record, "count", _MAX_COUNT)
    if dimension == 0:
        raise ValueError("its manifest gives vectors no dimension")
    corpora = _corpora(record)
    if sum(entry.count for entry in corpora.values()) != count:
        raise ValueError("the counts of its corpora do not add up")
    segments = _segments(record.get("segments"), dimension)
    live = None if record.get("live") is None else _file(record["live"])
    rows = sum(segment.rows for segment in segments)
    bits = sum(-(-segment.rows // 8) for segment in segments)
    if count > rows or (live is None and count != rows) or (live and live.size != bits):
        raise ValueError("the rows of its segments do not fit its count")
    return Manifest(_text(record, "embedding"), dimension, count, corpora, _text(record, "created"), segments, live)


def corpora_of(data: bytes) -> Mapping[str, CorpusEntry]:
    """The corpora that a manifest of this format or an older one names.

    Raises:
        ValueError: it is none.
    """
    return _corpora(_record(data))


def is_name(text: str) -> bool:
    """Whether a corpus may be called so: letters, digits, ``_``, ``-`` and ``.``, at most 64 of them."""
    return bool(_NAME.fullmatch(text))


def _record(data: bytes) -> dict[str, object]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("its manifest is not JSON") from error
    if not isinstance(record, dict):
        raise ValueError("its manifest is not a JSON object")
    return record


def _segments(value: object, dimension: int) -> tuple[SegmentEntry, ...]:
    if not isinstance(value, list) or len(value) > _MAX_SEGMENTS:
        raise ValueError("its manifest has no list of segments")
    segments = tuple(_segment(entry, dimension) for entry in value)
    if len({segment.generation for segment in segments}) != len(segments):
        raise ValueError("its manifest names a segment twice")
    return segments


def _segment(value: object, dimension: int) -> SegmentEntry:
    record = value if isinstance(value, dict) else {}
    generation = _number(record, "generation", 10**12 - 1)
    index = record.get("index")
    if index not in ("", "ivf", "hnsw"):
        raise ValueError("its manifest names an index that this version of Planfirst does not know")
    runs = tuple(map(_run, record["runs"])) if isinstance(record.get("runs"), list) else ()
    files = {name: _file(entry) for name, entry in _object(record, "files").items()}
    extra = files.keys() - {VECTORS, PAIRS, ROWS}
    if len(files) != 3 + len(extra) or len(extra) > 8 or not all(map(_INDEX_FILE.fullmatch, extra)):
        raise ValueError("its manifest does not name the data files of a segment")
    segment = SegmentEntry(generation, runs, str(index), files)
    if not 0 < segment.rows <= _MAX_COUNT:
        raise ValueError("its manifest has a segment of no rows")
    if files[VECTORS].size != segment.rows * dimension * 4 or files[ROWS].size != segment.rows * ROW_BYTES:
        raise ValueError("the size of its vectors does not fit their count and dimension")
    return segment


def _run(value: object) -> tuple[str, int]:
    match value:
        case [str(name), int(count)] if is_name(name) and not isinstance(count, bool) and 0 < count <= _MAX_COUNT:
            return name, count
    raise ValueError("its manifest has a segment whose rows belong to no corpus")


def _corpora(record: Mapping[str, object]) -> dict[str, CorpusEntry]:
    corpora = {name: _corpus(entry) for name, entry in _object(record, "corpora").items()}
    if not all(map(is_name, corpora)):
        raise ValueError("its manifest holds a name that no corpus has")
    return corpora


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
