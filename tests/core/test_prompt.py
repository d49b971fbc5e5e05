from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.core.errors import BadSetting
from planfirst.core.limits import Limits
from planfirst.core.plan import adopted
from planfirst.core.profile import COMPACT, INSTRUCT, ExampleForm, named
from planfirst.core.prompt import Budget, Kind, PromptBook, build, clip, shares
from planfirst.core.types import Example, Pair, Plan, Section, Task
from planfirst.words import Message

PAIR = Pair("p", "read a csv file", "import csv\ncsv.reader(f)", "cookbook", "Apache-2.0", "csv.toml#read")
TASK = Task("load the stock list", signature="def stock(path):", imports=("import os",))
PLAN = Plan(("open the file", "read it"))


async def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


@pytest.mark.parametrize("profile", ["compact", "instruct"])
async def test_both_prompts_begin_alike_so_that_a_cache_can_serve_both(profile: str) -> None:
    book, example = PromptBook(), Example(PAIR, 0.837)
    plan = await build(book, named(profile), "plan", TASK, example, None, Budget(), 4000, words)
    code = await build(book, named(profile), "code", TASK, example, PLAN, Budget(), 4000, words)
    assert plan.system == code.system
    shared = plan.user[: plan.user.index(TASK.request) + len(TASK.request)]
    assert code.user.startswith(shared)
    for part in (PAIR.question, PAIR.code, "def stock(path):", "import os"):
        assert part in shared
    assert ("0.84" in shared) is (
        profile == "compact"
    )  # the starter was trained on the score; others are only gated by it
    assert "1. open the file\n2. read it" in code.user
    assert "open the file" not in plan.user


@pytest.mark.parametrize("profile", ["compact", "instruct"])
async def test_without_an_example_nothing_is_said_of_one(profile: str) -> None:
    prompt = await build(PromptBook(), named(profile), "code", Task("do it"), None, None, Budget(), 4000, words)
    assert "imilar" not in prompt.user
    assert "above" not in prompt.user
    assert [section.name for section in prompt.sections] == ["request"]


async def test_sections_can_be_left_out() -> None:
    prompt = await build(
        PromptBook(),
        COMPACT,
        "code",
        TASK,
        Example(PAIR, 0.9),
        PLAN,
        Budget(),
        4000,
        words,
        frozenset({"example", "plan"}),
    )
    assert [section.name for section in prompt.sections] == ["context", "request"]
    assert PAIR.code not in prompt.user
    assert "open the file" not in prompt.user


async def test_what_is_over_budget_is_cut_and_told() -> None:
    task = Task("word " * 500)
    prompt = await build(PromptBook(), named("compact"), "plan", task, None, None, Budget(request=100), 4000, words)
    (section,) = prompt.sections
    assert section.tokens <= 100
    assert section.trimmed == 500 - section.tokens
    assert prompt.notices == (Message("prompt-request-cut", tokens=section.trimmed),)


async def test_an_endless_request_is_cut_in_no_time() -> None:
    prompt = await build(
        PromptBook(), named("compact"), "plan", Task("가" * 100_000), None, None, Budget(), 4000, words
    )
    assert prompt.sections[0].trimmed > 0


@given(st.text(max_size=400), st.integers(0, 60))
async def test_clipping_keeps_to_the_limit_and_to_the_beginning(text: str, limit: int) -> None:
    kept, tokens = await clip(text, limit, words)
    assert text.startswith(kept)
    assert tokens <= limit


@given(st.lists(st.integers(0, 800), max_size=5), st.integers(-10, 2000))
def test_the_longest_sections_give_way(wanted: list[int], room: int) -> None:
    given_ = shares(wanted, room)
    assert sum(given_) <= max(room, 0)
    assert all(got <= want for got, want in zip(given_, wanted, strict=True))
    if sum(wanted) <= room:
        assert given_ == wanted
    cut = [got for got, want in zip(given_, wanted, strict=True) if got < want]
    whole = [got for got, want in zip(given_, wanted, strict=True) if got == want]
    assert not cut or not whole or max(whole) <= min(cut) + 1


