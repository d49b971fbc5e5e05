"""What the store's tests run in processes of their own: ``python children.py WHAT FOLDER …``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.embeddings import HashedEmbedder
from planfirst.core.errors import PlanfirstError
from planfirst.core.types import Pair
from planfirst.store import read
from planfirst.store.build import build


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
    {"hold": hold, "rebuild": rebuild, "limited": limited, "killed": killed}[sys.argv[1]](Path(sys.argv[2]))
