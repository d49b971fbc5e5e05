"""A real PostgreSQL server with pgvector, from the binaries in the wheel ``pgserver``.

PostgreSQL refuses to run as root, so there it runs as ``nobody``, from a copy that nobody can reach and that tests may
spoil. It listens on this machine only.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

PASSWORD = "correct-horse-9"


def is_there() -> bool:
    return os.name == "posix" and importlib.util.find_spec("pgserver") is not None


class PostgresServer:
    """Started at once; ``stop`` and ``start`` as often as a test likes, ``close`` at the end."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("pgserver")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        found = Path(spec.submodule_search_locations[0])
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if os.name == "posix" else None))
        self.folder.chmod(0o755)
        shutil.copytree(found / "pginstall", self.folder / "pgserver" / "pginstall", symlinks=True)
        for name in ("pgserver.libs", ".dylibs"):
            if (found.parent / name).is_dir():
                shutil.copytree(found.parent / name, self.folder / name)
        self.install = self.folder / "pgserver" / "pginstall"
        self._user = self._unprivileged()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        data = self.folder / "data"
        data.mkdir()
        (self.folder / "pw").write_text(PASSWORD, encoding="ascii")
        if self._user:
            for path in (data, self.folder / "pw"):
                os.chown(path, *self._ids())
        self._run("initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256", "--pwfile", self.folder / "pw", "-N")
        self.start()

    def url(self, database: str = "postgres", user: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """As the superuser."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            done = connection.execute(sql)
            return done.fetchall() if done.description else []

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k '' -c fsync=off"
        self._run(
            "pg_ctl", "-D", self.folder / "data", "-o", options, "-l", self.folder / "data" / "log", "-w", "start"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        # Its output goes nowhere: the server inherits it, and a pipe would stay open for as long as it runs.
        subprocess.run(
            [str(self.install / "bin" / program), *map(str, arguments)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            **({"user": self._user, "group": self._ids()[1], "extra_groups": []} if self._user else {}),
        )

    @staticmethod
    def _unprivileged() -> str | None:
        return "nobody" if os.name == "posix" and os.geteuid() == 0 else None

    @staticmethod
    def _ids() -> tuple[int, int]:
        import pwd

        entry = pwd.getpwnam("nobody")
        return entry.pw_uid, entry.pw_gid
