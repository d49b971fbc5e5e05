"""What a run of any evaluation needs before its first answer: examples, limits, prompts, a model and their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from planfirst.build import budget_of
from planfirst.core.errors import BadSetting
from planfirst.core.pipeline import Limits
from planfirst.core.profile import Profile
from planfirst.core.prompt import NOTHING, PromptBook
from planfirst.settings import Settings
from planfirst.store import read
from planfirst.workers.proxies import RetrieverWorker
from planfirst_lab.evaluation import retrieval
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.retrieval import Hits

Search = Callable[[RetrieverWorker, Settings, Sequence[Item]], Awaitable[dict[str, Hits]]]


async def in_store(retriever: RetrieverWorker, settings: Settings, items: Sequence[Item]) -> dict[str, Hits]:
    """The examples that a store has for items, by their ids."""
    return {item.id: await retrieval.find(retriever, item, settings.retriever.examples) for item in items}


async def search(
    folder: Path, settings: Settings, items: Sequence[Item], by: Search = in_store
) -> tuple[dict[str, Hits], Figures]:
    """The examples of all items, and what the store is.

    Args:
        by: what asks the retriever.
    """
    state = read.status(folder)  # a store that is not there is told before a model is loaded
    loaded = read.load(folder, state.embedding)
    retrieval.require(items, loaded.pairs)
    # A process of its own, as in the product: FAISS, torch and llama.cpp each bring an OpenMP run-time.
    retriever = RetrieverWorker(folder, settings.retriever.model, engine=settings.retriever.engine)
    try:
        found = await by(retriever, settings, items)
    finally:
        await retriever.worker.close()
    return found, {
        "generation": state.generation,
        "manifest": loaded.pointer.sha256,
        "count": state.count,
        "corpora": {name: entry.count for name, entry in state.corpora.items()},
        "embedding": state.embedding,
    }


def limits_of(settings: Settings, profile: Profile) -> Limits:
    """The product's limits for a model of a profile; what an answer may take is set by `Spending`."""
    prompt = settings.prompt
    return Limits(
        min_score=settings.retriever.gate(profile),
        stub_score=-1.0 if settings.retriever.min_score else profile.stub_score,
        examples=settings.retriever.examples,
        rules=prompt.has_rules,
        budget=budget_of(prompt),
    )


def book_of(settings: Settings) -> PromptBook:
    """The prompt templates that the settings choose.

    Raises:
        BadSetting: the folder is not there.
    """
    folder = Path(settings.prompt.templates).expanduser() if settings.prompt.templates else None
    if folder is not None and not folder.is_dir():
        raise BadSetting(
            "plain",
            what=f"The folder of prompt templates {folder} does not exist.",
            next="Create it, or clear the setting prompt.templates.",
        )
    return PromptBook(folder)


def prompts_hash(book: PromptBook, profile: Profile) -> str:
    """Changes with every change of the profile, or of the prompts that a model which has it would be sent."""
    example = {"question": "q", "code": "c", "score": "0.50", "source": "s", "licence": "l"}
    texts = [
        book.render(
            profile.name,
            kind,
            {**NOTHING, "stub": stub, "context": context, "request": "r", "plan": plan, "example": shown},
        )
        for kind in ("plan", "code")
        for stub in ("", "s")
        for context in ("", "x")
        for plan in ("", "1. p")
        for shown in (None, example)
    ]
    return hashlib.sha256(json.dumps([repr(profile), *texts]).encode()).hexdigest()[:16]
