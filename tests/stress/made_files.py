"""Sound files of every kind that Planfirst reads, and how each is made hostile.

A maker fills a folder; a change takes the folder and spoils something in it. Whoever knows a format can make its
checksums right again, so most changes do.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow
from pyarrow import parquet

from planfirst.adapters.ann import AnnIndexer
from planfirst.chat.conversations import Conversations
from planfirst.chat.turns import Conversation, Turn
from planfirst.core.profile import INSTRUCT
from planfirst.core.types import Pair
from planfirst.corpora.code.file_cache import CachedFile, FileCache
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.folders import folder_index
from planfirst.models import choice, entries, fitted, profile_file
from planfirst.plans import document
from planfirst.plans.checkpoints import Checkpoints
from planfirst.store.build import build
from tests.random_llama import write_random_llama
from tests.random_lora import write_random_lora
from tests.stress.mutation import bent_json, mutate, mutated

Rng = random.Random
_PAIRS = [
    Pair(f"p{n}", f"read the file {n} {'다' * (n % 3)}", f"def f{n}():\n    return {n}", "test", "MIT", f"t.toml#{n}")
    for n in range(40)
]


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        make: fills a folder that is there and empty.
        spoil: changes something in it.
        share: how many of a hundred files are of this kind.
        is_native: whether native code reads it, so that the process may crash; else it may not.
    """

    make: Callable[[Path], None]
    spoil: Callable[[Rng, Path], None]
    share: int
    is_native: bool = False


def _one_of(*patterns: str) -> Callable[[Rng, Path], None]:
    """A change of one file."""

    def spoil(rng: Rng, folder: Path) -> None:
        found = sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())
        path = rng.choice(found)
        if rng.random() < 0.02:
            _replaced(rng, path)
        else:
            mutate(rng, path)

    return spoil


def _replaced(rng: Rng, path: Path) -> None:
    """Something else stands where a file should be; a pipe would be waited on for ever."""
    path.unlink()
    match rng.randrange(4):
        case 0:
            path.mkdir()
        case 1:
            os.mkfifo(path)
        case 2:
            path.symlink_to("/dev/zero")
        case _:
            path.touch()


def _gguf(folder: Path) -> None:
    write_random_llama(folder / "model.gguf", context=512)


def _adapter(folder: Path) -> None:
    write_random_llama(folder / "base.gguf", context=512)
    write_random_lora(folder / "planner.gguf", folder / "base.gguf")


def _profile(folder: Path) -> None:
    figures = [{"of": "plan", "right": 3, "by": {"none": 1.5}}]
    profile_file.write(folder / "model.profile.toml", INSTRUCT, "model", 100, figures)


def _manifest(folder: Path) -> None:
    shutil.copy(entries.shipped_folder() / "manifest.toml", folder)


def _store(folder: Path) -> None:
    build(folder / "store", {"first": _PAIRS[:10], "second": _PAIRS[10:]}, HashedEmbedder(32))


def _index(folder: Path) -> None:
    kind = "ivf" if hashlib.sha256(str(folder).encode()).digest()[0] % 2 else "hnsw"
    pairs = [Pair(f"{n}", f"file {n} {n % 7}", f"f({n})", "test", "MIT", f"#{n}") for n in range(1200)]
    build(folder / "store", {"many": pairs}, HashedEmbedder(32), indexer=AnnIndexer(kind))


def _spoil_store(rng: Rng, folder: Path) -> None:
    store = folder / "store"
    generation = store / "g-000001"
    path = rng.choice(sorted(path for path in store.rglob("*") if path.is_file() and path.name != "lock"))
    if rng.random() < 0.02:
        _replaced(rng, path)
        return
    mutate(rng, path)
    if rng.random() < 0.25 or path.name == "CURRENT":
        return
    record = generation / "manifest.json"
    if path.name != record.name:
        described = json.loads(record.read_bytes())
        for segment in described["segments"]:
            if path.name in segment["files"]:
                data = path.read_bytes()
                segment["files"][path.name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        record.write_text(json.dumps(described), encoding="utf-8")
    sealed = hashlib.sha256(record.read_bytes()).hexdigest()
    (store / "CURRENT").write_text(f"g-000001 {sealed}\n", encoding="ascii")


def _parquet(folder: Path) -> None:
    rows = [{"question": pair.question, "code": pair.code, "id": pair.id, "n": [1, 2]} for pair in _PAIRS * 20]
    parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "table.parquet", compression="snappy")


