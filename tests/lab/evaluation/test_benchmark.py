"""A whole benchmark over stand-ins for store, model and check."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from planfirst.adapters.sandbox import probe
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.errors import BadSetting, PlanfirstError, SandboxRefused
from planfirst.core.pipeline import Limits
from planfirst.core.profile import COMPACT
from planfirst.core.prompt import PromptBook
from planfirst.core.runs import RunLimits, RunResult
from planfirst.core.types import Decoding, Plan, Prompt, Task
from planfirst_lab.evaluation import benchmark, own, report_files, summary
from planfirst_lab.evaluation.arms import BARE, EXAMPLE, FOLLOWED, FULL, PLAIN, PLAN, VERIFIED, Arm, Spending
from planfirst_lab.evaluation.benchmark import Bench, answers, measure
from planfirst_lab.evaluation.checks import Check, Verdict, checker
from planfirst_lab.evaluation.journal import Journal
from planfirst_lab.evaluation.options import Options, load
from planfirst_lab.evaluation.retrieval import Hits
from tests.adapters import sandbox_outside as outside
from tests.lab.evaluation.samples import OWN, written
from tests.lab.evaluation.small_world import NAMES, TellingWriter, item, names_it

REASON = outside.why_not_here()
ARMS = (PLAIN, EXAMPLE, FULL, PLAN)
Make = Callable[..., Bench]


class Forgetting(TellingWriter):
    """Counts what it is told to forget."""

    forgot = 0

    def forget(self, system: str) -> None:
        self.forgot += 1
        assert system


@pytest.fixture
def make(tmp_path: Path, found: dict[str, Hits], writer: TellingWriter) -> Make:
    """Makes a bench over a journal in ``tmp_path``; each call opens the journal anew."""

    def bench(arms: tuple[Arm, ...] = ARMS, **named: Any) -> Bench:
        given = {"samples": 2, "checker": names_it, "spending": Spending(60, 20)} | named
        items = given.pop("items", [item(name) for name in NAMES])
        run = given.pop("run", "r")
        return Bench(items, arms, found, given.pop("writer", writer), PromptBook(), Limits(min_score=0.5),
                     Journal(tmp_path / "out", run), given.pop("spending"), **given)  # fmt: skip

    return bench


async def run(bench: Bench) -> dict[str, Any]:
    with bench.journal:
        return await measure(bench, lambda: None)


def completed(result: dict[str, Any], name: str = "tasks") -> dict[str, Any]:
    """The figures with what `evaluate` adds."""
    return result | {
        "benchmark": {"name": name, "file": "f.jsonl", "tasks": 4, "measured": 3, "left_out": {"numpy": 1}},
        "model": {"name": "telling", "sha256": "0" * 64},
        "budget": {"total": 60, "plan": 20},
        "samples": 2,
        "temperature_of_samples": 0.8,
        "min_score": 0.5,
        "seed": 0,
        "store": {"generation": 1, "count": 3, "manifest": "0" * 64},
        "sandbox": "bubblewrap",
        "run": "r",
    }


async def test_arms_and_comparisons(make: Make) -> None:
    result = await run(make())
    assert {name: arm["pass@1"] for name, arm in result["arms"].items()} == {
        "plain": 0.0, "example": 1.0, "plan": 0.0, "full": 1.0,
    }  # fmt: skip
    assert result["arms"]["full"]["pass@k"]["2"] == {"value": 1.0, "interval": (1.0, 1.0), "n": 3}
    assert list(result["arms"]["plain"]["pass@k"]) == ["1", "2"]
    by = {(one["first"], one["second"]): one for one in result["comparisons"]}
    assert list(by) == [("example", "plain"), ("plan", "plain"), ("full", "plain"), ("full", "example")]
    against = by["full", "plain"]
    assert (against["difference"], against["only_first"], against["only_second"], against["p"]) == (1.0, 3, 0, 0.25)
    assert against["p_holm"] == 1.0
    assert "cannot be told apart" in against["says"]
    assert by["full", "example"]["says"] == "full and example solve the same tasks (3)."
    assert result["similarity"]["first"] == "full"
    assert [(one["n"], one["benefit"]) for one in result["similarity"]["bins"]] == [(3, 1.0)]
    assert result["similarity"]["without_example"]["n"] == 0
    assert result["plan"] == {"first": "full", "second": "example", "n": 3, "helped": [], "hurt": []}


async def test_every_arm_is_compared_with_the_bare_model(make: Make) -> None:
    result = await run(make((BARE, PLAIN, EXAMPLE), samples=0))
    pairs = [(one["first"], one["second"]) for one in result["comparisons"]]
    assert pairs == [("plain", "bare"), ("example", "bare"), ("example", "plain")]


async def test_no_answer_spends_more_than_the_budget(make: Make, writer: TellingWriter) -> None:
    result = await run(make(samples=0))
    asked = [(how.max_tokens, bool(how.grammar)) for _, how in writer.asked]
    plan = 6  # words
    # plain, example, the plan, full and plan, for each item
    assert asked == [(60, False), (60, False), (20, True), (60 - plan, False), (60 - plan, False)] * 3
    assert all(arm["tokens"]["most"] <= 60 for arm in result["arms"].values())
    assert result["arms"]["full"]["tokens"]["plan"] == plan
    assert result["arms"]["plain"]["tokens"]["plan"] == 0


async def test_times_to_first_tokens(make: Make) -> None:
    class Slow(TellingWriter):
        async def stream(self, prompt: Prompt, decoding: Decoding) -> Any:
            await asyncio.sleep(0.05)
            yield "1. Go" if decoding.grammar else "x = 1"
            await asyncio.sleep(0.05)
            yield " on" if decoding.grammar else "\ny = 2"

    arms = (await run(make(samples=0, items=[item("double")], writer=Slow())))["arms"]
    for name, first, code, end in (("plain", 0.05, 0.05, 0.1), ("full", 0.05, 0.15, 0.2), ("plan", 0.05, 0.15, 0.2)):
        assert first <= arms[name]["first_token"]["median"]
        assert code <= arms[name]["first_code"]["median"]
        assert end <= arms[name]["seconds"]["median"]
        assert arms[name]["first_token"]["median"] < arms[name]["seconds"]["median"]


async def test_the_model_begins_each_answer_in_the_same_state(make: Make) -> None:
    writer = Forgetting()
    await run(make(writer=writer))
    assert writer.forgot == 3 * 4 * 3  # items, arms, greedy and two samples


async def test_stopped_and_taken_up_it_is_as_if_never_stopped(make: Make, tmp_path: Path) -> None:
    whole = await run(make(run="whole"))
    made, done = make(run="r"), list[int]()

    def stop() -> None:
        done.append(1)
        if len(done) == 10:
            task.cancel()

    with made.journal:
        task = asyncio.ensure_future(measure(made, stop))
        with pytest.raises(asyncio.CancelledError):
            await task
    with (tmp_path / "out" / "generations.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"run": "r", "arm": "pla')  # as a crash in the middle of a line leaves it
    writer = Forgetting()
    again = await run(make(run="r", writer=writer))
    assert writer.forgot == len(made.work()) - 10
    for one, other in zip(without_times(whole), without_times(again), strict=True):
        assert one == other


def without_times(result: dict[str, Any]) -> list[Any]:
    times = ("first_token", "first_code", "seconds", "tokens_per_second")
    kept = [{key: value for key, value in arm.items() if key not in times} for arm in result["arms"].values()]
    return [*kept, result["comparisons"], result["similarity"], result["plan"]]


async def test_a_report_is_made_anew_from_what_is_stored(make: Make, tmp_path: Path) -> None:
    """The figures of the plans, too; no model is asked."""

    class Silent(TellingWriter):
        async def stream(self, prompt: Prompt, decoding: Decoding) -> Any:
            raise AssertionError("it is all there")
            yield ""

    first = await run(make((PLAIN, FULL, FOLLOWED), samples=0))
    made = make((PLAIN, FULL, FOLLOWED), samples=0, writer=Silent())
    again = await run(made)
    assert again == first
    assert "plans" not in again["arms"]["plain"]
    plans = again["arms"]["full"]["plans"]
    assert plans["names_calls"] == {"mean": 1.0, "interval": (1.0, 1.0), "n": 3, "left_out_without_calls": 0}
    assert plans["tokens"] == {"median": 6, "n": 3}  # words
    said = "full: its plans name 100.0 % of what the reference calls"
    result = completed(again)
    assert [sentence.startswith(said) for sentence in summary.sentences(result)].count(True) == 1
    report_files.write(tmp_path, result, answers(made), Console(quiet=True))
    assert said in (tmp_path / report_files.HTML).read_text(encoding="utf-8")
    stored = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["arms"]["followed"]["plans"]
    assert (stored["names_calls"]["mean"], stored["tokens"]["median"]) == (1.0, None)


async def test_several_at_a_time_answer_the_same(make: Make) -> None:
    class Waiting(TellingWriter):
        now = most = 0

        async def stream(self, prompt: Prompt, decoding: Decoding) -> Any:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.01)
            async for piece in super().stream(prompt, decoding):
                yield piece
            self.now -= 1

    alone, together = Waiting(), Waiting()
    one = await run(make(run="a", writer=alone))
    many = await run(make(run="b", writer=together, streams=3))
    assert (alone.most, together.most) == (1, 3)
    assert without_times(one) == without_times(many)


async def test_a_failing_check_stops_the_run_and_nothing_is_lost(make: Make) -> None:
    def refuse(code: str, by: Check) -> Verdict:
        if "square" in by.text:
            raise SandboxRefused("plain", what="It is gone.", next="Bring it back.")
        return Verdict(True)

    made = make(samples=0, checker=refuse)
    with made.journal, pytest.raises(SandboxRefused, match="It is gone"):
        await measure(made, lambda: None)
    with make(samples=0).journal as journal:
        assert len(journal) >= 2 * 4


class Box:
    """A sandbox whose every program passes or fails alike. It runs nothing."""

    def __init__(self) -> None:
        self.programs: list[str] = []

    async def run(
        self, program: str, files: Any, limits: RunLimits, stdin: bytes = b"", shown: Sequence[str] = ()
    ) -> RunResult:
        self.programs.append(program)
        return RunResult(0, None, "", "", None, 0.0, False)


async def test_verified_keeps_to_the_same_budget_and_never_sees_the_measure(make: Make, writer: TellingWriter) -> None:
    box = Box()
    hidden = "assert root_of_hidden_measure(1)"
    items = [replace(item(name), check=Check("script", hidden)) for name in NAMES]
    result = await run(make((FULL, VERIFIED), samples=0, items=items, sandbox=box, checker=lambda *_: Verdict(False)))
    verified = result["arms"]["verified"]
    assert verified["tokens"]["most"] <= 60
    assert verified["verified"]["attempts"] >= 1
    assert sum(each["n"] for each in verified["verified"]["said"].values()) == 3
    assert all("hidden_measure" not in prompt.text for prompt, _ in writer.asked)
    assert all("hidden_measure" not in program for program in box.programs)
    assert result["comparisons"][0]["first"] == "verified"


async def test_verified_begins_with_the_answer_of_full(
    make: Make, writer: TellingWriter, found: dict[str, Hits]
) -> None:
    """Then it looks for other examples without the one in the request."""
    double = item("double")
    double = replace(double, task=Task("I want to double\n\n>>> double(2)\n4"))
    found[double.id] = replace(found[double.id], prose=found["numbers/square"].store)
    made = make((FULL, VERIFIED), items=[double], samples=0, sandbox=Box(), spending=Spending(200, 20))
    await run(made)
    full, verified = (made.journal.get(name, double.id, double.digest) for name in ("full", "verified"))
    assert full is not None
    assert verified is not None
    assert full.example == verified.example == "cookbook:numbers/double"
    assert verified.code == full.code  # this sandbox passes nothing, and of equals the first is the best
    assert verified.attempts is not None
    assert verified.attempts > 1
    assert writer.asked[:2] == writer.asked[2:4]
    assert ["def square" in prompt.user for prompt, _ in writer.asked[3:5]] == [False, True]


@pytest.mark.real
@pytest.mark.skipif(bool(REASON), reason=REASON)
async def test_what_verified_adds(make: Make, tmp_path: Path) -> None:
    """The request shows an example; with the plan the model's answer fails it, without the plan it does not."""

    class MisledByPlans(TellingWriter):
        async def stream(self, prompt: Prompt, decoding: Decoding) -> Any:
            self.asked.append((prompt, decoding))
            yield "1. Add one" if decoding.grammar else "return n + 1" if "Plan:" in prompt.user else "return 2 * n"

    request = "Double a number.\n\n>>> double(4)\n8"
    (twice,) = own.load(written(tmp_path / "a.jsonl", OWN | {"request": request, "tests": "assert double(7) == 14"}))
    sandbox = await find_sandbox()
    writer = MisledByPlans()
    made = make((FULL, VERIFIED), items=[twice], samples=0, writer=writer, sandbox=sandbox, checker=checker(sandbox))
    result = await run(made)
    assert (result["arms"]["full"]["passed"], result["arms"]["verified"]["passed"]) == (0, 1)
    assert result["arms"]["verified"]["verified"]["attempts"] > 1
    assert result["arms"]["verified"]["verified"]["said"] == {"passed": {"n": 1, "passed": 1}}
    assert result["arms"]["verified"]["tokens"]["most"] <= 60
    assert all("14" not in prompt.text for prompt, _ in writer.asked)
    assert result["comparisons"][0]["difference"] == 1.0


