"""What the pipeline needs from outside. Adapters implement these ports; their fakes stand beside them.

Why: docs/decisions/0001-async-ports.md
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from planfirst.core.profile import Profile
from planfirst.core.runs import RunLimits, RunResult
from planfirst.core.types import Decoding, Example, Prompt


class Retriever(Protocol):
    """Finds similar questions."""

    async def search(self, query: str, count: int) -> list[Example]:
        """The ``count`` nearest pairs, best first.

        Raises:
            StoreError: the store is missing, refused or busy.
        """
        ...


class Cut(str):
    """The type of `CUT`, a text like every other piece, so that who only joins pieces need not know it."""

    __slots__ = ()


CUT = Cut()  # the empty last piece of an answer that its token limit ended


class Writer(Protocol):
    """A language model that answers a prompt."""

    @property
    def name(self) -> str:
        """The model's name, as a person knows it."""
        ...

    @property
    def profile(self) -> Profile:
        """How it is asked."""
        ...

    @property
    def context(self) -> int:
        """How many tokens fit into its window, prompt and answer together."""
        ...

    def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        """The answer, piece by piece; the last piece is `CUT` where the token limit ended it.

        Closing or cancelling the iterator stops the model.

        Raises:
            ModelError, EndpointError, WorkerError: it cannot answer.
        """
        ...

    async def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in the model's tokens, or a careful estimate of it."""
        ...


class Sandbox(Protocol):
    """Runs a Python program that is not trusted, and what that starts."""

    async def run(
        self,
        program: str,
        files: Mapping[str, bytes],
        limits: RunLimits,
        stdin: bytes = b"",
        shown: Sequence[str] = (),
    ) -> RunResult:
        """Runs ``program`` among ``files`` (by relative path), in a folder of its own. Nothing that it started is left.

        ``shown`` are files and folders of this machine, such as a compiler's, that it sees read-only where they are.

        Raises:
            ValueError: a path leads out of the folder, or the files are larger than ``limits.scratch``.
            SandboxRefused: no sandbox can be set up.
        """
        ...
