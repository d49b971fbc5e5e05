from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

import pytest

from planfirst.adapters.scripted import CUT_HERE, ScriptedRetriever, ScriptedWriter
from planfirst.core.errors import BadRequest, EndpointDown, ModelMissing, PlanfirstError, StoreMissing, WorkerError
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.profile import INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.retrieve import worth
from planfirst.core.types import OWN, Event, Example, Goal, Notice, Outcome, Pair, Plan, Stage, Task, Text
from planfirst.words import Message

PAIR = Pair("p", "read a csv file", "import csv", "cookbook", "Apache-2.0", "csv.toml#read")
TASK = Task("load the stock list")
STEPS = "1. open\n2. read\n"


def pipeline(planner: ScriptedWriter, generator: ScriptedWriter, retriever: ScriptedRetriever) -> Pipeline:
    return Pipeline(retriever, planner, generator, PromptBook(), Limits(min_score=0.5))


async def run(it: Pipeline, goal: Goal, task: Task = TASK) -> tuple[list[Event], Outcome]:
    events = [event async for event in it.run(task, goal)]
    assert isinstance(events[-1], Outcome)
    return events[:-1], events[-1]


async def test_the_verbs_come_in_order_and_stream() -> None:
    planner, generator = ScriptedWriter(STEPS), ScriptedWriter("```python\nx = 1\n```")
    events, outcome = await run(pipeline(planner, generator, ScriptedRetriever(Example(PAIR, 0.8))), "generate")
    stages = [(event.name, event.seconds is None) for event in events if isinstance(event, Stage)]
    assert stages == [(n, b) for n in ("retrieve", "plan", "prompt", "generate") for b in (True, False)]
    assert "".join(event.text for event in events if isinstance(event, Text) and event.stage == "plan") == STEPS
    assert outcome.plan == Plan(("open", "read"))
    assert outcome.example == Example(PAIR, 0.8)
    assert outcome.generation is not None
    assert outcome.generation.code == "x = 1"
    assert set(outcome.seconds) == {"retrieve", "plan", "prompt", "generate"}
    assert planner.decodings[0].grammar
    assert not generator.decodings[0].grammar
    assert outcome.prompt == generator.prompts[0]


async def test_the_stop_texts_of_its_profile_end_the_code_and_not_the_plan() -> None:
    planner = ScriptedWriter(STEPS, "x", profile=replace(INSTRUCT, stops=("<end>",), plan="first", begun=False))
    generator = ScriptedWriter("```python\nx = 1\n```", profile=planner.profile)
    await run(pipeline(planner, generator, ScriptedRetriever()), "generate")
    assert (planner.decodings[0].stops, generator.decodings[0].stops) == ((), ("<end>",))


async def test_the_planner_sees_the_examples_own_plan_and_the_generator_does_not() -> None:
    planner, generator = ScriptedWriter("1. other\n", "1. other\n"), ScriptedWriter("x = 1")
    pair = replace(PAIR, steps="open it\n\nread it")
    await run(pipeline(planner, generator, ScriptedRetriever(Example(pair, 0.8))), "generate")
    assert "1. open it\n2. read it" in planner.prompts[0].user
    assert "open it" not in generator.prompts[0].user
    far = ScriptedRetriever(Example(pair, 0.1))
    await run(pipeline(planner, generator, far), "plan")
    assert "open it" not in planner.prompts[1].user


KNOWN = replace(PAIR, steps="open it\n\nread it")
PLANS_FIRST = replace(INSTRUCT, plan="first", stub_score=-1.0)


@pytest.mark.parametrize(("short_of", "shown"), [(0.0, True), (0.01, False)])
async def test_the_planner_sees_an_examples_own_plan_from_the_worth_that_its_profile_asks_for(
    short_of: float, shown: bool
) -> None:
    near = Example(KNOWN, 0.8)
    planner = ScriptedWriter("1. other\n", profile=replace(PLANS_FIRST, own_plan_score=worth(near) + short_of))
    _, outcome = await run(pipeline(planner, ScriptedWriter("x = 1"), ScriptedRetriever(near)), "generate")
    assert ("The code above follows these steps:\n1. open it\n2. read it" in planner.prompts[0].user) is shown
    assert KNOWN.code in planner.prompts[0].user
    assert (outcome.example, outcome.plan) == (near, Plan(("other",)))