async def test_the_report_page(make: Make, tmp_path: Path) -> None:
    def only_plans_hurt(code: str, by: Check) -> Verdict:
        return Verdict("<script>" not in code, "<b>it</b> failed")

    class Hostile(TellingWriter):
        async def stream(self, prompt: Prompt, decoding: Decoding) -> Any:
            text = "1. </pre><script>alert(1)</script>" if decoding.grammar else "x = '<script>alert(2)</script>'"
            yield text if decoding.grammar or "Plan:" in prompt.user else "x = 1"

    made = make(checker=only_plans_hurt, writer=Hostile())
    result = completed(await run(made), "<i>tasks</i>")
    assert len(result["plan"]["hurt"]) == 3
    report_files.write(tmp_path, result, answers(made), Console(quiet=True))
    page = (tmp_path / report_files.HTML).read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert "<i>" not in page
    assert "<b>it" not in page
    assert "&lt;script&gt;alert(2)" in page
    assert "http://" not in page.replace("http://www.w3.org/", "").replace("http://purl.org/", "").replace(
        "http://creativecommons.org/", "")  # fmt: skip
    assert "numbers/double" in page
    assert "Left out: 1 tasks, since their checks import numpy." in page
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["plan"]["n"] == 3
    report_files.write(tmp_path / ".", result, answers(made), Console(quiet=True))
    assert (tmp_path / report_files.HTML).read_text(encoding="utf-8") == page  # the same figures are the same page