async def test_the_whole_prompt_fits_the_window() -> None:
    task = Task("word " * 500)
    prompt = await build(PromptBook(), named("compact"), "plan", task, None, None, Budget(), 300, words)
    assert 200 < prompt.sections[0].tokens < 300
    assert len(prompt.text.split()) <= 300


async def test_a_users_template_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "compact").mkdir()
    (tmp_path / "compact" / "plan.j2").write_text("MINE {{ request }}", encoding="utf-8")
    prompt = await build(PromptBook(tmp_path), named("compact"), "plan", TASK, None, None, Budget(), 4000, words)
    assert prompt.user == "MINE load the stock list"
    assert prompt.system.startswith("Plan in at most six steps")


@pytest.mark.parametrize("source", ["{{ nothing_of_the_kind }}", "{% if %}", "{{ ''.__class__.__mro__ }}"])
async def test_a_broken_or_hostile_template_is_named(tmp_path: Path, source: str) -> None:
    (tmp_path / "compact").mkdir()
    (tmp_path / "compact" / "plan.j2").write_text(source, encoding="utf-8")
    with pytest.raises(BadSetting, match="template"):
        await build(PromptBook(tmp_path), named("compact"), "plan", TASK, None, None, Budget(), 4000, words)


async def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(BadSetting, match="baroque"):
        await build(PromptBook(), named("baroque"), "plan", TASK, None, None, Budget(), 4000, words)


RULED = replace(TASK, rules="Use tabs.\n- Never print.")
SHOWING = replace(INSTRUCT, rules=True)


async def test_rules_are_a_section_of_their_own_ahead_of_all() -> None:
    example = Example(PAIR, 0.9)
    plan = await build(PromptBook(), SHOWING, "plan", RULED, example, None, Budget(), 4000, words)
    code = await build(PromptBook(), SHOWING, "code", RULED, example, PLAN, Budget(), 4000, words)
    for prompt in (plan, code):
        assert prompt.sections[0] == Section("rules", RULED.rules, 5)
        assert prompt.user.startswith(f"Rules of this project:\n{RULED.rules}\n\n{PAIR.question}")
    without = await build(
        PromptBook(), SHOWING, "code", RULED, example, PLAN, Budget(), 4000, words, frozenset({"rules"})
    )
    assert without == await build(PromptBook(), SHOWING, "code", TASK, example, PLAN, Budget(), 4000, words)


async def test_rules_are_cut_to_their_budget_and_none_of_it_leaves_them_out() -> None:
    task = replace(TASK, rules="word " * 500)
    prompt = await build(PromptBook(), SHOWING, "code", task, None, None, Budget(rules=100), 4000, words)
    section = prompt.sections[0]
    assert 0 < section.tokens <= 100
    assert prompt.notices == (Message("prompt-rules-cut", tokens=500 - section.tokens),)
    none = await build(PromptBook(), SHOWING, "code", task, None, None, Budget(rules=0), 4000, words)
    assert none == await build(PromptBook(), SHOWING, "code", TASK, None, None, Budget(), 4000, words)


async def test_templates_without_a_place_for_rules_go_without(tmp_path: Path) -> None:
    starter = await build(PromptBook(), COMPACT, "code", RULED, None, None, Budget(), 4000, words)
    assert starter == await build(PromptBook(), COMPACT, "code", TASK, None, None, Budget(), 4000, words)
    (tmp_path / "instruct").mkdir()
    (tmp_path / "instruct" / "code.j2").write_text("MINE {{ request }}", encoding="utf-8")
    mine = await build(PromptBook(tmp_path), SHOWING, "code", RULED, None, None, Budget(), 4000, words)
    assert mine.user == "MINE load the stock list"
    assert "rules" not in {section.name for section in mine.sections}