@pytest.mark.parametrize("shown", [True, False])
async def test_an_examples_own_plan_that_was_not_shown_is_no_plan_for_the_request(shown: bool) -> None:
    profile = replace(PLANS_FIRST, own_plan_score=0.0 if shown else 1.5)
    planner, generator = ScriptedWriter("1. open it\n2. read it\n", profile=profile), ScriptedWriter("x = 1")
    _, outcome = await run(pipeline(planner, generator, ScriptedRetriever(Example(KNOWN, 0.8))), "generate")
    assert outcome.plan == (KNOWN.plan if shown else None)
    assert ("plan-without-steps" in [notice.code for notice in outcome.notices]) is not shown
    assert ("read it" in generator.prompts[0].user) is shown
    assert outcome.generation is not None
    assert outcome.generation.code == "x = 1"


async def test_a_plan_that_differs_from_the_examples_in_one_step_is_kept() -> None:
    planner = ScriptedWriter("1. open it\n2. read all of it\n", profile=replace(PLANS_FIRST, own_plan_score=1.5))
    _, outcome = await run(pipeline(planner, planner, ScriptedRetriever(Example(KNOWN, 0.8))), "plan")
    assert outcome.plan == Plan(("open it", "read all of it"))


async def test_below_the_gate_no_example_is_used_and_the_user_is_told() -> None:
    planner = ScriptedWriter(STEPS)
    events, outcome = await run(pipeline(planner, planner, ScriptedRetriever(Example(PAIR, 0.39))), "plan")
    assert outcome.example is None
    assert outcome.examples == (Example(PAIR, 0.39),)
    assert PAIR.code not in planner.prompts[0].user
    assert any(
        isinstance(event, Notice) and event.message == Message("example-not-close", best="0.39", needed="0.40")
        for event in events
    )


async def test_a_long_answer_leaves_the_example_its_room() -> None:
    writer = ScriptedWriter(STEPS, "x = 1", context=200)
    it = pipeline(writer, writer, ScriptedRetriever(Example(PAIR, 0.8)))
    await run(replace(it, limits=replace(it.limits, code_tokens=2048)), "generate")
    assert all(PAIR.code in prompt.user for prompt in writer.prompts)


@pytest.mark.parametrize(
    "error",
    [
        StoreMissing("plain", what="No.", next="Build it."),
        ModelMissing("plain", what="No.", next="Fetch it."),
        WorkerError("plain", what="It died.", next="Try again."),
    ],
)
async def test_without_a_store_the_work_goes_on(error: PlanfirstError) -> None:
    planner = ScriptedWriter(STEPS)
    _, outcome = await run(pipeline(planner, planner, ScriptedRetriever(error=error)), "plan")
    assert outcome.plan is not None
    assert outcome.notices[0] == Message("example-failed", error=error)


async def test_a_plan_of_the_users_is_used_as_it_is() -> None:
    generator = ScriptedWriter("x = 1")
    mine = Plan(("do it my way",))
    _, outcome = await run(
        pipeline(ScriptedWriter(), generator, ScriptedRetriever()), "generate", Task("load", plan=mine)
    )
    assert outcome.plan == mine
    assert outcome.planner == ""
    assert "do it my way" in generator.prompts[0].user


async def test_a_planner_without_steps_does_not_stop_the_code() -> None:
    _, outcome = await run(pipeline(ScriptedWriter("hm"), ScriptedWriter("x = 1"), ScriptedRetriever()), "generate")
    assert outcome.plan is None
    assert "plan-without-steps" in [notice.code for notice in outcome.notices]


async def test_a_generator_without_code_is_asked_once_more_without_the_plan_and_then_says_so() -> None:
    generator = ScriptedWriter("```\n```", "```\n```")
    _, outcome = await run(pipeline(ScriptedWriter(STEPS), generator, ScriptedRetriever()), "generate")
    assert "code-words-only" in [notice.code for notice in outcome.notices]
    assert ["Plan:" in prompt.user for prompt in generator.prompts] == [True, False]


async def test_a_generator_that_writes_code_without_the_plan_is_used() -> None:
    generator = ScriptedWriter("```\n```", "x = 1")
    _, outcome = await run(pipeline(ScriptedWriter(STEPS), generator, ScriptedRetriever()), "generate")
    assert outcome.generation is not None
    assert outcome.generation.code == "x = 1"
    assert "code-words-only" not in [notice.code for notice in outcome.notices]


@pytest.mark.parametrize("request_", ["", "   ", "\n\t"])
async def test_an_empty_comment_is_refused(request_: str) -> None:
    with pytest.raises(BadRequest, match="empty"):
        await run(pipeline(ScriptedWriter(), ScriptedWriter(), ScriptedRetriever()), "plan", Task(request_))