async def test_the_page_without_matplotlib(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    made = make((PLAIN,), samples=0)
    console = Console(width=300)
    with console.capture() as said:
        report_files.write(tmp_path, completed(await run(made)), answers(made), console)
    assert 'pip install "planfirst-lab[eval]"' in said.get()
    page = (tmp_path / report_files.HTML).read_text(encoding="utf-8")
    assert "planfirst-lab[eval]" in page
    assert "<svg" not in page


async def test_a_folder_that_cannot_be_written(make: Make, tmp_path: Path) -> None:
    made = make((PLAIN,), samples=0)
    result = completed(await run(made))
    (tmp_path / "report.html").mkdir()
    with pytest.raises(PlanfirstError, match="cannot be written"):
        report_files.write(tmp_path, result, answers(made), Console(quiet=True))


async def test_the_tables_fit_a_terminal(make: Make) -> None:
    result = completed(await run(make((PLAIN, EXAMPLE, FULL, VERIFIED), sandbox=Box(), samples=12)))
    result["samples"] = 12
    console = Console(width=80)
    with console.capture() as shown:
        console.print(summary.table(result))
        for sentence in summary.sentences(result):
            console.print(sentence)
    text = shown.get()
    assert "…" not in text
    assert "pass@10" in text
    assert "pass@12" in text
    assert "adjusted for 4 comparisons" in " ".join(text.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options("humaneval", arms=("plain", "best")), "There is no arm 'best'"),
        (Options("humaneval", arms=()), "No arm is chosen"),
        (Options("humaneval", arms=("adapted",)), "no adapter"),
        (Options("humaneval", budget=8), "is too small"),
        (Options("humaneval"), "does not come with Planfirst"),
        (Options("cookbook", file=Path("x")), "takes no file"),
    ],
)
def test_options_that_cannot_be(options: Options, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        options.chosen()
        load(options)


def test_without_a_sandbox_no_model_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        probe, "_known", SandboxRefused("plain", what="Nothing here can run it.", next="Install bubblewrap.")
    )
    options = Options("file", written(tmp_path / "a.jsonl", OWN), out=tmp_path / "out")
    with pytest.raises(SandboxRefused, match="Install bubblewrap"):
        benchmark.evaluate(options, Console(quiet=True))
    with pytest.raises(SandboxRefused, match="Install bubblewrap"):
        benchmark.check_references(options, Console(quiet=True))
    assert not (tmp_path / "out").exists()


