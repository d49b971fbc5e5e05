"""A store under writers that take turns and readers, in a folder and in PostgreSQL, while they are killed at random.

A reader sees whole versions only. What a writer was told is written stays, and what it had begun when it was killed is
there whole or not at all. The database server is killed, too; while it is away, users are told so.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from planfirst.adapters.stores import Store, store_at
from planfirst.core.errors import PlanfirstError
from planfirst.embedders.hashed import HashedEmbedder
from tests.adapters.postgres_server import PostgresServer, is_there
from tests.stress.store_users import DIMENSION, change, numbers

_PATIENCE = 180.0  # seconds for a line of a child, on a machine that does much else
_SERVER_KILLS = 0.1  # of the kills, where there is a server
_AWAY = {"postgres-unreachable", "postgres-failed"}  # what users are told while it is

Sums = Counter[str]


async def run(
    count: int, seed: int, folder: Path, writers: int = 4, readers: int = 16, *, database: bool = True
) -> dict[str, Any]:
    """So many kills in each kind of store; says how often it was changed and read, and what was found."""
    sums = Sums(dict.fromkeys(("kills", "changes", "cut short", "reads", "versions", "server kills", "refused"), 0))
    found: list[str] = []
    for kind in ("folder", *(["database"] if database and is_there() else [])):
        here = folder / kind
        here.mkdir()
        server = PostgresServer() if kind == "database" else None
        place = server.url() if server else str(here / "store")
        users = _Users(place, here, server, random.Random(f"{seed} {kind}"), sums)
        try:
            found += [f"{seed} {kind}: {what}" for what in await users.use(count, writers, readers)]
        finally:
            users.end()
            if server:
                server.close()
            shutil.rmtree(here, ignore_errors=True)
    return {**sums, "found": found[:20]}


class _User:
    """A process that writes or reads, and those that take its place.

    Attributes:
        may_be: the versions that the store may have of a writer's corpus; 0 for none.
        lines: that were said by the process of now.
    """

    def __init__(self, kind: str, number: int) -> None:
        self.kind, self.number = kind, number
        self.may_be = {0}
        self.lines = 0
        self.process: asyncio.subprocess.Process | None = None
        self.reading: asyncio.Task[None] | None = None


class _Users:
    """All processes that use a store."""

    def __init__(self, place: str, folder: Path, server: PostgresServer | None, rng: random.Random, sums: Sums) -> None:
        self._place, self._folder, self._server, self._rng, self._sums = place, folder, server, rng, sums
        self._arrived = asyncio.Condition()
        self._versions: set[str] = set()
        self._found: list[str] = []
        self._away = False
        self._users: list[_User] = []

    async def use(self, count: int, writers: int, readers: int) -> list[str]:
        """Starts them, kills so many at random, and looks at what is left."""
        change(self._store(), "base", 1, 40)
        self._users = [_User("writer", n) for n in range(writers)] + [_User("reader", n) for n in range(readers)]
        for user in self._users:
            await self._start(user)
        await self._lines(self._users, 1)
        for _ in range(count):
            if self._server and self._rng.random() < _SERVER_KILLS:
                await self._kill_server()
            user = self._rng.choice(self._users[: writers if self._rng.random() < 0.7 else None])
            await self._lines([user], self._rng.randint(1, 6))
            await asyncio.sleep(self._rng.random() * 0.05)  # anywhere in what it does next
            await self._kill(user)
            await self._start(user)
            self._sums["kills"] += 1
        await self._lines(self._users[writers:], 1)
        for user in self._users:
            await self._kill(user)
        self._sums["versions"] += len(self._versions)
        return [*self._found, *self._left()]

    def end(self) -> None:
        for user in self._users:
            if user.process is not None and user.process.returncode is None:
                user.process.kill()

    def _store(self) -> Store:
        return store_at(self._place, self._folder / ("kept" if self._server else "store"))

    def _left(self) -> list[str]:
        """What is wrong with the store that they leave."""
        store, embedder = self._store(), HashedEmbedder(DIMENSION)
        try:
            there = numbers(store, self._folder)
            wrong = [
                f"c{user.number} is of {there.get(f'c{user.number}', 0)} and may be of {sorted(user.may_be)}"
                for user in self._users
                if user.kind == "writer" and there.get(f"c{user.number}", 0) not in user.may_be
            ]
            store.verify(embedder, 20)
            change(store, "base", 2, 50)
            again = numbers(store, self._folder)
        except (PlanfirstError, AssertionError) as error:
            return [f"afterwards: {error!r}"]
        return wrong if again == there | {"base": 2} else [*wrong, f"a change made {again} of {there}"]

    async def _start(self, user: _User) -> None:
        user.process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "tests.stress.store_users"],
            *[user.kind, self._place, str(self._folder), str(user.number)],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            limit=1 << 20,
        )
        user.lines = 0
        user.reading = asyncio.create_task(self._follow(user, user.process))

    async def _kill(self, user: _User) -> None:
        assert user.process is not None
        assert user.reading is not None
        if user.process.returncode is None:
            user.process.kill()
        await user.process.wait()
        await user.reading  # what it said before counts
        self._sums["cut short"] += len(user.may_be) > 1

    async def _kill_server(self) -> None:
        assert self._server is not None
        self._away = True
        await asyncio.to_thread(self._server.stop)
        await asyncio.to_thread(self._server.start)
        self._sums["server kills"] += 1
        for user in self._users:
            if user.kind == "writer":  # one that was cut short ends
                await self._kill(user)
                await self._start(user)
        await self._lines(self._users, 1)
        self._away = False

    async def _lines(self, users: list[_User], more: int) -> None:
        """Waits until each has said so much more."""
        wanted = [(user, user.lines + more) for user in users]
        async with asyncio.timeout(_PATIENCE), self._arrived:
            await self._arrived.wait_for(lambda: all(user.lines >= number for user, number in wanted))

    async def _follow(self, user: _User, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            if not line.endswith(b"\n"):
                return  # it was killed in the middle of saying it
            await self._take(user, json.loads(line))

    async def _take(self, user: _User, said: dict[str, Any]) -> None:
        if "refused" in said:
            self._sums["refused"] += 1
            if not (self._away and said["refused"] in _AWAY):
                self._found.append(f"a {user.kind} was refused: {said}")
        elif "begun" in said:
            user.may_be.add(said["begun"] if said["count"] else 0)
        elif "done" in said:
            user.may_be = {said["done"] if said["count"] else 0}
            self._sums["changes"] += 1
        else:
            self._sums["reads"] += 1
            self._versions.update(said["seen"])
            self._found += said["wrong"]
        async with self._arrived:
            user.lines += 1
            self._arrived.notify_all()
