"""Which checks a request has, and when its code may be run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.adapters.sandbox.scripted import ScriptedSandbox
from planfirst.adapters.scripted import ScriptedRetriever, ScriptedWriter
from planfirst.core.errors import SandboxRefused
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.ports import Sandbox
from planfirst.core.prompt import PromptBook
from planfirst.core.types import OWN, Example, Outcome, Pair
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.verify.attempt import Attempt, Budget
from planfirst.verify.destination import Destination
from planfirst.verify.verification import Verification, verification
from planfirst.words import Message
from tests.verify.destinations import ENDED, destination, write
from tests.verify.programs.languages import HERE

COMMENT = "# turn a title into a slug\n# >>> slugify('A b')\n# 'a-b'\n"
STUB = 'def double(n):\n    """Twice as much."""\n'


class Desk:
    """Whom a verification asks: for leave, and for a sandbox."""

    def __init__(self, leave: bool = True, refuse: bool = False) -> None:
        self.leave, self.refuse = leave, refuse
        self.asked: list[bool] = []
        self.packages: list[list[Path]] = []
        self.sandbox = ScriptedSandbox(ENDED)

    async def permit(self, worth_asking: bool) -> bool:
        self.asked.append(worth_asking)
        return self.leave

    async def get(self, packages: Sequence[Path]) -> Sandbox:
        self.packages.append(list(packages))
        if self.refuse:
            raise SandboxRefused("plain", what="There is none.", next="Install one.")
        return self.sandbox

    async def at(self, target: Destination, trusted: bool = True) -> Verification:
        assert target.site is not None
        return await verification(target.site.task, target, self.get, trusted=trusted, permit=self.permit)


async def test_examples_of_the_comment_are_checks_and_leave_the_request() -> None:
    desk = Desk()
    found = await desk.at(destination(COMMENT, 0))
    assert [check.kind for check in found.checks] == ["doctest"]
    assert found.prose == "turn a title into a slug"
    assert (found.needs, found.refused, desk.asked) == ("", None, [True])


@pytest.mark.parametrize(
    ("file", "calls"),
    [
        ("def short(n):\n    # 60 -> '1m', 5 -> '5s'\n    pass\n", ["short(60)", "short(5)"]),
        ("def area(w, h, unit=1):\n    # 2, 3 -> 6\n    pass\n", ["area(2, 3)"]),
        ("def area(w, *, h):\n    # 2 -> 6\n    pass\n", []),
        ("class A:\n    def f(self, n):\n        # 2 -> 6\n        pass\n", []),
    ],
)
async def test_an_example_beside_a_stub_may_leave_the_call_out(file: str, calls: list[str]) -> None:
    line = next(n for n, row in enumerate(file.split("\n")) if "#" in row)
    found = await Desk().at(destination(file, line))
    assert [check.call for check in found.checks] == calls


@pytest.mark.parametrize(
    ("docstring", "comment", "texts"),
    [
        (">>> bill([2, 3])\n    5", "sum up", [">>> bill([2, 3])\n5\n"]),
        ("[2, 3] -> 5", "sum up", ["bill([2, 3]) -> 5"]),
        (">>> bill([2, 3])\n    5", "bill([1]) -> 1", ["bill([1]) -> 1"]),
        ("Nothing to run.", "sum up", []),
    ],
)
async def test_a_comment_below_a_docstring_has_its_examples(docstring: str, comment: str, texts: list[str]) -> None:
    file = f'def bill(order):\n    """Total.\n\n    {docstring}\n    """\n    # {comment}\n'
    found = await Desk().at(destination(file, file.count("\n") - 1))
    assert [check.text for check in found.checks] == texts


@pytest.mark.parametrize(
    ("language", "file", "check"),
    [
        ("javascript", "/**\n * f(2) -> 4\n */\nfunction f(n) {\n  // twice as much\n}\n", "f(2) -> 4"),
        ("go", "// F doubles: F(2) -> 4\nfunc F(n int) int {\n\t// twice as much\n}\n", "F doubles: F(2) -> 4"),
    ],
)
async def test_so_has_a_comment_below_a_doc_comment(language: str, file: str, check: str) -> None:
    line = next(n for n, row in enumerate(file.split("\n")) if "twice" in row)
    site = locate(file, line, line, language_of(language))
    found = await Desk(leave=False).at(Destination(file, site, None, language_of(language)))
    assert [one.text for one in found.checks] == [check]


async def test_without_leave_nothing_is_run() -> None:
    desk = Desk(leave=False)
    found = await desk.at(destination(COMMENT, 0))
    assert (found.needs, desk.packages) == ("permission", [])


async def test_where_the_workspace_is_not_trusted_nobody_is_asked() -> None:
    desk = Desk()
    found = await desk.at(destination(COMMENT, 0), trusted=False)
    assert (found.needs, desk.asked, desk.packages) == ("trust", [], [])


async def test_without_a_sandbox_it_is_said_how_to_get_one() -> None:
    found = await Desk(refuse=True).at(destination(COMMENT, 0))
    assert (found.needs, str(found.refused)) == ("sandbox", "There is none. Install one.")


async def test_with_nothing_to_check_nobody_need_be_asked() -> None:
    desk = Desk(leave=False)
    found = await desk.at(destination("# sort the list\n", 0))
    assert (found.checks, found.needs, desk.asked) == ((), "", [False])


async def test_tests_of_the_project_are_checks(tmp_path: Path) -> None:
    own = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    own.mkdir(parents=True)
    write(tmp_path, {"test_stock.py": "from stock import double\n\n\ndef test_two():\n    assert double(2) == 4\n"})
    desk = Desk()
    target = destination(STUB, 0, tmp_path)
    found = await desk.at(target)
    assert [check.names for check in found.checks] == [("test_two",)]
    assert target.project is not None
    assert desk.packages == [target.project.packages()]
    comment = destination("# double it\n# double(2) -> 4\n", 0, tmp_path)  # the name comes from the example
    assert [check.kind for check in (await desk.at(comment)).checks] == ["value", "tests"]


@pytest.mark.parametrize("profile", ["compact", "instruct"])
async def test_the_first_attempt_is_what_is_written_without_any_check(profile: str) -> None:
    target = destination(COMMENT, 0)
    assert target.site is not None
    found, task = await Desk().at(target), target.site.task
    pair = Pair("slug", "make a slug", "def slug(t):\n    return t.lower()", "cookbook", "Apache-2.0", "here")

    def pipeline() -> Pipeline:
        codes = [f"def slugify(t):\n    return t * {n}" for n in range(8)]
        return Pipeline(
            ScriptedRetriever(Example(pair, 0.9)),
            ScriptedWriter("1. do\n", profile=profile),
            ScriptedWriter(*codes, profile=profile),
            PromptBook(),
            Limits(min_score=0.5),
        )

    unchecked, checked = pipeline(), pipeline()
    *_, whole = [event async for event in unchecked.run(task, "generate")]
    made = [one async for one in found.attempts(checked, task, Budget()) if isinstance(one, Attempt)]
    assert len(made) > 1
    assert isinstance(whole, Outcome)
    first = made[0].outcome
    async for event in checked.explained(first):
        first = event if isinstance(event, Outcome) else first
    assert replace(first, seconds={}) == replace(whole, seconds={})
    for one, other in ((unchecked.planner, checked.planner), (unchecked.generator, checked.generator)):
        assert isinstance(one, ScriptedWriter)
        assert isinstance(other, ScriptedWriter)
        assert (one.prompts[0], one.decodings[0]) == (other.prompts[0], other.decodings[0])
    assert checked.retriever.queries == [task.request, "turn a title into a slug"]  # type: ignore[attr-defined]


async def test_without_leave_the_first_is_offered_and_said_to_be_unchecked() -> None:
    target = destination(COMMENT, 0)
    assert target.site is not None
    found = await Desk(leave=False).at(target)
    writer = ScriptedWriter("def slugify(t):\n    return t")
    pipeline = Pipeline(ScriptedRetriever(), ScriptedWriter("1. do\n"), writer, PromptBook(), Limits(min_score=0.5))
    made = [one async for one in found.attempts(pipeline, target.site.task, Budget()) if isinstance(one, Attempt)]
    assert [(one.verdict.status, one.verdict.output) for one in made] == [
        ("not checked", Message("check-not-permitted"))
    ]


async def test_code_gets_the_name_that_the_examples_ask_for() -> None:
    target = destination(COMMENT, 0)
    desk = Desk()
    found = await desk.at(target)
    writer = ScriptedWriter("def to_slug(t):\n    return t", profile="compact")
    pipeline = Pipeline(ScriptedRetriever(), ScriptedWriter("1. do\n"), writer, PromptBook(), Limits(min_score=0.5))
    assert target.site is not None
    events = found.attempts(pipeline, target.site.task, Budget(attempts=1))
    (made,) = [one async for one in events if isinstance(one, Attempt)]
    assert made.outcome.generation is not None
    assert made.outcome.generation.code == "def slugify(t):\n    return t"
    assert [b"def slugify" in body for files, _ in desk.sandbox.runs for body in files.values()][-1]


async def test_problems_are_told() -> None:
    found = await Desk().at(destination("# double\n# >>> double(2\n# 4\n", 0))
    assert found.checks == ()
    assert found.problems[0].code == "example-no-python"
    assert replace(found, problems=()).prose == "double\n>>> double(2\n4"


@pytest.mark.parametrize(("licence", "comes"), [("Apache-2.0", True), (OWN, False)])
async def test_what_code_takes_from_its_example_comes_along_unless_it_is_your_own(licence: str, comes: bool) -> None:
    target = destination('def is_on(word):\n    """Whether a word means yes."""\n', 1)
    assert target.site is not None
    example = 'TRUE = {"1", "yes"}\n\n\ndef flag(word):\n    return word in TRUE'
    pair = Pair("flag", "whether a word means yes", example, "cookbook", licence, "here")
    writer = ScriptedWriter(*["    return word in TRUE\n"] * 2, profile="instruct")
    pipeline = Pipeline(
        ScriptedRetriever(Example(pair, 0.99)), writer, writer, PromptBook(), Limits(min_score=0.5, stub_score=0.5)
    )
    found = await Desk(leave=False).at(target)
    made = [one async for one in found.attempts(pipeline, target.site.task, Budget()) if isinstance(one, Attempt)]
    assert made[0].outcome.generation is not None
    assert ('TRUE = {"1", "yes"}' in made[0].outcome.generation.code) is comes
    assert (made[0].verdict.status == "read") is comes, "a name that is not defined was not noticed"


async def test_a_test_that_is_asked_for_is_run_on_what_it_tests() -> None:
    text = "def slugify(t):\n    return t\n\n\n# test slugify with spaces\n"
    desk = Desk()
    found = await desk.at(destination(text, 4))
    assert [(one.kind, one.call, one.expected) for one in found.checks] == [("value", "test_slugify()", "None")]
    assert desk.asked == [True]  # a person is asked, since something is run
    assert (await desk.at(destination("# a slug of a title\n", 0))).checks == ()


@pytest.mark.real
@HERE[1]
@pytest.mark.parametrize(("wanted", "status"), [("'a-b'", "passed"), ("'a b'", "failed")])
async def test_a_test_that_fails_is_told_with_its_row(wanted: str, status: str) -> None:
    text = "def slugify(t):\n    return t.replace(' ', '-')\n\n\n# test slugify with spaces\n"
    at = destination(text, 4)
    assert at.site is not None

    async def get(packages: Sequence[Path]) -> Sandbox:
        return await find_sandbox()

    async def permit(worth_asking: bool) -> bool:
        return True

    made = await verification(at.site.task, at, get, trusted=True, permit=permit)
    verdict = await made.of(f"def test_slugify():\n    assert slugify('a b') == {wanted}\n")
    assert verdict.status == status
    assert (wanted in str(verdict.output)) == (status == "failed")


@pytest.mark.parametrize(
    ("comment", "below", "calls"),
    [
        (
            '# size for people: 532 -> "532 B", 1536 -> "1.5 KB"',
            "print(human_size(99))",
            ["human_size(532)", "human_size(1536)"],
        ),
        ('# twice(text): "a" -> "aa"', "", ['twice("a")']),
        ("# the share in percent: 1, 4 -> 25", "print(share(1, 2))", ["share(1, 4)"]),
        ('# size for people: 532 -> "532 B"', "", []),  # of a function that nobody names
        ('# size for people: 532 -> "532 B"', "print(human_size(99, 1000))", []),
    ],
)
async def test_what_goes_in_and_comes_out_is_an_example_of_the_function_that_is_to_come(
    comment: str, below: str, calls: list[str]
) -> None:
    target = destination(f"import os\n\n\n{comment}\n\n\n{below}\n", 3)
    assert [check.call for check in (await Desk().at(target)).checks] == calls


async def test_of_a_method_that_is_to_come_what_goes_in_is_no_example() -> None:
    target = destination("class A:\n    # doubled(n): 2 -> 4\n\n    def f(self):\n        return 1\n", 1)
    assert (await Desk().at(target)).checks == ()