def test_where_the_results_go_and_what_a_plan_may_take(tmp_path: Path, own_data_folder: Path) -> None:
    assert Options("humaneval").folder == own_data_folder / "evaluation" / "humaneval"
    assert Options("file", tmp_path / "mine.jsonl").folder == own_data_folder / "evaluation" / "mine"
    assert Options("humaneval").spending == Spending(384, 160)
    assert Options("humaneval", budget=100).spending == Spending(100, 50)


async def test_a_plan_that_a_user_edited_is_put_to_the_model_as_it_stands(make: Make, writer: TellingWriter) -> None:
    bench = make((PLAIN, FOLLOWED), samples=0)
    await run(bench)
    assert [decoding.grammar for _, decoding in writer.asked] == [""] * 6  # no planner runs
    assert ["1. Call abs." in prompt.user for prompt, _ in writer.asked] == [False, True] * 3


async def test_the_lines_of_the_steps_before_the_edited_one_stay(make: Make, writer: TellingWriter) -> None:
    known = Plan(("Take the size.", "Give it back."), "n = abs(n)\nreturn n\n", ("n = abs(n)\n", "return n\n"))
    edited = replace(item("double"), steps=("Take the size.", "Give it back, twice."), known=known)
    writer.profile = replace(COMPACT, begun=True)
    await run(make((FOLLOWED,), samples=0, items=[edited]))
    ((prompt, _),) = writer.asked
    assert prompt.begun == "```python\n# Take the size.\nn = abs(n)\n# Give it back, twice.\n"
