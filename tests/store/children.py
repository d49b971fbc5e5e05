"""What the store's tests run in processes of their own: ``python children.py WHAT FOLDER …``."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.ann import AnnIndexer
from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.errors import PlanfirstError
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import read
from planfirst.store.build import Given, build, remove, update


def numbered(word: str, count: int = 5) -> list[Pair]:
    """Small pairs that all hold ``word``."""
    return [
        Pair(f"{word}-{n}", f"{word} number {n}", f"{word} = {n}", "test", "MIT", f"t.py:{n}") for n in range(count)
    ]


class Waiting(HashedEmbedder):
    """Says that it embeds, then waits for a line."""

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        say("embedding")
        sys.stdin.readline()
        return super().embed(texts, progress=progress, stop=stop)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hold(folder: Path) -> None:
    """Builds, and stays in the middle of it until it is sent a line."""
    build(folder, {"held": numbered("held")}, Waiting())
    say("done")


def rebuild(folder: Path) -> None:
    """Builds again and again, each generation with another content."""
    for n in range(40):
        build(folder, {"again": numbered(f"round{n}", 50)}, HashedEmbedder())
    say("done")


def limited(folder: Path) -> None:
    """Builds where no file may grow beyond 20 kB, as on a full disk."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        build(folder, {"large": numbered("large", 500)}, HashedEmbedder())
    except PlanfirstError as error:
        say(f"{type(error).__name__}: {error}")


def killed(folder: Path) -> None:
    """Builds once for each step that touches the file system, killed at that step, and looks at what is left."""
    before = "start"
    build(folder, {"c": numbered(before)}, HashedEmbedder())
    for step in range(1, 500):
        after = f"step{step}"
        child = os.fork()
        if child == 0:
            _die_at(folder, step)
            build(folder, {"c": numbered(after)}, HashedEmbedder())
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found = read.load(folder, HashedEmbedder().identity).pairs
        assert found in (tuple(numbered(before)), tuple(numbered(after))), (step, found)
        if code == 0:
            leftovers = [path.name for path in folder.iterdir() if path.name.startswith("new-")]
            say(f"survived {step - 1} kills, left over {len(leftovers)}")
            return
        assert code == 9, (step, code)
        before = after if found == tuple(numbered(after)) else before


def changing(folder: Path) -> None:
    """Killed at 200 random moments."""
    _kill_at_random(folder, 200)


def changing_briefly(folder: Path) -> None:
    """Killed at 40 random moments."""
    _kill_at_random(folder, 40)


class _Indexer(AnnIndexer):
    """Indexes segments of a size that is reached here."""

    def kind(self, rows: int) -> str:
        return "ivf" if rows >= 400 else ""


def _kill_at_random(folder: Path, times: int) -> None:
    """Adds, changes and removes corpora again and again in a process that is killed; looks at what is left."""
    import faiss  # before the processes are made, so that they need not load it each

    faiss.omp_set_num_threads(1)
    chance = random.Random(5)
    build(folder, {"base": numbered("base", 40)}, HashedEmbedder())
    interrupted = changed = indexed = 0
    for _ in range(times):
        before = read.status(folder).generation
        child = os.fork()
        if child == 0:
            _change_for_ever(folder)
        _let_run(child, chance.uniform(0.001, 0.15), chance.uniform(0, 0.01))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        interrupted += any(folder.glob("new-*"))
        changed += read.status(folder).generation > before
        indexed += "ivf" in read.status(folder).indexes
        _check(folder)
    build(folder, {"base": numbered("base", 40)}, HashedEmbedder())
    left = sorted(path.name for path in folder.iterdir() if path.name.startswith(("new-", "partial")))
    say(f"{times} kills, {interrupted} while writing, {changed} after a change, {indexed} indexed, left over {left}")


def _let_run(child: int, seconds: float, further: float) -> None:
    """Waits until a process has had so much of a processor, however busy the machine is, and then a little more."""
    used = Path(f"/proc/{child}/schedstat")
    if not used.exists():
        time.sleep(seconds)
        return
    while int(used.read_text(encoding="ascii").split()[0]) < seconds * 1e9:
        time.sleep(0.001)
    time.sleep(further)


def _change_for_ever(folder: Path) -> None:
    chance = random.Random()
    while True:
        name, word = f"c{chance.randrange(3)}", f"w{chance.randrange(10**6)}"
        if name in read.status(folder).corpora and chance.random() < 0.4:
            remove(folder, name)
        else:
            given = Given(numbered(word, 200), {"place": word})
            update(
                folder,
                lambda now, n=name, g=given: {**dict.fromkeys(now.corpora), n: g},
                HashedEmbedder(),
                indexer=_Indexer(),
            )


def _check(folder: Path) -> None:
    embedder = HashedEmbedder()
    loaded = read.rows(folder)
    assert loaded.pairs[:40] == tuple(numbered("base", 40))
    start = 0
    for name, entry in loaded.status.corpora.items():
        pairs = loaded.pairs[start : start + entry.count]
        assert pairs == tuple(numbered(entry.origin.get("place", "base"), 40 if name == "base" else 200)), name
        start += entry.count
    texts = [f"{pair.question}\n{pair.code}" for pair in loaded.pairs]
    np.testing.assert_allclose(loaded.vectors, embedder.embed(texts), atol=1e-6)
    wanted = random.choice(loaded.pairs)
    found = FaissStore.open(folder, embedder).search(f"{wanted.question}\n{wanted.code}", 20)
    assert wanted.code in [hit.pair.code for hit in found]


def _die_at(folder: Path, step: int) -> None:
    left = step

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if any(isinstance(arg, str | Path) and str(arg).startswith(str(folder)) for arg in args):
            left -= 1
            if left == 0:
                os._exit(9)

    sys.addaudithook(hook)


if __name__ == "__main__":
    programmes = {
        "hold": hold,
        "rebuild": rebuild,
        "limited": limited,
        "killed": killed,
        "changing": changing,
        "changing-briefly": changing_briefly,
    }
    programmes[sys.argv[1]](Path(sys.argv[2]))
