"""What is sent to a server holds no secret, and you are told how many were taken out."""

from __future__ import annotations

from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.limits import Limits
from planfirst.core.pipeline import Pipeline
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.screened import Screened
from planfirst.core.types import Decoding, Outcome, Prompt, Task
from planfirst.words import Message


def _redact(text: str) -> tuple[str, int]:
    return text.replace("hunter2", "REDACTED"), text.count("hunter2")


async def test_the_prompt_is_shown_as_it_is_sent_and_you_are_told() -> None:
    writer = ScriptedWriter("    return KEY\n```\n", profile=INSTRUCT)
    pipeline = Pipeline(
        ScriptedRetriever(), ScriptedWriter(), Screened(writer, _redact), PromptBook(), Limits(min_score=0.5)
    )
    task = Task("the key", stub="def key():", excerpts=('KEY = "hunter2"',))
    outcome = None
    async for event in pipeline.run(task, "generate", frozenset({"plan"})):
        outcome = event if isinstance(event, Outcome) else outcome
    assert outcome is not None
    assert outcome.prompt is not None
    (sent,) = writer.prompts
    assert 'KEY = "REDACTED"' in sent.user
    assert sent.user == outcome.prompt.user
    assert "hunter2" not in repr(outcome.prompt)
    assert Message("prompt-secrets-out", count=1) in outcome.notices


async def test_a_prompt_that_nobody_screened_is_screened_when_it_is_sent() -> None:
    writer = ScriptedWriter("fine")
    told = Prompt("hunter2", "a", turns=(("hunter2", "no"),), begun="hunter2")
    async for _ in Screened(writer, _redact).stream(told, Decoding(4)):
        pass
    assert "hunter2" not in repr(writer.prompts)


async def test_a_prompt_without_secrets_stays_as_it_is() -> None:
    prompt = Prompt("", "add two numbers")
    assert await Screened(ScriptedWriter(), _redact).screened(prompt) is prompt