@pytest.mark.parametrize("example", ["inline", "turn"])
async def test_a_profile_may_have_a_system_message_which_takes_its_room(example: ExampleForm) -> None:
    profile = replace(named("compact"), system="You write code.", example=example)
    prompt = await build(PromptBook(), profile, "code", TASK, Example(PAIR, 0.9), None, Budget(), 4000, words)
    assert prompt.system == "You write code."
    long = replace(profile, system="be brief " * 100)
    prompt = await build(PromptBook(), long, "plan", Task("word " * 500), None, None, Budget(), 400, words)
    assert len(prompt.text.split()) <= 400


@pytest.mark.parametrize(
    ("wanted", "profile", "shown"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_whether_a_model_is_shown_rules(wanted: bool | None, profile: bool, shown: bool) -> None:
    assert Limits(0.5, rules=wanted).shows_rules(replace(INSTRUCT, rules=profile)) is shown


EXCERPTS = Task("the newest", stub="def newest():", imports=("import re",), excerpts=("a " * 40, "b " * 20, "c " * 10))


@pytest.mark.parametrize(("room", "shown"), [(40, "a"), (39, "b"), (20, "b"), (10, "c")])
async def test_of_the_code_around_the_longest_excerpt_that_fits_is_shown(room: int, shown: str) -> None:
    prompt = await build(PromptBook(), INSTRUCT, "code", EXCERPTS, None, None, Budget(context=room), 4000, words)
    (context,) = [section for section in prompt.sections if section.name == "context"]
    assert set(context.text.split()) == {shown}
    assert not context.trimmed


async def test_a_model_that_knows_names_alone_is_shown_no_code() -> None:
    prompt = await build(PromptBook(), COMPACT, "code", EXCERPTS, None, None, Budget(), 4000, words)
    assert "import re" in prompt.user
    assert "a a" not in prompt.user


IN_PLACE = Task(
    "the best one",
    comment="# the best one",
    excerpts=("rows = [1]\n\n# the best one\n...\n\nprint(best, rest)",),
    statements=True,
    sets=("best", "rest"),
)


async def test_where_code_stands_below_the_request_stands_in_its_place() -> None:
    prompt = await build(PromptBook(), INSTRUCT, "code", IN_PLACE, None, None, Budget(), 4000, words)
    assert prompt.user == (
        "Complete this Python code where the dots are:\n"
        f"```python\n{IN_PLACE.excerpts[0]}\n```\n"
        "It sets `best` and `rest`, which the code below it uses."
    )
    assert prompt.begun == "```python\n# the best one\n"


FORMS = {
    "Write Python code for this request: sort": Task("sort"),
    "Complete this Python function:": Task("sort", stub="def sort():"),
    "Complete this Python code:": Task("sort", comment="# sort", statements=True),
    "Complete this Python code where the dots are:": Task(
        "sort", comment="# sort", statements=True, excerpts=("# sort\n...",), sets=("rows", "rest")
    ),
    "Change this Python code: sort": Task("sort", changed="rows"),
}


@pytest.mark.parametrize("kind", ["plan", "code"])
@pytest.mark.parametrize("opening", FORMS)
async def test_our_own_words_are_few(opening: str, kind: Kind) -> None:
    """Words and signs are counted; the tokenizer of Qwen2.5-Coder makes about as many tokens of such a prompt."""
    plan = Plan(("sort",)) if kind == "code" else None
    prompt = await build(PromptBook(), INSTRUCT, kind, FORMS[opening], None, plan, Budget(), 4000, words)
    assert prompt.user.splitlines()[0] == opening
    assert len(re.findall(r"\w+|[^\w\s]", prompt.text)) <= 120


async def test_where_the_place_is_cut_away_the_request_is_still_said() -> None:
    prompt = await build(PromptBook(), INSTRUCT, "code", IN_PLACE, None, None, Budget(context=3), 4000, words)
    assert "Complete this Python code:\n" in prompt.user
    assert "\n\n# the best one\n```" in prompt.user
    assert "..." not in prompt.user


async def test_statements_of_a_script_need_as_close_an_example_as_a_stub() -> None:
    limits = Limits(0.6, stub_score=0.9)
    near = [Example(PAIR, 0.7)]
    assert limits.gate(Task("read it"), near)[0] is near[0]
    assert limits.gate(IN_PLACE, near)[0] is None
    assert limits.gate(IN_PLACE, [Example(PAIR, 0.85)])[0] is not None  # a recipe counts for 0.1 more


CODE = "def mean(numbers):\n    total = sum(numbers)\n    return total / len(numbers)\n"
WAS = Plan(("Add up", "Divide"), CODE, ("    total = sum(numbers)\n", "    return total / len(numbers)\n"))
MEAN = Task("mean", stub="def mean(numbers):")


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (("Add up", "Round it"), "New: Round it\nIn place of: Divide"),
        (("Add up", "Skip what is empty", "Divide"), "New: Skip what is empty"),
        (("Divide",), "Without this: Add up"),
    ],
)
async def test_of_a_changed_plan_its_code_is_shown_with_what_is_another(steps: tuple[str, ...], said: str) -> None:
    plan = adopted(Plan(steps), WAS)
    prompt = await build(PromptBook(), INSTRUCT, "code", MEAN, None, plan, Budget(), 4000, words)
    assert prompt.user == f"Change this Python function:\n```python\n{CODE}```\n\n{said}"
    assert [section.text for section in prompt.sections if section.name == "plan"] == [said]


