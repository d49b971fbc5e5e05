"""What every run of the pipeline works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planfirst.core.declaration import Declared
from planfirst.core.limits import Limits
from planfirst.core.ports import Retriever, Writer
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Prompt
from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Resources:
    """What every run works with."""

    retriever: Retriever
    planner: Writer
    generator: Writer
    book: PromptBook
    limits: Limits
    declared: Declared | None = None  # what the opened folders declare, by request, names and language
    unread: Callable[[str], Message | None] = lambda request: None  # why the search may not understand a request
    new_part: Callable[[str], str] = lambda code: code  # what of a code the file does not have, which a plan speaks of
    follower: Writer | None = None  # the generator as it was trained to follow changed plans

    def coder(self, prompt: Prompt) -> Writer:
        """Who writes the code that a prompt asks for."""
        return self.follower if prompt.is_change and self.follower else self.generator