async def test_a_failing_generator_is_told() -> None:
    failing = ScriptedWriter(EndpointDown("plain", what="It is down.", next="Start it."))
    with pytest.raises(EndpointDown):
        await run(pipeline(ScriptedWriter(STEPS), failing, ScriptedRetriever()), "generate")


async def test_closing_the_run_stops_the_model() -> None:
    planner = ScriptedWriter(STEPS)
    async with aclosing(pipeline(planner, planner, ScriptedRetriever()).run(TASK, "plan")) as events:
        async for event in events:
            if isinstance(event, Text):
                break
    assert planner.stopped == 1


async def test_cancelling_the_task_stops_the_model() -> None:
    planner = ScriptedWriter("1. step\n" * 100_000)
    task = asyncio.create_task(run(pipeline(planner, planner, ScriptedRetriever()), "plan"))
    while not planner.prompts:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert planner.stopped == 1


async def test_a_request_that_the_embedding_model_cannot_read_is_told_and_gets_no_example() -> None:
    planner = ScriptedWriter(STEPS)
    asked = pipeline(planner, planner, ScriptedRetriever(Example(PAIR, 0.8)))
    events, outcome = await run(
        replace(asked, unread=lambda request: Message("request-unread", language="x", model="y", other="z")), "plan"
    )
    assert any(isinstance(event, Notice) and event.message.code == "request-unread" for event in events)
    assert outcome.examples == (Example(PAIR, 0.8),)  # to be looked at
    assert outcome.example is None  # what was found is hardly about the request


async def test_a_planner_that_fails_after_the_draft_costs_the_plan_and_not_the_code() -> None:
    planner = ScriptedWriter(EndpointDown("plain", what="It is down.", next="Start it."), profile="instruct")
    _, outcome = await run(pipeline(planner, ScriptedWriter("x = 1"), ScriptedRetriever()), "generate")
    assert outcome.generation is not None
    assert outcome.generation.code == "x = 1"
    assert outcome.plan is None
    assert "plan-failed" in [notice.code for notice in outcome.notices]


async def test_a_drafts_own_comments_are_steps_while_it_is_written_and_are_told_once() -> None:
    draft = "    # Sort them.\n    rows = sorted(rows)\n    # Take the last.\n    return rows[-1]\n\n    # The end\n"
    writer = ScriptedWriter(draft, profile=INSTRUCT)
    stub = 'def newest(rows):\n    """The newest one."""'
    events, outcome = await run(pipeline(writer, writer, ScriptedRetriever()), "plan", Task("The newest.", stub=stub))
    told = [event.text for event in events if isinstance(event, Text)]
    assert told == ["1. Sort them.\n", "2. Take the last.\n"]
    assert outcome.plan == Plan(("Sort them.", "Take the last."))
    stages = [event.name for event in events if isinstance(event, Stage) and event.seconds is not None]
    ended = next(n for n, event in enumerate(events) if isinstance(event, Stage) and event.name == "plan")
    assert "generate" in stages
    assert all(isinstance(event, Text) is False for event in events[ended:])  # all of it was said before


# A line of it comes with each turn of the loop, so a step is worded before it has ended.
SLOW_DRAFT = "    rows = sorted(rows)\n    for row in rows:\n" + "        row.go()\n" * 20 + "    return rows[-1]\n"


async def test_what_a_draft_does_not_say_is_worded_while_it_is_written() -> None:
    writer = ScriptedWriter(SLOW_DRAFT, " Sort them\n", " Go on\n", " Give the last\n", profile=INSTRUCT)
    stub = 'def newest(rows):\n    """The newest one."""'
    events, outcome = await run(pipeline(writer, writer, ScriptedRetriever()), "plan", Task("The newest.", stub=stub))
    first = next(n for n, event in enumerate(events) if isinstance(event, Text))
    assert events[first] == Text("plan", "1. Sort them\n")
    assert Stage("plan") in events[first:], "it came before the draft was complete"
    assert outcome.plan is not None
    assert outcome.plan.steps[0] == "Sort them"
    assert sum("sorted(rows)  #" in prompt.begun[-16:] for prompt in writer.prompts) == 1, "it was asked for once"
    assert all(decoding.aside for decoding in writer.decodings[1:])