@pytest.mark.parametrize("steps", [("Sort", "Round it"), ("Divide", "Add up")])
async def test_of_a_plan_that_changed_more_all_is_shown(steps: tuple[str, ...]) -> None:
    plan = adopted(Plan(steps), WAS)
    prompt = await build(PromptBook(), INSTRUCT, "code", MEAN, None, plan, Budget(), 4000, words)
    assert prompt.user.startswith("Complete this Python function:\n")
    assert prompt.user.endswith(f"Follow this plan:\n{plan.numbered()}")


async def test_templates_without_a_place_for_the_code_get_the_whole_plan() -> None:
    plan = adopted(Plan(("Add up", "Round it")), WAS)
    prompt = await build(PromptBook(), COMPACT, "code", MEAN, None, plan, Budget(), 4000, words)
    assert plan.numbered() in prompt.user
    left_out = await build(
        PromptBook(), INSTRUCT, "code", MEAN, None, plan, Budget(), 4000, words, leave_out=frozenset({"plan"})
    )
    assert left_out.user == "Complete this Python function:\n```python\ndef mean(numbers):\n```"


async def test_the_code_below_what_leads_to_the_request_is_shown_where_it_stands() -> None:
    task = Task("mean", lead="def mean(numbers):\n    # the mean")
    was = Plan(
        ("Add up", "Divide"),
        "total = sum(numbers)\nreturn total / 2\n",
        ("total = sum(numbers)\n", "return total / 2\n"),
    )
    plan = adopted(Plan(("Add up", "Round it")), was)
    prompt = await build(PromptBook(), INSTRUCT, "code", task, None, plan, Budget(), 4000, words)
    assert (
        "```python\ndef mean(numbers):\n    # the mean\n    total = sum(numbers)\n    return total / 2\n```"
        in prompt.user
    )


def test_a_plan_that_is_changed_twice_is_still_another_than_its_draft_was() -> None:
    once = adopted(Plan(("Add up", "Round it")), WAS)
    twice = adopted(Plan(("Add up", "Halve it")), once)
    assert twice.was is WAS
    assert adopted(Plan(once.steps), once).was is WAS
    other = adopted(Plan(("Sort", "Halve it")), WAS)
    assert (other.draft, other.was) == ("", WAS)
    assert adopted(Plan(("Sort", "Round it")), other).was is WAS


def test_a_plan_that_was_followed_is_what_the_next_one_is_made_from() -> None:
    followed = Plan(("Add up", "Divide"), CODE, ("", ""))  # its steps share their lines
    assert adopted(Plan(("Add up", "Round it")), followed).was is followed
    assert adopted(Plan(("Add up", "Round it")), Plan(("Add up", "Divide"))).was is None