def _table(folder: Path) -> None:
    rows = [{"question": pair.question, "code": pair.code, "licence": "MIT"} for pair in _PAIRS]
    (folder / "table.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "table.json").write_text(json.dumps(rows), encoding="utf-8")
    lines = [f'"{row["question"]}","{row["code"]}"' for row in rows]
    (folder / "table.csv").write_text("\n".join(["question,code", *lines]), encoding="utf-8")


def _conversations(folder: Path) -> None:
    kept = Conversations(folder / "conversations.sqlite3")
    for name in ("0a0a0a0a", "0b0b0b0b"):
        for n in range(12):
            kept.add(Conversation(name, system="Be brief."), Turn(f"read file {n}", f"an answer {n} " * 30, "model"))
    kept.close()


def _plan(folder: Path) -> None:
    (folder / "outside.py").write_bytes(b"outside\n")
    root = folder / "work"
    (root / ".planfirst" / "plans").mkdir(parents=True)
    (root / "a.py").write_bytes(b"before\n")
    file = root / ".planfirst" / "plans" / "plan.md"
    steps = ["Read the file in `a.py`.", "Count its lines in pkg/b.py."]
    text = document.written("count lines", steps, "a.py", "model", "an example", "2026-01-01")
    file.write_text(text, encoding="utf-8")
    points = Checkpoints(root.resolve(), file)
    points.add(1, "a.py", b"before\n", b"after\n")
    (root / "a.py").write_bytes(b"after\n")
    points.add(2, "pkg/b.py", None, b"new\n")
    (root / "pkg").mkdir()
    (root / "pkg" / "b.py").write_bytes(b"new\n")


def _spoil_plan(rng: Rng, folder: Path) -> None:
    points = sorted((folder / "work").rglob("checkpoints/*/*.json"))
    if rng.random() < 0.3:
        path = rng.choice(points)
        data = json.loads(path.read_bytes())
        outside = ["../outside.py", "/etc/hosts", "a.py/../../outside.py", ".git/hooks/x", "\0", "link/outside.py", ""]
        data["file"] = rng.choice(outside)
        (folder / "work" / "link").symlink_to("..")
        path.write_text(json.dumps(data), encoding="utf-8")
    else:
        _one_of("work/.planfirst/plans/*", "work/.planfirst/plans/*", "work/.planfirst/checkpoints/*/*")(rng, folder)


def _records(folder: Path) -> None:
    os.environ["PLANFIRST_HOME"] = str(folder)
    model = folder / "model.gguf"
    model.write_bytes(b"GGUF")
    origin = fitted.File(4, model.stat().st_mtime_ns, "0" * 64)
    record = fitted.Fitted(origin, "Q4_0", None, fitted.Running(), ({"pace": 1.5},))
    fitted.write(model, record)
    (folder / "model.gguf.sha256").write_text(f"{'0' * 64}  model.gguf\n")
    paced = {"machine": choice._machine(), "pace": {"starter": {"tokensPerSecond": 12.5, "day": "2026-11-01"}}}
    (folder / "speeds.json").write_text(json.dumps(paced))
    index = folder_index(folder / "work")
    for place in (folder / "index", index):
        place.mkdir(parents=True)
        (place / "answer.json").write_text(json.dumps({"folder": "work", "read": True}))
    cache = FileCache(folder / "files.jsonl", "code")
    cache.put("a.py", CachedFile("0" * 64, tuple(_PAIRS[:3]), "", (1, 2, 3)))
    cache.close()
    (folder / "store").mkdir()
    (folder / "store" / "partial").write_bytes(
        json.dumps({"embedding": "x", "dimension": 8}).encode() + b"\n" + b"1" * 72
    )


_RECORDS = ("models/fitted/*.json", "*.sha256", "speeds.json", "index/*", "workspaces/*/*", "files.jsonl", "store/*")


def _embedding(folder: Path) -> None:
    from tests.small_bert import write_small_bert  # PyTorch takes long to import, and the other runs do not need it

    write_small_bert(folder / "bert")
    shutil.rmtree(folder / "bert-plain")


def _wheel(folder: Path) -> None:
    _write_wheel(folder / "part.whl", {})


def _write_wheel(path: Path, more: dict[str, bytes], times: int = 1, size: int = 100_000, mode: int = 0) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for _ in range(times):
            entry = zipfile.ZipInfo("part/data/part.bin")
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, b"\0" * size)
        for name, data in {"part/__init__.py": b"raise SystemExit", **more}.items():
            archive.writestr(name, data)


