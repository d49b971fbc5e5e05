"""The whole run over stand-ins for store, model and check."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from planfirst.core.profile import COMPACT, INSTRUCT
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Task
from planfirst_lab.evaluation import report
from planfirst_lab.evaluation.arms import ARMS
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.figures import verdict
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.prepare import prompts_hash
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.starter import Bench, measure, plan_of_work
from tests.lab.evaluation.small_world import NAMES, TellingWriter

Make = Callable[..., Bench]


async def run(bench: Bench) -> dict[str, Any]:
    with bench.journal:
        return await measure(bench, plan_of_work(bench), lambda: None)


async def test_every_arm_is_counted(bench: Make) -> None:
    result = await run(bench())
    assert result["in_store"]["pass@1"] == result["example"]["pass@1"] == 1.0
    assert result["plan"]["pass@1"] == result["plain"]["pass@1"] == result["left_out"]["pass@1"] == 0.0
    assert result["in_store"]["n"] == 3
    assert result["in_store"]["interval"] == pytest.approx((0.4385, 1.0), abs=1e-3)
    assert result["left_out"]["pass@2"] == 0.0
    assert result["left_out"]["samples"] == 2
    assert "pass@2" not in result["plain"]
    assert result["left_out"]["pass@1 any name"] == 0.0  # a copy of another recipe is not right under any name here
    assert (result["parses"], result["call_recall"]) == (1.0, 1.0)
    assert result["in_store_over_plain"] is None
    assert result["unseen"]["recipes"]["in_store"]["n"] == 1
    assert result["unseen"]["wordings"]["in_store"]["n"] == 2
    assert result["retrieval"]["own_recipe"] == 3
    both = result["both_minus_example"]
    assert (both["difference"], both["n"]) == (0.0, 3)
    assert "the same answers pass" in both["says"]
    assert result["in_store_when_found"]["n"] == 3


async def test_what_each_arm_sees(bench: Make, writer: TellingWriter) -> None:
    await run(bench(samples=3, count=1))
    answers = [(prompt, how) for prompt, how in writer.asked if not how.grammar]
    plans = [(prompt, how) for prompt, how in writer.asked if how.grammar and how.max_tokens == 160]
    assert len(plans) == 2  # one with the recipe, one without: arms with the same example share it
    greedy = {arm.name: prompt.user for arm, (prompt, _) in zip(ARMS, answers, strict=False)}
    shows = {name: ("Similar" in text, "Plan:" in text) for name, text in greedy.items()}
    assert shows == {
        "in_store": (True, True),
        "left_out": (True, True),
        "plain": (False, False),
        "example": (True, False),
        "plan": (False, True),
    }
    assert [(how.temperature, how.seed) for _, how in answers[5:]] == [(0.8, 1), (0.8, 2), (0.8, 3)]
    assert all("Plan:" in prompt.user for prompt, _ in answers[5:])


async def test_left_out_never_sees_the_recipe(bench: Make, writer: TellingWriter) -> None:
    made = bench(samples=2)
    with made.journal:
        await measure(made, [job for job in plan_of_work(made) if job.arm.name == "left_out"], lambda: None)
    asked = [prompt.user for prompt, how in writer.asked if how.max_tokens != 256]  # 256: the measure of speed
    assert len(asked) == 3 + 3 + 6  # a plan, a greedy answer and two samples for each
    for text in asked:
        wanted = next(name for name in NAMES if f"I want to {name}" in text)
        assert "Similar" in text
        assert f"{wanted} a number" not in text
        assert f"def {wanted}" not in text


async def test_plan_and_code_share_one_budget(bench: Make, writer: TellingWriter) -> None:
    await run(bench(samples=0, count=1))
    limits = [how.max_tokens for _, how in writer.asked if not how.grammar]
    spent = 6  # words of the plan
    assert limits == [384 - spent, 384 - spent, 384, 384, 384 - spent]


async def test_a_second_run_answers_nothing_twice(bench: Make, writer: TellingWriter) -> None:
    first = await run(bench())
    asked = len(writer.asked)
    speed = 3  # plans held to six steps are timed anew
    assert await run(bench()) == first
    assert len(writer.asked) == asked + speed
    await run(bench(samples=3))
    assert len(writer.asked) == asked + speed + 3 + speed  # the third sample alone; its plan is known


async def test_a_stopped_run_keeps_what_it_has(bench: Make, writer: TellingWriter) -> None:
    made = bench(samples=0)
    work, done = plan_of_work(made), list[int]()

    def stop_at_four() -> None:
        done.append(1)
        if len(done) == 4:
            task.cancel()

    with made.journal:
        task = asyncio.ensure_future(measure(made, work, stop_at_four))
        with pytest.raises(asyncio.CancelledError):
            await task
    again = bench(samples=0)
    assert len(again.journal) == 4
    before = len(writer.asked)
    result = await run(again)
    assert result["in_store"]["n"] == result["plan"]["n"] == 3
    # The first item lacks one arm, whose plan is known; the others lack two plans and five answers each.
    assert len(writer.asked) - before == 1 + 2 * 7 + 3  # and three plans are timed


async def test_a_changed_doctest_is_checked_anew(bench: Make) -> None:
    await run(bench(samples=0))
    made = bench(samples=0)
    changed = [replace(each, check=Check("doctest", ">>> other(1)")) for each in made.items]
    result = await run(replace(made, items=changed))
    assert result["in_store"]["pass@1"] == 0.0


async def test_mbpp_has_its_own_arms(bench: Make, found: dict[str, Hits], writer: TellingWriter) -> None:
    problem = Item(
        "mbpp/1", Task("halve it", signature="def halve(n):"), Check("asserts", "assert halve"), "def halve(n): ..."
    )
    found["mbpp/1"] = found["numbers/double"]
    result = await run(bench(samples=1, count=1, mbpp=[problem]))
    assert set(result["mbpp"]) == {"full", "plain", "signature"}
    assert result["mbpp"]["full"]["n"] == result["mbpp"]["plain"]["pass@1 n"] == 1
    mine = [prompt.user for prompt, _ in writer.asked if "halve it" in prompt.user]
    assert mine
    assert all("def halve(n):" in text for text in mine)


def completed(result: dict[str, Any]) -> dict[str, Any]:
    """The figures with what `evaluate` adds."""
    result["speed"]["threads"] = 1
    return result | {
        "model": {"name": "m", "sha256": "0" * 64, "bytes": 5},
        "budget": {"plan_and_code_tokens": 384, "plan_tokens_at_most": 160},
        "seed": 0,
        "store": {"generation": 1, "count": 3},
    }


async def test_the_json_keys_and_the_table(bench: Make) -> None:
    result = completed(await run(bench()))
    read = json.loads(report.as_json(result))
    for name in ("in_store", "left_out", "plain", "example", "plan"):
        assert {"pass@1", "interval", "n"} <= read[name].keys()
    others = {"parses", "call_recall", "both_minus_example", "unseen", "retrieval", "speed", "model", "budget"}
    assert others | {"seed", "store"} <= read.keys()
    assert "mbpp" not in read
    console = Console(width=80)
    with console.capture() as shown:
        console.print(report.table(result))
    text = shown.get()
    assert "in store: example + plan, pass@1" in text
    assert "100.0 %" in text
    assert "…" not in text


async def test_markdown_has_the_same_lines(bench: Make) -> None:
    result = completed(await run(bench()))
    lines = report.markdown(result).splitlines()
    assert len(lines) == 2 + len(list(report.rows(result)))
    assert lines[2] == "| in store: example + plan, pass@1 | 100.0 % | 43.9 to 100.0 | 3 | ≥ 70 % |"
    assert all(line.count("|") == 6 for line in lines)


async def test_report_and_plot_are_written(bench: Make, tmp_path: Path) -> None:
    report.write(tmp_path, completed(await run(bench())), Console(quiet=True))
    assert (tmp_path / report.PLOT).read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / report.JSON).read_text(encoding="utf-8"))["in_store"]["n"] == 3


async def test_without_matplotlib_the_rest_still_works(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    console = Console(width=300)
    with console.capture() as said:
        report.write(tmp_path, completed(await run(bench())), console)
    assert 'pip install "planfirst-lab[eval]"' in said.get()
    assert (tmp_path / report.JSON).is_file()
    assert not (tmp_path / report.PLOT).exists()


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.01, 0.2, "helps"), (-0.2, -0.01, "hurts"), (-0.1, 0.1, "cannot be told apart")]
)
def test_the_verdict(low: float, high: float, said: str) -> None:
    assert said in verdict((low + high) / 2, low, high, 200)


def test_prompts_hash_changes_with_a_template(tmp_path: Path) -> None:
    shipped = prompts_hash(PromptBook(), COMPACT)
    assert shipped == prompts_hash(PromptBook(), COMPACT) != prompts_hash(PromptBook(), INSTRUCT)
    (tmp_path / "compact").mkdir()
    (tmp_path / "compact" / "system.j2").write_text("Another one.")
    assert prompts_hash(PromptBook(tmp_path), COMPACT) != shipped