async def test_another_planner_waits_for_the_draft() -> None:
    draft = "    rows = sorted(rows)\n    x = 1\n    return rows[-1]\n"
    writer, planner = (ScriptedWriter(*said, profile=INSTRUCT) for said in ((draft,), (" Sort\n", " Set\n", " Give\n")))
    stub = 'def newest(rows):\n    """The newest one."""'
    events, _ = await run(pipeline(planner, writer, ScriptedRetriever()), "plan", Task("The newest.", stub=stub))
    first = next(n for n, event in enumerate(events) if isinstance(event, Text))
    assert Stage("plan") in events[:first]


async def test_who_leaves_while_a_step_is_worded_stops_the_model() -> None:
    writer = ScriptedWriter(SLOW_DRAFT, " Sort\n" * 99, profile=INSTRUCT)
    stub = 'def newest(rows):\n    """The newest one."""'
    running = asyncio.create_task(run(pipeline(writer, writer, ScriptedRetriever()), "plan", Task("q", stub=stub)))
    while len(writer.prompts) < 2:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0)
    assert writer.stopped == 2


async def test_a_model_that_only_writes_the_file_again_is_asked_without_it() -> None:
    again = "import re\n\ndef parse(v):\n    return v\n\nclass Version:\n    pass\n"
    writer = ScriptedWriter(again, "def newest(all):\n    return max(all)\n```", profile=replace(INSTRUCT, plan="none"))
    task = Task("the newest one", imports=("import re",), neighbours=("def parse(v)", "class Version"))
    _, outcome = await run(pipeline(writer, writer, ScriptedRetriever()), "generate", task)
    assert outcome.generation is not None
    assert outcome.generation.code == "def newest(all):\n    return max(all)"
    first, second = writer.prompts
    assert "class Version" in first.user
    assert "class Version" not in second.user


async def test_in_a_file_an_answer_goes_on_behind_the_comment_which_is_not_written_again() -> None:
    writer = ScriptedWriter("def newest(all):\n    return max(all)\n```", profile=replace(INSTRUCT, plan="none"))
    task = Task("the newest one", imports=("import re",), comment="# the newest one")
    _, outcome = await run(pipeline(writer, writer, ScriptedRetriever()), "generate", task)
    assert outcome.generation is not None
    assert outcome.generation.code == "def newest(all):\n    return max(all)"
    (prompt,) = writer.prompts
    assert prompt.begun == "```python\n# the newest one\n"
    assert "Complete this Python code:" in prompt.user
    assert prompt.user.count("the newest one") == 1


async def test_a_body_that_follows_a_plan_begins_with_its_first_step() -> None:
    stub = 'def newest(rows):\n    """The newest one."""'
    generator = ScriptedWriter("    rows = sorted(rows)\n    # the last\n    return rows[-1]\n", profile=INSTRUCT)
    it = pipeline(ScriptedWriter(), generator, ScriptedRetriever())
    _, outcome = await run(it, "generate", Task("The newest one.", stub=stub, plan=Plan(("sort", "take the last"))))
    assert generator.prompts[0].begun == f"```python\n{stub}\n    # sort\n"
    assert outcome.generation is not None
    assert outcome.generation.code == f"{stub}\n    rows = sorted(rows)\n    # the last\n    return rows[-1]"


async def test_what_is_read_ahead_is_the_first_prompt_of_the_request() -> None:
    near = Example(PAIR, 0.95)
    planner, generator = ScriptedWriter("", STEPS), ScriptedWriter("x = 1")
    it = pipeline(planner, generator, ScriptedRetriever(near))
    await it.read_ahead(TASK)
    await run(it, "generate")
    assert planner.prompts[0] == planner.prompts[1]
    assert planner.decodings[0].max_tokens == 0
    assert len(generator.prompts) == 1


async def test_where_the_code_comes_first_its_prompt_is_read_ahead() -> None:
    writer = ScriptedWriter("", "```python\nx = 1\n```", profile=INSTRUCT)
    it = pipeline(writer, writer, ScriptedRetriever(Example(PAIR, 0.95)))
    await it.read_ahead(TASK)
    await run(it, "plan")
    assert writer.prompts[0] == writer.prompts[1]
    assert writer.decodings[0].max_tokens == 0


async def test_behind_a_draft_nothing_is_read_ahead() -> None:
    writer = ScriptedWriter(profile=INSTRUCT)
    await pipeline(writer, writer, ScriptedRetriever()).read_ahead(
        replace(TASK, plan=Plan(("open it",), draft="x = 1", parts=("x = 1",)))
    )
    assert not writer.prompts