def _spoil_wheel(rng: Rng, folder: Path) -> None:
    path = folder / "part.whl"
    match rng.randrange(9):
        case 0:
            _write_wheel(path, {}, size=rng.choice([0, 99_999, 100_001, 200_000_000]))
        case 1:
            names = ["../x", "/etc/x", "a/../../x", "..\\x", "part/data/part.bin/x", "c:x", "\u202e", "a" * 60_000]
            _write_wheel(path, {rng.choice(names): b"x"})
        case 2:
            _write_wheel(path, {}, mode=rng.choice([stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO]) | 0o777)
        case 3:
            _write_wheel(path, {}, times=rng.randint(2, 5))
        case 4:
            _write_wheel(path, {f"part/{n}": b"" for n in range(rng.choice([100, 5000]))})
        case _:
            path.write_bytes(mutated(rng, path.read_bytes()))


def _spoil_manifest(rng: Rng, folder: Path) -> None:
    """Flips, and values of another type."""
    path = folder / "manifest.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    values = ["1", "true", '""', "[]", "{}", "nan", "[[1]]", "{ package = 1 }", '"{0}{x}"', "1979-05-27", '"../x"']
    if rng.random() < 0.6:
        for _ in range(rng.randint(1, 3)):
            n = rng.choice([n for n, line in enumerate(lines) if " = " in line])
            lines[n] = f"{lines[n].partition(' = ')[0]} = {rng.choice(values)}"
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        mutate(rng, path)


def _spoil_embedding(rng: Rng, folder: Path) -> None:
    path = rng.choice(sorted(path for path in (folder / "bert").rglob("*") if path.is_file() and path.suffix != ".md"))
    if path.suffix == ".json" and (spoiled := bent_json(rng, path.read_bytes())) is not None:
        path.write_bytes(spoiled)
    else:
        mutate(rng, path)


KINDS: dict[str, Kind] = {
    "gguf": Kind(_gguf, _one_of("model.gguf"), 14, is_native=True),
    "adapter": Kind(_adapter, _one_of("planner.gguf"), 10, is_native=True),
    "profile": Kind(_profile, _one_of("*.toml"), 8),
    "manifest": Kind(_manifest, _spoil_manifest, 6),
    "store": Kind(_store, _spoil_store, 14),
    "index": Kind(_index, _spoil_store, 10),
    "parquet": Kind(_parquet, _one_of("table.parquet"), 8, is_native=True),
    "table": Kind(_table, _one_of("table.*"), 4),
    "conversations": Kind(_conversations, _one_of("conversations.sqlite3"), 8),
    "plan": Kind(_plan, _spoil_plan, 6),
    "records": Kind(_records, _one_of(*_RECORDS), 4),
    "embedding": Kind(_embedding, _spoil_embedding, 2, is_native=True),
    "wheel": Kind(_wheel, _spoil_wheel, 6),
}
