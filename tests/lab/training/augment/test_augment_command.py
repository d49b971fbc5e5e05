"""The command with the real embedding model, the offline teacher, and a server that answers well or badly."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from planfirst.core.errors import BadSetting, CorpusError, EndpointDown
from planfirst_lab.training.augment import command
from planfirst_lab.training.augment.command import Options, augment
from planfirst_lab.training.augment.rows import own_id
from tests.adapters.completion_server import HEAD, event, serving, status

pytestmark = pytest.mark.real
QUESTIONS = ["return the sum of the given numbers", "find the largest of the values", "count the words of a text"]
CODES = ["def f(x):\n    return sum(x)", "def f(x):\n    return max(x)", "def f(x):\n    return len(x.split())"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    rows = [{"question_id": n, "question": QUESTIONS[n], "snippet": CODES[n]} for n in range(3)]
    rows.append({"question_id": 9, "question": "a question without code"})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(corpus: Path | str, out: Path, teacher: str = "offline", **more: Any) -> tuple[command.Totals, str]:
    console = Console(record=True, width=200, quiet=False, file=(out.parent / "said").open("w", encoding="utf-8"))
    try:
        return augment(Options(str(corpus), teacher, out, **more), console), console.export_text()
    finally:
        console.file.close()


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def configured(path: Path, **changes: str) -> Path:
    lines = command.configs.SHIPPED.read_text(encoding="utf-8").splitlines()
    for n, line in enumerate(lines):
        if (key := line.split(" ")[0]) in changes:
            lines[n] = f"{key} = {changes[key]}"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_offline(corpus: Path, tmp_path: Path) -> None:
    totals, said = run(corpus, tmp_path / "out")
    made = records(tmp_path / "out" / command.ROWS)
    assert totals.made == len(made) == 3
    assert [own_id(row["question_id"]) for row in made] == ["0", "1", "2"]
    assert all(0.3 < row["weight"] < 1 for row in made)
    assert all(row["plan"].startswith("1. ") for row in made)
    assert "3 examples read, 1 left out" in said
    first = (tmp_path / "out" / command.ROWS).read_bytes()
    run(corpus, tmp_path / "other")
    assert (tmp_path / "other" / command.ROWS).read_bytes() == first
    totals, said = run(corpus, tmp_path / "out")
    assert "3 of 3 are done already" in said
    assert (tmp_path / "out" / command.ROWS).read_bytes() == first


@pytest.mark.parametrize(("related", "none"), [("0.0", "0.0"), ("1.0", "0.0"), ("0.0", "1.0")])
def test_what_stands_beside_a_request(corpus: Path, tmp_path: Path, related: str, none: str) -> None:
    chosen = configured(tmp_path / "c.toml", related=related, none=none, stubs="1.0")
    run(corpus, tmp_path / "out", config=chosen)
    made = records(tmp_path / "out" / command.ROWS)
    for n, row in enumerate(made):
        assert row["stub"].startswith('def f(x):\n    """')
        if none == "1.0":
            assert (row["question"], row["snippet"], row["confidence"]) == ("", "", 0)
        elif related == "1.0":
            assert row["question"] in QUESTIONS[:n] + QUESTIONS[n + 1 :]
            assert row["snippet"] == CODES[QUESTIONS.index(row["question"])]
        else:
            assert (row["question"], row["confidence"]) == (QUESTIONS[n], row["weight"])
    with pytest.raises(BadSetting, match="shares"):
        run(corpus, tmp_path / "no", config=configured(tmp_path / "d.toml", related="0.7", none="0.7"))