async def test_the_prompt_behind_a_draft_has_its_example_and_its_code_needs_none() -> None:
    writer = ScriptedWriter(profile=INSTRUCT)
    it = pipeline(writer, writer, ScriptedRetriever(Example(PAIR, 0.95)))
    task = replace(TASK, plan=Plan(("open it",), draft="x = 1", parts=("x = 1",)))
    _, shown = await run(it, "prompt", task)
    assert shown.prompt is not None
    assert "import csv" in shown.prompt.text
    assert "open it" in shown.prompt.text
    _, made = await run(it, "generate", task)
    assert made.examples == ()
    assert made.generation is not None
    assert made.generation.code == "x = 1"


async def test_models_are_loaded_while_it_is_searched() -> None:
    counted = asyncio.Event()

    class Waiting(ScriptedRetriever):
        async def search(self, query: str, count: int) -> list[Example]:
            async with asyncio.timeout(5):
                await counted.wait()
            return await super().search(query, count)

    class Loading(ScriptedWriter):
        async def count(self, texts: Sequence[str]) -> list[int]:
            counted.set()
            return await super().count(texts)

    writer = Loading("```python\nx = 1\n```", profile=INSTRUCT)
    _, outcome = await run(pipeline(writer, writer, Waiting(Example(PAIR, 0.95))), "generate")
    assert outcome.example


async def test_a_model_that_does_not_load_is_no_fault_of_the_search() -> None:
    class Failing(ScriptedWriter):
        async def count(self, texts: Sequence[str]) -> list[int]:
            raise ModelMissing("model-missing", path="x.gguf")

    writer = Failing(profile=INSTRUCT)
    events: list[Event] = []
    with pytest.raises(ModelMissing):
        async for event in pipeline(writer, writer, ScriptedRetriever(Example(PAIR, 0.95))).run(TASK, "generate"):
            events.append(event)
    assert Stage("retrieve", None) in events
    assert not any(isinstance(event, Notice) for event in events)


@pytest.mark.parametrize(
    ("answer", "is_cut"),
    [
        (f"```python\ndef f():\n    return 1{CUT_HERE}", True),
        (f"```python\ndef f():\n    return 1\n```\nIt returns{CUT_HERE}", False),  # only the words after it
        (f"```python\ndef f():\n    return 1\n```{CUT_HERE}", False),
        ("```python\ndef f():\n    return 1", False),
    ],
)
async def test_code_that_the_token_limit_ended_is_known(answer: str, is_cut: bool) -> None:
    _, outcome = await run(pipeline(ScriptedWriter(STEPS), ScriptedWriter(answer), ScriptedRetriever()), "generate")
    assert outcome.generation is not None
    assert (outcome.generation.code, outcome.generation.is_cut) == ("def f():\n    return 1", is_cut)
    assert (Message("code-cut-off") in outcome.notices) is is_cut


COPY = "def newest(folder: Path) -> Path:\n  files = folder.iterdir()\n\n  return max(files)"
EXAMPLE = f"from pathlib import Path\n\n\n{COPY}"


@pytest.mark.parametrize(
    ("code", "licence", "told"),
    [
        (COPY, "CC-BY-SA-4.0", Message("code-is-example", licence="CC-BY-SA-4.0")),
        (COPY, OWN, Message("code-is-own-example")),
        (COPY.replace("max", "min"), "CC-BY-SA-4.0", None),
        ("files = folder.iterdir()\nreturn max(files)", "CC-BY-SA-4.0", None),  # two rows may be the same by chance
    ],
)
async def test_an_example_that_came_back_as_it_is_is_told(code: str, licence: str, told: Message | None) -> None:
    pair = replace(PAIR, code=EXAMPLE, licence=licence)
    writer = ScriptedWriter(f"```python\n{code}\n```")
    _, outcome = await run(pipeline(ScriptedWriter(STEPS), writer, ScriptedRetriever(Example(pair, 0.8))), "generate")
    assert [one for one in outcome.notices if one.code.startswith("code-")] == ([told] if told else [])


async def test_a_begun_body_that_ended_before_the_limit_is_whole() -> None:
    task = Task("one", language="python", stub="def f():")
    generator = ScriptedWriter(f"    return 1\n\nprint(f()){CUT_HERE}", profile=INSTRUCT)
    _, outcome = await run(pipeline(ScriptedWriter(STEPS), generator, ScriptedRetriever()), "generate", task)
    assert outcome.generation is not None
    assert not outcome.generation.is_cut
