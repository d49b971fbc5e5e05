"""Which attempts are made, in which order, and when they end; with writers and judges that answer from a script."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from planfirst.adapters.scripted import CUT_HERE, ScriptedRetriever, ScriptedWriter
from planfirst.core.errors import EndpointDown, PlanfirstError, StoreError
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.profile import INSTRUCT, Profile
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Example, Outcome, Pair, Plan, Stage, Task, Text
from planfirst.verify.attempt import Attempt, Budget, Checking, Trying, best
from planfirst.verify.attempts import attempts
from planfirst.verify.verdict import Verdict
from planfirst.words import Message

STEPS = "1. open\n2. read\n"
TASK = Task("load the stock list")
PASSED, FAILED = (
    Verdict("passed", "f(1) -> 1", "", 1, 1, True),
    Verdict("failed", "f(1) -> 1", "f(1) gave 2", 0, 1, True),
)


def example(name: str, score: float) -> Example:
    return Example(Pair(name, f"question {name}", f"code of {name}", "cookbook", "Apache-2.0", name), score)


EXAMPLES = [example("one", 0.9), example("one", 0.85), example("two", 0.8), example("three", 0.7), example("far", 0.1)]


ONE_BY_ONE = replace(INSTRUCT, begun=False, candidates=1)


def pipeline(*codes: str | PlanfirstError, profile: Profile | str = ONE_BY_ONE, plan: str = STEPS) -> Pipeline:
    generator = ScriptedWriter(*codes, profile=profile)
    return Pipeline(
        ScriptedRetriever(*EXAMPLES), ScriptedWriter(plan), generator, PromptBook(), Limits(min_score=0.5, examples=10)
    )


class Judge:
    """Says of each code what a script says; of one that is not in it, that it fails."""

    def __init__(self, **verdicts: Verdict) -> None:
        self.verdicts, self.seen = verdicts, list[str]()

    async def __call__(self, code: str) -> Verdict:
        self.seen.append(code)
        return self.verdicts.get(code, FAILED)


async def run(
    of: Pipeline, judge: Any, budget: Budget | None = None, task: Task = TASK, **more: Any
) -> tuple[list[Attempt], list[Any]]:
    events = [event async for event in attempts(of, task, judge, budget or Budget(), **more)]
    assert not any(isinstance(event, Outcome) for event in events)
    return [event for event in events if isinstance(event, Attempt)], events


def prompts(of: Pipeline) -> list[str]:
    assert isinstance(of.generator, ScriptedWriter)
    return [prompt.user for prompt in of.generator.prompts]


@pytest.mark.parametrize(("name", "how"), [("one", "how-without-example"), ("x", "how-whole-answer")])
async def test_what_fails_by_a_name_of_its_example_is_tried_without_it_next(name: str, how: str) -> None:
    lacking = Verdict("failed", "", (Message("code-no-member", owner="A", name=name),))
    made, _ = await run(pipeline("a", "b", profile=replace(INSTRUCT, candidates=1)), Judge(a=lacking, b=PASSED))
    assert [attempt.how and attempt.how.code for attempt in made] == [None, how]


async def test_a_first_code_that_passes_is_all_there_is() -> None:
    one = pipeline("a")
    made, events = await run(one, Judge(a=PASSED))
    assert [attempt.verdict for attempt in made] == [PASSED]
    assert made[0].outcome.plan == Plan(("open", "read"))
    assert made[0].outcome.example == EXAMPLES[0]
    assert one.generator.decodings[0].temperature == 0.0  # type: ignore[attr-defined]
    assert [event.name for event in events if isinstance(event, Stage) and event.seconds is None] == [
        *("retrieve", "plan", "prompt", "generate")
    ]
    assert made[0].tokens == 5  # 1. open 2. read, and a


async def test_what_is_not_checked_is_not_tried_again() -> None:
    made, _ = await run(pipeline("a"), Judge(a=Verdict("not checked", "f(1) -> 1")))
    assert len(made) == 1


async def test_what_cannot_be_checked_is_offered_when_nothing_better_comes() -> None:
    lacks = Verdict("not checked", "f(1) -> 1", "The module 'x' is not in the sandbox.", again=True)
    made, _ = await run(pipeline(*"abc"), Judge(a=lacks, b=FAILED, c=PASSED), Budget(attempts=2))
    assert best(made).verdict == lacks
    made, _ = await run(pipeline(*"abc"), Judge(a=lacks, b=FAILED, c=PASSED), Budget(attempts=3))
    assert best(made).verdict == PASSED


async def test_with_and_without_plan_and_example_then_another_then_at_random() -> None:
    one = pipeline(*"abcdefgh", profile="compact")
    made, _ = await run(one, Judge())
    assert [attempt.how.code if attempt.how else "" for attempt in made] == [
        *("", "how-another-example", "how-another-example", "how-another-example", "how-without-plan"),
        *("how-without-example", "how-bare", "how-drawn"),
    ]
    said = prompts(one)
    assert ["1. open" in text for text in said] == [True, False, False, False, False, True, False, True]
    names = ("one", "two", "three", "far")
    shown = [next((name for name in names if f"code of {name}" in text), "") for text in said]
    assert shown == ["one", "two", "three", "far", "one", "", "", "one"]
    decodings = one.generator.decodings  # type: ignore[attr-defined]
    assert [decoding.temperature > 0 for decoding in decodings] == [False] * 7 + [True]
    assert len(one.planner.prompts) == 1  # type: ignore[attr-defined]


async def test_the_first_that_passes_ends_it_and_is_the_best() -> None:
    one = pipeline("a", "b", "c")
    made, events = await run(one, Judge(b=PASSED))
    assert [attempt.number for attempt in made] == [1, 2]
    assert best(made) is made[1]
    assert made[1].outcome.plan is None
    assert made[1].outcome.planner == ""
    assert made[1].outcome.examples == made[0].outcome.examples
    assert set(made[1].outcome.seconds) == {"retrieve", "plan", "prompt", "generate"}
    assert [event.number for event in events if isinstance(event, Trying)] == [1, 2]
    assert [event.number for event in events if isinstance(event, Checking)] == [1, 2]


async def test_of_codes_that_fail_the_one_of_which_most_holds_is_the_best() -> None:
    half = replace(FAILED, held=1, of=2)
    made, _ = await run(pipeline(*"abcd", profile="compact"), Judge(b=half, c=half), Budget(attempts=4))
    assert best(made) is made[1]


async def test_the_failing_check_is_fed_back_twice_when_that_helps() -> None:
    one = pipeline(*"abcdefgh")
    better = [replace(FAILED, output=f"gave {n}", held=n, of=9) for n in range(9)]
    made, _ = await run(one, Judge(a=better[1], b=better[0], c=better[2], d=better[3]))
    assert [attempt.how.code if attempt.how else "" for attempt in made][:5] == [
        *("", "how-without-plan", "how-fed-back", "how-fed-back"),
        "how-without-example",
    ]
    fed = [text for text in prompts(one) if "A first version fails" in text]
    assert len(fed) == 2
    assert "gave 1" in fed[0]
    assert "The first version:\na\n" in fed[0]
    assert "gave 2" in fed[1]
    assert "The first version:\nc\n" in fed[1]


async def test_feeding_back_ends_when_it_does_not_get_better() -> None:
    one = pipeline(*"abcdefgh")
    made, _ = await run(one, Judge(a=replace(FAILED, held=1, of=2)))
    assert [attempt.how.code if attempt.how else "" for attempt in made].count("how-fed-back") == 1
    assert made[-1].outcome.task == TASK  # what was added to the request is not the user's


async def test_a_model_that_only_copies_is_not_asked_to_mend() -> None:
    one = pipeline(*"abcdefgh", profile="compact")
    await run(one, Judge())
    assert not any("A first version" in text for text in prompts(one))


async def test_the_users_own_plan_is_never_left_out() -> None:
    one = pipeline(*"abcdefgh")
    task = replace(TASK, plan=Plan(("do it my way",)))
    made, _ = await run(one, Judge(), task=task, keep_plan=True)
    assert all("do it my way" in text for text in prompts(one))
    assert all(attempt.outcome.plan == task.plan for attempt in made)


async def test_where_the_code_behind_the_users_plan_fails_the_model_is_asked_by_the_plan() -> None:
    one = pipeline(*"abcdefgh")
    task = replace(TASK, plan=Plan(("do it my way",), "x = 1", ("x = 1",)))
    made, _ = await run(one, Judge(), task=task, keep_plan=True)
    codes = [attempt.outcome.generation.code for attempt in made if attempt.outcome.generation]
    assert codes[0] == "x = 1"
    assert codes[1:3] == ["a", "b"]
    assert all("do it my way" in text for text in prompts(one))
    changed = replace(TASK, plan=Plan(("do it my way", "then this"), "x = 1\n", ("x = 1\n", "")))
    one = pipeline(*"abcdefgh", profile=replace(INSTRUCT, candidates=1))
    await run(one, Judge(), task=changed, keep_plan=True)
    assert isinstance(one.generator, ScriptedWriter)
    begun = {prompt.begun for prompt in one.generator.prompts if prompt.begun}
    assert begun == {"```python\n# do it my way\nx = 1\n# then this\n"}  # the lines that stayed, in every attempt


async def test_what_the_user_switched_off_stays_off() -> None:
    one = pipeline(*"abcdefgh")
    await run(one, Judge(), leave_out=frozenset({"example"}))
    assert not any("code of" in text for text in prompts(one))
    one = pipeline(*"abcdefgh")
    await run(one, Judge(), leave_out=frozenset({"plan"}))
    assert not any("1. open" in text for text in prompts(one))


async def test_another_model_gets_no_example_that_is_far_off() -> None:
    one = pipeline(*"abcdefghi")
    made, _ = await run(one, Judge(), Budget(attempts=9))
    assert not any("code of far" in text for text in prompts(one))
    assert [attempt.how.code if attempt.how else "" for attempt in made].count("how-another-example") == 2
    drawn = [decoding for decoding in one.generator.decodings if decoding.temperature > 0]  # type: ignore[attr-defined]
    assert len(drawn) == len({decoding.seed for decoding in drawn}) == 2


@pytest.mark.parametrize(
    ("budget", "made"), [(Budget(attempts=3), 3), (Budget(tokens=16), 1), (Budget(seconds=0.0), 1), (Budget(), 8)]
)
async def test_a_budget_is_kept(budget: Budget, made: int) -> None:
    assert len((await run(pipeline(*"abcdefgh"), Judge(), budget))[0]) == made


async def test_no_attempt_may_write_more_than_is_left() -> None:
    one = pipeline(" ".join(f"f({n})" for n in range(50)), "b", "c")
    await run(one, Judge(), Budget(tokens=100, attempts=2))
    assert [decoding.max_tokens for decoding in one.generator.decodings] == [512, 100 - 50 - 4]  # type: ignore[attr-defined]


async def test_an_attempt_is_given_up_when_the_time_is_over() -> None:
    class Slow(ScriptedWriter):
        async def stream(self, prompt: Any, decoding: Any) -> Any:
            if self.prompts:
                self.stopped += 1
                await asyncio.Event().wait()
            async for piece in super().stream(prompt, decoding):
                yield piece

    one = replace(pipeline("a"), generator=Slow("a"))
    made, _ = await run(one, Judge(), Budget(seconds=0.5))
    assert len(made) == 1


async def test_the_same_code_is_judged_once() -> None:
    judge = Judge()
    made, _ = await run(pipeline(*"aaaaaaaa"), judge)
    assert len(made) == 8
    assert judge.seen == ["a"]


async def test_a_model_that_fails_later_on_spoils_nothing() -> None:
    down = EndpointDown("plain", what="It is down.", next="Start it.")
    made, _ = await run(pipeline("a", down, down, down, profile="compact"), Judge(), Budget(attempts=4))
    assert [attempt.verdict for attempt in made] == [FAILED]
    with pytest.raises(EndpointDown):
        await run(pipeline(down), Judge())


async def test_a_code_under_another_name_is_judged_too() -> None:
    made, _ = await run(pipeline("a"), Judge(A=PASSED), fit=str.upper)
    generation = made[0].outcome.generation
    assert generation is not None
    assert (generation.code, generation.raw, made[0].verdict) == ("A", "a", PASSED)


class TwoSearches:
    """Finds something else for other words."""

    def __init__(self, *more: Example, fails: bool = False) -> None:
        self.more, self.fails, self.queries = list(more), fails, list[str]()

    async def search(self, query: str, count: int) -> list[Example]:
        self.queries.append(query)
        if query == TASK.request:
            return EXAMPLES
        if self.fails:
            raise StoreError("plain", what="It is gone.", next="Bring it back.")
        return self.more


async def test_other_examples_are_looked_for_with_other_words_too() -> None:
    new, better = example("new", 0.6), replace(EXAMPLES[2], score=0.95)
    retriever = TwoSearches(new, better)
    one = replace(pipeline(*"abcd", profile="compact"), retriever=retriever)
    made, _ = await run(one, Judge(d=PASSED), Budget(attempts=4), search="load")
    assert retriever.queries == ["load the stock list", "load"]
    assert [attempt.outcome.example for attempt in made] == [EXAMPLES[0], new, EXAMPLES[2], EXAMPLES[3]]
    assert made[1].outcome.examples == (new, *EXAMPLES)
    assert made[2].outcome.examples == tuple(EXAMPLES)


@pytest.mark.parametrize(
    ("judge", "more"),
    [
        (Judge(a=PASSED), {"search": "load"}),  # there is nothing to look for
        (Judge(), {"search": "load", "leave_out": frozenset({"example"})}),
        (Judge(), {}),
    ],
)
async def test_nothing_more_is_looked_for_when_it_is_not_wanted(judge: Judge, more: dict[str, Any]) -> None:
    retriever = TwoSearches()
    await run(replace(pipeline(*"abcdefgh"), retriever=retriever), judge, **more)
    assert "load" not in retriever.queries


async def test_a_second_search_that_fails_spoils_nothing() -> None:
    one = replace(pipeline("a", "b", profile="compact"), retriever=TwoSearches(fails=True))
    made, _ = await run(one, Judge(b=PASSED), Budget(attempts=2), search="load")
    assert made[1].outcome.example == EXAMPLES[2]


async def test_the_same_seed_gives_the_same_attempts() -> None:
    seeds = []
    for seed in (1, 1, 2):
        one = pipeline(*"abcdefgh")
        await run(one, Judge(), seed=seed)
        seeds.append([decoding.seed for decoding in one.generator.decodings])  # type: ignore[attr-defined]
    assert seeds[0] == seeds[1] != seeds[2]


async def test_closing_stops_the_model() -> None:
    one = pipeline("a\nb\nc", *("a\nb\nc",) * 8)
    async with aclosing(attempts(one, TASK, Judge(), Budget())) as events:
        async for event in events:
            if isinstance(event, Text) and event.stage == "generate":
                break
    assert one.generator.stopped == 1  # type: ignore[attr-defined]


async def test_cancelling_stops_the_check() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def judge(code: str) -> Verdict:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return PASSED

    task = asyncio.create_task(run(pipeline("a"), judge))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


SEVERAL = replace(ONE_BY_ONE, candidates=3)


async def test_several_are_written_at_once_and_the_first_that_holds_ends_all() -> None:
    one = pipeline("a", "b", "c", "d", "e", profile=SEVERAL)
    made, events = await run(one, Judge(c=PASSED))
    assert best(made).outcome.generation is not None
    assert best(made).outcome.generation.code == "c"
    assert len(prompts(one)) == 4  # the first, and one round of three
    assert [event.number for event in events if isinstance(event, Trying)] == [1, 2, 3, 4]


async def test_what_is_written_at_once_is_not_told_as_one_text() -> None:
    _, events = await run(pipeline("a", "b", "c", "d", profile=SEVERAL), Judge(), Budget(attempts=4))
    told = [event.text for event in events if isinstance(event, Text) and event.stage == "generate"]
    assert told == ["a"]


async def test_a_round_begins_with_the_failing_check_fed_back() -> None:
    made, _ = await run(pipeline("a", "b", "c", "d", profile=SEVERAL), Judge(), Budget(attempts=4))
    assert [attempt.mends for attempt in sorted(made, key=lambda attempt: attempt.number)] == [
        False,
        True,
        False,
        False,
    ]


async def test_a_model_whose_answers_are_begun_is_also_asked_for_a_whole_answer() -> None:
    one = pipeline(*"abcdefghijklmnop", profile=replace(SEVERAL, begun=True))
    made, _ = await run(one, Judge(), Budget(attempts=16))
    assert isinstance(one.generator, ScriptedWriter)
    begun = [bool(prompt.begun) for prompt in one.generator.prompts]
    assert begun[:3] == [True, True, False]  # as usual, with the failing check fed back, and a whole answer
    free = next(attempt for attempt in made if attempt.how == Message("how-whole-answer"))
    assert free.outcome.prompt is not None
    assert free.outcome.prompt.user == one.generator.prompts[0].user  # so its state is read once
    assert [decoding.temperature for decoding in one.generator.decodings][:3] == [0, 0, 0]
    drawn = [prompt.begun for prompt in one.generator.prompts[-4:]]
    assert any(drawn)
    assert not all(drawn)


async def test_a_round_keeps_to_the_number_of_attempts() -> None:
    one = pipeline(*"abcdefgh", profile=SEVERAL)
    made, _ = await run(one, Judge(), Budget(attempts=6))
    assert len(prompts(one)) == len(made) == 6


async def test_those_of_a_round_share_the_tokens_that_are_left() -> None:
    one = pipeline("a b c", *"bcde", profile=SEVERAL)
    made, _ = await run(one, Judge(), Budget(attempts=4, tokens=100))
    assert isinstance(one.generator, ScriptedWriter)
    round_ = [decoding.max_tokens for decoding in one.generator.decodings[1:]]
    left = 100 - made[0].tokens
    assert round_ == [left // 3] * 3
    few = pipeline("a = " + " + ".join("1" * 25), *"bcde", profile=SEVERAL)
    made, _ = await run(few, Judge(), Budget(attempts=4, tokens=170))
    assert isinstance(few.generator, ScriptedWriter)
    assert few.generator.decodings[1].max_tokens == (170 - made[0].tokens) // 2  # a third as long has no room


async def test_one_that_fails_does_not_end_its_round() -> None:
    one = pipeline("a", EndpointDown("plain", what="It is down.", next="Start it."), "c", "d", profile=SEVERAL)
    made, _ = await run(one, Judge(c=PASSED), Budget(attempts=4))
    assert best(made).verdict == PASSED


READ = Verdict("read", Message("check-syntax"), Message("check-without-example"))


async def test_code_that_the_token_limit_ended_is_not_taken_for_whole() -> None:
    made, _ = await run(pipeline(f"a{CUT_HERE}", "b"), Judge(a=READ, b=READ))
    assert [(one.verdict.status, one.verdict.placed) for one in made] == [("failed", True), ("read", True)]
    assert made[0].verdict.output == Message("code-cut-off")
    assert best(made) is made[1]
    assert "code-cut-off" not in [notice.code for one in made for notice in one.outcome.notices]


async def test_what_an_earlier_answer_lacked_is_not_told_of_a_later_one() -> None:
    made, _ = await run(pipeline("Only words here.", "Only words again.", "b"), Judge(b=PASSED))
    told = ["code-words-only" in [notice.code for notice in one.outcome.notices] for one in made]
    assert told == [True, False]


async def test_code_that_passes_is_whole_enough() -> None:
    made, _ = await run(pipeline(f"a{CUT_HERE}"), Judge(a=PASSED))
    assert [one.verdict for one in made] == [PASSED]