def test_resumes_at_the_row(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(corpus, tmp_path / "whole")
    asked: list[str] = []
    ask = command.OfflineTeacher.ask

    async def twice(self: Any, pair: Any, visit: int, seed: int) -> Any:
        asked.append(pair.question)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return await ask(self, pair, visit, seed)

    monkeypatch.setattr(command.OfflineTeacher, "ask", twice)
    with pytest.raises(KeyboardInterrupt):
        run(corpus, tmp_path / "out")
    assert len(records(tmp_path / "out" / command.ROWS)) == 2
    run(corpus, tmp_path / "out")
    assert asked == [*QUESTIONS, QUESTIONS[2]]
    whole, parts = ((tmp_path / name / command.ROWS).read_bytes() for name in ("whole", "out"))
    assert whole == parts


def test_rows_of_different_runs_are_not_mixed(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    with pytest.raises(BadSetting, match="--out"):
        run(corpus, tmp_path / "out", config=configured(tmp_path / "c.toml", least_confidence="0.5"))


def test_another_meaning_is_rejected(corpus: Path, tmp_path: Path) -> None:
    totals, _ = run(corpus, tmp_path / "out", config=configured(tmp_path / "c.toml", least_confidence="0.99999"))
    assert (totals.made, totals.rejected) == (0, 3)
    assert {row["reason"] for row in records(tmp_path / "out" / command.REJECTED)} == {
        "the other wording asks for something else"
    }


def test_a_missing_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no file or folder"):
        run(tmp_path / "none.jsonl", tmp_path / "out")


@contextmanager
def server(*answers: Any) -> Iterator[Any]:
    """The look-alike server in a thread, since the command runs an event loop of its own."""
    started, stop = threading.Event(), None
    found: list[Any] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        nonlocal stop
        stop = asyncio.Event()
        async with serving(*answers) as running:
            found.append(running)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield found[0]
    finally:
        assert stop is not None
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def said_by_a_model(text: str) -> bytes:
    return HEAD + event(text) + b"data: [DONE]\n\n"


def test_an_endpoint_that_answers_badly_now_and_then(corpus: Path, tmp_path: Path) -> None:
    good = "Question: {}\nPlan:\n1. Do it with the built-in function.\n"
    answers = [
        said_by_a_model(good.format("add all of these numbers")),
        said_by_a_model("I'm sorry, I can't."),
        status(400),
    ]
    prices = configured(tmp_path / "c.toml", price_read="2.0", price_written="4.0", jobs="1")
    with server(*answers, said_by_a_model(good.format("how many words are in this text"))) as running:
        teacher = f"http://127.0.0.1:{running.port}/v1#big"
        totals, said = run(corpus, tmp_path / "out", teacher, config=prices)
        assert (totals.made, totals.rejected) == (1, 2)
        assert "cost 0.00" in said
        reasons = [row["reason"] for row in records(tmp_path / "out" / command.REJECTED)]
        assert reasons == ["the teacher refused", command.NO_ANSWER]
        report = json.loads((tmp_path / "out" / command.REPORT).read_text(encoding="utf-8"))
        assert report["tokens_are"] == "estimated"
        spent = report["tokens_read"]
        totals, _ = run(corpus, tmp_path / "out", teacher, config=prices)  # what was not answered is asked again
        assert (totals.made, totals.rejected) == (2, 1)
        assert totals.tokens_read > spent
        assert len(running.requests) == 4


def test_a_server_that_is_down_stops_the_run(corpus: Path, tmp_path: Path) -> None:
    patience = configured(tmp_path / "c.toml", patience="1", jobs="1")
    with server(b"") as running:
        port = running.port
    with pytest.raises(EndpointDown):
        run(corpus, tmp_path / "out", f"http://127.0.0.1:{port}/v1#big", config=patience)
    assert records(tmp_path / "out" / command.REJECTED) == []  # the next run begins with this very question


def test_an_endpoint_needs_a_model(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="No model is named"):
        run(corpus, tmp_path / "out", "http://127.0.0.1:1/v1")


def test_a_model_of_this_machine_is_held_to_the_form(corpus: Path, tmp_path: Path, random_llama: Path) -> None:
    short = configured(tmp_path / "c.toml", answer_tokens="60")
    totals, said = run(corpus, tmp_path / "out", str(random_llama), config=short)
    assert totals.made + totals.rejected == 3
    assert totals.tokens_read > totals.tokens_written > 0
    assert "tokens read" in said
    report = json.loads((tmp_path / "out" / command.REPORT).read_text(encoding="utf-8"))
    assert report["tokens_are"] == "counted"
    assert "the teacher refused" not in report["reasons"]
