"""The sandbox of Docker and Podman: a container without network, from an image that is already there.

The engine keeps the sums (memory, tasks, scratch) with control groups; the rest is as with bubblewrap: the same first
process, the same limits of each process. Not counted are the processor time of several processes together, and files.
What it does not stop: what the engine does not (faults of the kernel or of the engine, side channels), use up to the
limits, and lies. Who may talk to Docker's engine is root on this machine; the program inside may not.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from planfirst.adapters.sandbox.files import laid_out
from planfirst.adapters.sandbox.process import run
from planfirst.adapters.sandbox.result import result
from planfirst.adapters.sandbox.watch import MOST_FILES
from planfirst.adapters.sandbox.wire import INSIDE, SCRATCH, Orders
from planfirst.core.errors import SandboxRefused
from planfirst.core.runs import LimitName, RunLimits, RunResult

IMAGE = f"docker.io/library/python:{sys.version_info.major}.{sys.version_info.minor}-slim"
_NOBODY = "65534:65534"
_KEPT = ("PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST")  # the client's, not ours


class Container:
    """Runs programs in containers.

    Args:
        engine: path of ``docker`` or ``podman``.
        image: with a ``python3`` in it; it is never fetched.
        packages: folders with packages that they may import, shown read-only.
    """

    def __init__(self, engine: str, image: str = IMAGE, packages: Sequence[Path] = ()) -> None:
        self.name = Path(engine).name
        self._engine, self._image = engine, image
        self._packages = {str(folder.resolve()): f"/packages/{n}" for n, folder in enumerate(packages)}

    def showing(self, packages: Sequence[Path]) -> Container:
        """The same with other packages; they must be built for the image's Python and system."""
        return Container(self._engine, self._image, packages)

    async def run(
        self,
        program: str,
        files: Mapping[str, bytes],
        limits: RunLimits,
        stdin: bytes = b"",
        shown: Sequence[str] = (),
    ) -> RunResult:
        """Runs one program; see the port.

        Raises:
            SandboxRefused: also where something is to be ``shown``: it is not built for the libraries of the image.
        """
        if shown:
            raise SandboxRefused("sandbox-python-only", name=self.name)
        laid = laid_out(program, files, limits.scratch)
        orders = Orders(laid, limits, count_tasks=False, packages=tuple(self._packages.values()))
        called = f"planfirst-{secrets.token_hex(8)}"
        environment = client_environment()
        ran = await run(
            self.command(limits, called),
            orders.text,
            stdin,
            limits,
            lambda client: _Engine(self._engine, called, environment),
            environment,
        )
        return result(ran, limits)

    def command(self, limits: RunLimits, called: str) -> list[str]:
        """The whole command line; ``called`` is the container's name, by which it is ended."""
        command = [self._engine, "run", "--rm", "--interactive", "--pull", "never", "--name", called]
        command += ["--network", "none", "--hostname", "sandbox", "--read-only", "--user", _NOBODY]
        command += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ipc", "private", "--shm-size", "1m"]
        command += ["--memory", str(limits.memory), "--memory-swap", str(limits.memory)]
        command += ["--pids-limit", str(limits.processes + 1), "--log-driver", "none", "--workdir", SCRATCH]
        scratch = f"rw,nosuid,nodev,mode=1777,size={limits.scratch},nr_inodes={MOST_FILES}"
        command += ["--tmpfs", f"{SCRATCH}:{scratch}"]
        for folder, inside in self._packages.items():
            command += ["--volume", f"{folder}:{inside}:ro"]
        inside = INSIDE.read_text(encoding="utf-8")
        return [*command, "--entrypoint", "python3", self._image, "-I", "-S", "-c", inside]


def client_environment() -> dict[str, str]:
    """What the engine's client needs to find its engine. Nothing of it reaches the container."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


class _Engine:
    """Ends one container. Its sums are the engine's to watch."""

    def __init__(self, engine: str, called: str, environment: Mapping[str, str]) -> None:
        self._command, self._environment = [engine, "rm", "--force", called], environment
        self._ending: subprocess.Popen[bytes] | None = None

    def over(self, limits: RunLimits) -> LimitName | None:
        return None

    def kill(self) -> None:
        """Asks once, and again when that failed, since the container may only just be about to exist."""
        if self._ending is None or self._ending.poll() is not None:
            self._ending = subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=dict(self._environment),
            )  # fmt: skip
