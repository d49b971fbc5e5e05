"""``python -m tests.stress.opener KIND``: opens files as the product does, and says what came of each.

A line with a path comes in, and an object in JSON goes out: ``said`` is ``opened`` or ``refused``; anything else is a
fault. ``peak`` is the most memory that the process has had, in bytes. The parent holds it to a time.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from planfirst.core.errors import PlanfirstError

_ROOM = 3 << 30  # bytes of addresses beyond what the sound file took
QUERY = "read a file"


def gguf(path: Path) -> None:
    """Writes a few tokens with a model."""
    from planfirst.adapters.llama import LlamaModel
    from planfirst.core.types import Decoding, Prompt
    from planfirst.models import library

    spec = library.resolve(str(path / "model.gguf"), 512)
    model = LlamaModel(spec.path, spec.context, 1)
    try:
        for _ in model.stream(Prompt("Be brief.", QUERY), Decoding(4), lambda: False):
            pass
    finally:
        model.close()


def adapter(path: Path) -> None:
    """Writes a few tokens as a planner."""
    from planfirst.adapters.llama import LlamaModel
    from planfirst.core.types import Decoding, Prompt

    model = LlamaModel(path / "base.gguf", 512, 1)
    try:
        for _ in model.stream(Prompt("", QUERY), Decoding(4), lambda: False, path / "planner.gguf"):
            pass
    finally:
        model.close()


def profile(path: Path) -> None:
    """How a model is asked."""
    from planfirst.models import profiles

    profiles.read(path / "model.profile.toml")


def manifest(path: Path) -> None:
    """The models that are known by name."""
    from planfirst.models import entries

    entries.shipped_folder = lambda: path  # type: ignore[assignment]
    entries.manifest.cache_clear()
    for entry in entries.manifest():
        entries.entry_named(entry.name)


def store(path: Path) -> None:
    """Searches a store, checks it, adds to it and takes a corpus out."""
    from planfirst.adapters.faiss_store import FaissStore
    from planfirst.core.types import Pair
    from planfirst.embedders.hashed import HashedEmbedder
    from planfirst.store import build, read, verify

    folder, embedder = path / "store", HashedEmbedder(32)
    FaissStore.open(folder, embedder).search(QUERY, 5)
    read.load(folder, embedder.identity)
    verify.verify(folder, embedder, 5)
    more = build.Given([Pair("x", QUERY, "pass", "x", "MIT", "x")])
    build.update(folder, lambda present: {**dict.fromkeys(present.corpora), "more": more}, embedder)
    build.remove(folder, "more")


def parquet(path: Path) -> None:
    """The pairs of a table."""
    from planfirst.corpora.columns import Options
    from planfirst.corpora.report import Report
    from planfirst.corpora.tables import pairs_in

    for file in path.glob("table.*"):
        for _ in pairs_in(file, "table", Options(), Report()):
            pass


def conversations(path: Path) -> None:
    """Lists, searches, reads, adds and deletes."""
    from planfirst.chat.conversations import Conversations
    from planfirst.chat.export import as_json, as_markdown
    from planfirst.chat.turns import Conversation, Turn

    kept = Conversations(path / "conversations.sqlite3")
    try:
        for one in [*kept.listed(), *kept.search("read file"), *kept.search("an*")]:
            conversation = kept.get(one.id)
            as_json(conversation), as_markdown(conversation)
        kept.messages()
        number = kept.add(Conversation("0c0c0c0c"), Turn("more"))
        kept.answer("0c0c0c0c", Turn("more", "less", "model", number))
        kept.remove_last("0c0c0c0c", number)
        kept.delete("0a0a0a0a")
    finally:
        kept.close()


def plan(path: Path) -> None:
    """Reads a plan, ticks its steps, and undoes it; nothing beside the workspace may change."""
    from planfirst.plans import document, files
    from planfirst.plans.checkpoints import Checkpoints

    root = (path / "work").resolve()
    file = root / ".planfirst" / "plans" / "plan.md"
    try:
        found = document.parse(files.text_of(files.read(file), file), file.name)
        for step in found.steps:
            found = document.with_result(found, step, "done")
            document.parse(found.text, file.name)
            if step.file and step.request:
                files.inside(root, step.file)
    finally:
        try:
            Checkpoints(root, file).undo()
        finally:
            if (path / "outside.py").read_bytes() != b"outside\n":
                raise AssertionError("a file outside of the workspace was changed")


def records(path: Path) -> None:
    """The small files of a data folder."""
    os.environ["PLANFIRST_HOME"] = str(path)
    from planfirst.adapters.checksums import recorded
    from planfirst.corpora.code.file_cache import FileCache
    from planfirst.lsp import read_permission
    from planfirst.models import choice, fitted
    from planfirst.store.partial import waiting

    model = path / "model.gguf"
    fitted.of_model(model)
    recorded(model)
    choice._measured()
    read_permission.answer(path / "work")
    read_permission.folder_of(path / "index")
    waiting(path / "store")
    FileCache(path / "files.jsonl", "code")


def embedding(path: Path) -> None:
    """Embeds a text."""
    os.environ["PLANFIRST_HOME"] = str(path)
    from planfirst.embedders.open import open_embedder

    open_embedder(str(path / "bert"), engine="llama.cpp", threads=1).embed([QUERY])


def wheel(path: Path) -> None:
    """Reads the one member that counts, and no byte more."""
    from planfirst.adapters.wheel_member import WheelRefused, member_of

    try:
        read = sum(len(piece) for piece in member_of(path / "part.whl", "part/data/part.bin", 100_000))
    except WheelRefused as error:
        raise PlanfirstError("wheel", reason=error) from error
    assert read == 100_000, read


KINDS: dict[str, Callable[[Path], None]] = {
    "gguf": gguf,
    "adapter": adapter,
    "profile": profile,
    "manifest": manifest,
    "store": store,
    "index": store,
    "parquet": parquet,
    "table": parquet,
    "conversations": conversations,
    "plan": plan,
    "records": records,
    "embedding": embedding,
    "wheel": wheel,
}


def main() -> None:
    """Opens what it is told to, until its input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries write where they like
    open_file = KINDS[sys.argv[1]]
    for number, line in enumerate(sys.stdin):
        said, detail = "opened", ""
        try:
            open_file(Path(line.rstrip("\n")))
        except PlanfirstError as error:
            said, detail = "refused", error.code
        except BaseException as error:  # whatever it is, it is the answer
            frame = traceback.extract_tb(error.__traceback__)[-1]
            said, detail = type(error).__name__, f"{str(error)[:200]} ({Path(frame.filename).name}:{frame.lineno})"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answers.write(json.dumps({"said": said, "detail": detail, "peak": peak}) + "\n")
        answers.flush()
        if number == 0:  # the sound one, which has loaded all libraries
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            most = pages * resource.getpagesize() + _ROOM
            resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
