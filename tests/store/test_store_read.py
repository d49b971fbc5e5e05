"""Every kind of damage to a store is refused, with a message that says what is wrong and what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planfirst.core.errors import StoreMissing, StoreRefused
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import read

FILES = ["CURRENT", *(f"g-000001/{name}" for name in ("manifest.json", "vectors.f32", "pairs.jsonl", "rows.bin"))]
DATA = FILES[1:]
Reseal = Callable[..., None]


def refusal(folder: Path, embedder: HashedEmbedder) -> str:
    with pytest.raises(StoreRefused) as caught:
        read.load(folder, embedder.identity)
    assert "planfirst index build" in caught.value.next_step
    assert str(folder) in caught.value.what
    return caught.value.what


def test_a_whole_store_is_read_as_it_was_written(built: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    loaded = read.load(built, embedder.identity)
    assert loaded.pairs == tuple(pairs)
    assert loaded.vectors.shape == (5, 32)
    assert loaded.vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(loaded.vectors, axis=1), 1.0, atol=1e-5)


def test_status_tells_what_is_in_it(built: Path, embedder: HashedEmbedder) -> None:
    status = read.status(built)
    assert (status.generation, status.count, status.dimension) == (1, 5, 32)
    assert {name: entry.count for name, entry in status.corpora.items()} == {"first": 2, "second": 3}
    assert status.embedding == embedder.identity
    assert status.size == sum(path.stat().st_size for path in (built / "g-000001").iterdir())


def test_status_needs_neither_faiss_nor_torch(built: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from planfirst.store import build, read; "
        "import planfirst.adapters.faiss_store, planfirst.embedders.hashed; read.status(Path(sys.argv[1])); "
        "heavy = {'faiss', 'torch', 'sentence_transformers', 'transformers', 'huggingface_hub'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}", str(built)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_no_store(tmp_path: Path, embedder: HashedEmbedder) -> None:
    file = tmp_path / "a file"
    file.write_text("not a folder", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "nowhere", file):
        with pytest.raises(StoreMissing) as caught:
            read.load(folder, embedder.identity)
        assert "planfirst index build" in caught.value.next_step
        with pytest.raises(StoreMissing):
            read.status(folder)


@pytest.mark.parametrize("name", DATA)
def test_a_missing_file(built: Path, embedder: HashedEmbedder, name: str) -> None:
    (built / name).unlink()
    refusal(built, embedder)
    with pytest.raises(StoreRefused):
        read.status(built)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"\n", lambda data: b"", lambda data: data[:1]]
)
def test_another_size(built: Path, embedder: HashedEmbedder, name: str, change: Callable[[bytes], bytes]) -> None:
    path = built / name
    path.write_bytes(change(path.read_bytes()))
    refusal(built, embedder)
    with pytest.raises(StoreRefused):
        read.status(built)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "foreign", [b"\x80\x04\x95cos\nsystem\n", b"GGUF", b"\x00" * 4096, b"[" * 100_000, b"\xff" * 3_000_000]
)
def test_a_foreign_file(built: Path, embedder: HashedEmbedder, name: str, foreign: bytes) -> None:
    (built / name).write_bytes(foreign)
    refusal(built, embedder)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(FILES), where=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_one_flipped_byte(built: Path, embedder: HashedEmbedder, name: str, where: int, flip: int) -> None:
    path = built / name
    whole = path.read_bytes()
    data = bytearray(whole)
    data[where % len(data)] ^= flip
    path.write_bytes(data)
    try:
        refusal(built, embedder)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", DATA)
def test_a_folder_in_a_files_place(built: Path, embedder: HashedEmbedder, name: str) -> None:
    (built / name).unlink()
    (built / name).mkdir()
    refusal(built, embedder)


@pytest.mark.parametrize(
    "generation", ["../x", "..", "/", "g-000001/../../x", "g-000002", "g-1", "C:\\x", "g-000001\0"]
)
def test_current_cannot_lead_elsewhere(built: Path, embedder: HashedEmbedder, generation: str) -> None:
    checksum = (built / "CURRENT").read_text(encoding="ascii").split()[1]
    shutil.copytree(built / "g-000001", built.parent / "x")
    (built / "CURRENT").write_text(f"{generation} {checksum}\n", encoding="ascii")
    refusal(built, embedder)


def test_another_embedding_model_names_both(built: Path, embedder: HashedEmbedder) -> None:
    what = refusal(built, HashedEmbedder(64))
    assert embedder.identity in what
    assert HashedEmbedder(64).identity in what
    assert read.status(built).embedding == embedder.identity


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 3e38, 1.5])
def test_numbers_that_are_no_unit_vectors(
    built: Path, embedder: HashedEmbedder, reseal: Reseal, pairs: list[Pair], value: float
) -> None:
    vectors = embedder.embed([pair.question for pair in pairs])
    vectors[3] = 0
    vectors[3, 7] = value
    reseal(built, vectors=vectors.tobytes())
    assert "unit vector" in refusal(built, embedder)


def test_a_resealed_store_is_read(built: Path, embedder: HashedEmbedder, reseal: Reseal, pairs: list[Pair]) -> None:
    """So the refusals above and below are for the contents, not for the resealing."""
    reseal(built, vectors=embedder.embed([pair.question for pair in pairs]).tobytes())
    assert len(read.load(built, embedder.identity).pairs) == 5


ROW = asdict(Pair("1", "q", "c", "s", "MIT", "p"))


def test_lines_that_are_pairs(built: Path, embedder: HashedEmbedder, reseal: Reseal) -> None:
    """So the refusals below are for what is wrong with a line."""
    reseal(built, pairs=(json.dumps(ROW).encode() + b"\n") * 5)
    assert read.load(built, embedder.identity).pairs == (Pair(**ROW),)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"null",
        b"",
        b"[" * 100_000,
        b"\xff\xfe",
        json.dumps({**ROW, "code": 1}).encode(),
        json.dumps({**ROW, "code": None}).encode(),
        json.dumps({**ROW, "more": "x"}).encode(),
        json.dumps({**ROW, "question": "\ud800"}).encode(),
        json.dumps({key: ROW[key] for key in list(ROW)[1:]}).encode(),
    ],
)
def test_lines_that_are_no_pairs(built: Path, embedder: HashedEmbedder, reseal: Reseal, line: bytes) -> None:
    good = json.dumps(ROW).encode()
    reseal(built, pairs=b"\n".join([good, good, line, good, good]) + b"\n")
    assert "pairs.jsonl" in refusal(built, embedder)


@pytest.mark.parametrize("lines", [0, 4, 6])
def test_too_few_or_too_many_lines(built: Path, embedder: HashedEmbedder, reseal: Reseal, lines: int) -> None:
    reseal(built, pairs=(json.dumps(ROW).encode() + b"\n") * lines)
    assert "lines" in refusal(built, embedder)


def test_a_last_line_without_its_end(built: Path, embedder: HashedEmbedder, reseal: Reseal) -> None:
    reseal(built, pairs=b"\n".join([json.dumps(ROW).encode()] * 5))
    assert "lines" in refusal(built, embedder)


def put(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda record: record.update(values)


def in_segment(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda record: record["segments"][0].update(values)


def in_file(name: str, **values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda record: record["segments"][0]["files"].setdefault(name, {}).update(values)


HASH = "0" * 64


@pytest.mark.parametrize(
    "change",
    [
        put(count=10**30),
        put(count=-1),
        put(count=2**62, dimension=2**62),
        put(count=5.0),
        put(count=True),
        put(count="5"),
        put(count=6),
        put(count=None),
        put(dimension=0),
        put(dimension=10**9),
        put(dimension=16),
        put(embedding=""),
        put(embedding=["x"]),
        put(created=None),
        put(corpora=[]),
        put(corpora={"first": {"count": 4, "sha256": HASH, "origin": {}}}),
        put(corpora={"first": {"count": 5, "sha256": "x", "origin": {}}}),
        put(corpora={"first": 5}),
        put(corpora={"a\x1b[2J": {"count": 5, "sha256": HASH, "origin": {}}}),
        put(corpora={"first": {"count": 5, "sha256": HASH}}),
        put(corpora={"first": {"count": 5, "sha256": HASH, "origin": {"path": 3}}}),
        put(corpora={"first": {"count": 5, "sha256": HASH, "origin": {"path": "x" * 5000}}}),
        put(segments=None),
        put(segments=[]),
        put(segments=[None]),
        lambda record: record["segments"].append(record["segments"][0]),
        in_segment(files={}),
        in_segment(files={"../../elsewhere": {"size": 640, "sha256": HASH}}),
        in_segment(files=None),
        in_segment(generation=2),
        in_segment(generation="../x"),
        in_segment(index="flat"),
        in_segment(index=["ivf"]),
        in_segment(runs=None),
        in_segment(runs=[]),
        in_segment(runs=[["first", 5]]),
        in_segment(runs=[["first", 2], ["second", 2]]),
        in_segment(runs=[["first", 2], ["second", 10**30]]),
        in_segment(runs=[["first", 2], ["second", True], ["second", 2]]),
        in_segment(runs=[["first", 2], ["../second", 3]]),
        in_segment(runs=[["first", 2], ["third", 3]]),
        in_file("vectors.f32", size=10**18),
        in_file("pairs.jsonl", size=10**18),
        in_file("pairs.jsonl", sha256=HASH),
        in_file("rows.bin", size=48),
        in_file("rows.bin", sha256=HASH),
        in_file("extra", size=1, sha256=HASH),
        in_file("index.../x.u8", size=1, sha256=HASH),
        in_file("index.codes.u8", size=1, sha256=HASH),
        put(live={"size": 2, "sha256": HASH}),
        put(live={"size": 1, "sha256": HASH}),
    ],
)
def test_a_manifest_that_cannot_be_true(
    built: Path, embedder: HashedEmbedder, reseal: Reseal, change: Callable[[dict[str, Any]], object]
) -> None:
    reseal(built, change)
    refusal(built, embedder)


@pytest.mark.parametrize("version", [1, 3, "4", None])
def test_another_format(built: Path, embedder: HashedEmbedder, reseal: Reseal, version: object) -> None:
    reseal(built, put(format=version))
    assert f"its format is {version}, and this version of Planfirst reads format 4" in refusal(built, embedder)


def test_a_store_of_a_newer_version(built: Path, embedder: HashedEmbedder, reseal: Reseal) -> None:
    reseal(built, put(format=5))
    assert "a newer version of Planfirst made it (format 5; this one reads format 4)" in refusal(built, embedder)
    with pytest.raises(StoreRefused, match="Update Planfirst"):
        read.status(built)


def test_the_corpora_of_an_older_format_are_known(built: Path, reseal: Reseal) -> None:
    origin = {"kind": "table", "place": "somewhere"}
    reseal(built, put(format=3, segments=None, corpora={"mine": {"count": 5, "sha256": HASH, "origin": origin}}))
    assert read.corpora_in(built)["mine"].origin == origin


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_current(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "CURRENT").write_bytes(data)
        with pytest.raises(StoreRefused):
            read.status(Path(name))
