"""The whole run, with models and a search that answer from a script."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.errors import BadRequest, ModelRefused, StoreMissing
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Example, Notice, Pair, Stage, Text
from planfirst.words import Words
from planfirst.workflows.workflow import Source, Workflow, WorkflowName

PAIR = Pair("p", "add up a column", "total = 0\n```", "cookbook", "Apache-2.0", "csv.toml#total")
ORDERS = Source("orders.csv", "customer,amount\nKim,1\nMeyer,2\n")
GUIDE = Source("guide.md", "# Boats\n\nThey float.\n\n# Locks\n\nThey lift boats.\n")


def workflow(name: WorkflowName, writer: ScriptedWriter, retriever: ScriptedRetriever | None = None) -> Workflow:
    pipeline = Pipeline(retriever or ScriptedRetriever(), writer, writer, PromptBook(), Limits(min_score=0.5))
    return Workflow(name, pipeline, 100)


async def written(it: Workflow, source: Source, request: str) -> tuple[str, list[str], list[str]]:
    """The text, the stages, and the codes of the notices."""
    events = [event async for event in it.run(source, request)]
    text = "".join(event.text for event in events if isinstance(event, Text))
    stages = [event.name for event in events if isinstance(event, Stage)]
    return text, stages, [event.message.code for event in events if isinstance(event, Notice)]


async def test_a_summary_reads_plans_and_writes() -> None:
    writer = ScriptedWriter("1. boats\n2. locks\n", "Boats float.\nLocks lift.", profile="instruct")
    text, stages, notices = await written(workflow("summarise", writer), GUIDE, "")
    assert stages == ["retrieve", "plan", "generate"]
    assert text == "Read: all of guide.md.\n\n1. boats\n2. locks\n\n\nBoats float.\nLocks lift."
    assert notices == []
    first, second = writer.prompts
    assert GUIDE.text.strip() in first.user
    assert "1. boats\n2. locks" in second.user
    assert writer.decodings[0].grammar
    assert writer.decodings[1].max_tokens == 100


async def test_of_a_long_document_what_matters_is_read_and_the_rest_is_named() -> None:
    parts = [f"# Part {n}\n\n" + "water " * 200 for n in range(9)] + ["# Fees\n\nA lock costs two euros."]
    writer = ScriptedWriter("1. fees\n", "Two euros.", profile="instruct", context=900)
    text, _, _ = await written(workflow("summarise", writer), Source("guide.md", "\n\n".join(parts)), "fees of a lock")
    assert text.startswith("Read: 2 of 10 passages of guide.md, lines ")
    assert "A lock costs two euros." in writer.prompts[0].user
    assert writer.prompts[0].user.count("# Part") == 1


@pytest.mark.parametrize(("request_", "source"), [("무엇이 뜨나요?", GUIDE), ("", Source("a.md", "배는 물에 뜬다."))])
async def test_the_language_is_that_of_the_question_else_of_the_document(request_: str, source: Source) -> None:
    writer = ScriptedWriter("1. 배\n", "배가 뜹니다.", profile="instruct")
    await written(workflow("summarise", writer), source, request_)
    assert "Korean" in writer.prompts[1].system


async def test_an_analysis_shows_the_columns_and_a_similar_program() -> None:
    writer = ScriptedWriter("1. add up amount\n", "print(3)\n```", profile="instruct")
    retriever = ScriptedRetriever(Example(PAIR, 0.8))
    text, _, _ = await written(workflow("analyse", writer, retriever), ORDERS, "Who spent the most?")
    assert "Similar question: add up a column — score 0.80, cookbook, Apache-2.0" in text
    assert text.endswith("1. add up amount\n\n\n```python\nprint(3)\n```")
    asked = writer.prompts[0].user
    assert "- amount: whole number, for example 1, 2" in asked
    assert f"````python\n{PAIR.code}\n````" in asked
    assert writer.prompts[1].begun == "```python\n"
    assert "customer amount" in retriever.queries[0]


@pytest.mark.parametrize(
    "retriever", [ScriptedRetriever(), ScriptedRetriever(error=StoreMissing("store-missing", place="x"))]
)
async def test_without_an_example_the_work_goes_on_and_says_so(retriever: ScriptedRetriever) -> None:
    writer = ScriptedWriter("1. add\n", "print(3)", profile="instruct")
    text, stages, _ = await written(workflow("analyse", writer, retriever), ORDERS, "total?")
    assert stages[-1] == "generate"
    assert "program" not in writer.prompts[0].user
    assert len(text.split("\n\n")[1]) > 20


async def test_an_answer_without_steps_is_no_plan_and_the_result_is_written_all_the_same() -> None:
    writer = ScriptedWriter("I cannot.", "Boats float.", profile="instruct")
    text, _, notices = await written(workflow("summarise", writer), GUIDE, "")
    assert notices == ["plan-without-steps"]
    assert text.endswith("Boats float.")


@pytest.mark.parametrize(
    ("name", "source", "request_", "code"),
    [
        ("analyse", ORDERS, "  ", "workflow-no-question"),
        ("analyse", GUIDE, "total?", "workflow-no-table"),
        ("summarise", Source("a.md", " "), "", "workflow-nothing-to-read"),
        ("summarise", GUIDE, "x" * 2001, "chat-message-long"),
    ],
)
async def test_what_cannot_be_worked_on(name: WorkflowName, source: Source, request_: str, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await written(workflow(name, ScriptedWriter(profile="instruct")), source, request_)
    assert caught.value.code == code


async def test_a_model_that_only_copies_is_refused() -> None:
    with pytest.raises(ModelRefused):
        await written(workflow("summarise", ScriptedWriter(profile="compact")), GUIDE, "")


async def test_leaving_it_stops_the_model() -> None:
    writer = ScriptedWriter("1. a\n2. b\n", profile="instruct")
    async with aclosing(workflow("summarise", writer).run(GUIDE, "")) as events:
        async for event in events:
            if isinstance(event, Text) and event.stage == "plan":
                break
    assert writer.stopped == 1


async def test_what_was_read_is_said_in_the_readers_language() -> None:
    writer = ScriptedWriter("1. a\n", "b", profile="instruct")
    it = Workflow("summarise", workflow("summarise", writer).pipeline, 10, Words("ko"))
    text, _, _ = await written(it, GUIDE, "")
    assert text.startswith("읽은 것: guide.md 전체.")
