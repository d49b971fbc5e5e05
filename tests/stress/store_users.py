"""``python -m tests.stress.store_users writer|reader STORE FOLDER NUMBER``: one that changes a store or reads it.

Each writer has a corpus of its own, and all pairs of a version of it name the version and say how many they are; so
whoever reads a corpus can tell whether it is whole. A line of JSON goes out for each thing that was done.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from planfirst.adapters.stores import Store, store_at
from planfirst.core.errors import PlanfirstError, StoreBusy
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import Given

DIMENSION = 32
_REMOVED = 0.2  # of the changes


def version(corpus: str, number: int, count: int) -> list[Pair]:
    """The pairs of one version of a corpus."""
    code = f"{corpus} {number} {count}"
    return [Pair(f"{n}", f"question {n} of {code}", code, corpus, "MIT", f"{n}") for n in range(count)]


def not_whole(pairs: Iterable[Pair], *, every: bool = True) -> list[str]:
    """What is wrong with these pairs; without ``every``, some of a version may be left out."""
    found: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[pair.source].append(pair)
    wrong = []
    for corpus, those in found.items():
        versions = {pair.code for pair in those}
        count = int(those[0].code.split()[2])
        numbers = sorted(int(pair.id) for pair in those)
        if len(versions) > 1:
            wrong.append(f"{corpus} has {sorted(versions)} at once")
        elif every and numbers != list(range(count)):
            wrong.append(f"{corpus} has {len(those)} of {count} pairs of {those[0].code}")
    return wrong


def numbers(store: Store, folder: Path) -> dict[str, int]:
    """The version of each corpus in a store.

    Raises:
        AssertionError: one is not whole.
    """
    pairs = list(_exported(store, folder))
    wrong = not_whole(pairs)
    assert not wrong, wrong
    return {pair.source: int(pair.code.split()[1]) for pair in pairs}


def change(store: Store, corpus: str, number: int, count: int) -> None:
    """Puts a version in place of the one before; an empty one takes the corpus out."""
    if count:
        given = Given(version(corpus, number, count))
        store.update(lambda now: {**dict.fromkeys(now.corpora), corpus: given}, HashedEmbedder(DIMENSION))
    elif corpus in store.status().corpora:
        store.remove(corpus)


def _write(store: Store, number: int) -> None:
    """Changes its corpus again and again; others take turns with it."""
    chance = random.Random()
    serial = time.time_ns()  # beyond that of the process before
    while True:
        serial += 1
        count = 0 if chance.random() < _REMOVED else chance.randint(5, 60)
        _say(begun=serial, count=count)
        while True:
            try:
                change(store, f"c{number}", serial, count)
            except StoreBusy:
                time.sleep(chance.uniform(0.001, 0.05))  # a turn that can only be tried for
                continue
            break
        _say(done=serial, count=count)


def _read(store: Store, folder: Path) -> None:
    """Searches, and reads all of it, again and again."""
    chance = random.Random()
    opened = None
    while True:
        try:
            opened = opened or store.open(HashedEmbedder(DIMENSION))
            opened.refresh()
            hits = [hit.pair for hit in opened.search(f"question {chance.randrange(60)} of", 40)]
            pairs = list(_exported(store, folder))
        except PlanfirstError as error:
            opened = None
            _say(refused=error.code, said=str(error)[:300])
            continue
        seen = sorted({pair.code for pair in pairs})
        _say(read=len(pairs), seen=seen, wrong=[*not_whole(pairs), *not_whole(hits, every=False)])


def _exported(store: Store, folder: Path) -> Iterator[Pair]:
    target = folder / f"export-{os.getpid()}.jsonl"
    store.export(target, ())
    try:
        for line in target.read_text(encoding="utf-8").splitlines():
            yield Pair(**json.loads(line))
    finally:
        target.unlink()


def _say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    kind, place, folder, number = sys.argv[1:]
    store = store_at(place, Path(folder) / ("store" if "://" not in place else f"kept-{number}"))
    try:
        if kind == "writer":
            _write(store, int(number))
        else:
            _read(store, Path(folder))
    except PlanfirstError as error:
        _say(refused=error.code, said=str(error)[:300])
        sys.exit(1)


if __name__ == "__main__":
    main()
