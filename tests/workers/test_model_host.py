"""What the model process keeps of the answers that it gives."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from planfirst.core.types import Decoding, Prompt
from planfirst.workers import model_host
from planfirst.workers.model_host import ModelHost
from planfirst.workers.proxies import wired

pytestmark = pytest.mark.real
TOKENS = 40


@pytest.fixture
def host(random_llama: Path, monkeypatch: pytest.MonkeyPatch) -> ModelHost:
    monkeypatch.setattr(model_host, "_SHARE", 0.0)  # however busy the machine is that tests it
    host = ModelHost()
    host.methods["open"](
        {"path": str(random_llama), "context": 512, "threads": 1, "original": "", "sha256": "", "running": {}},
        print,
        bool,
    )
    return host


def answer(host: ModelHost, done: list[Any]) -> str:
    pieces: list[str] = []
    params = {"prompt": wired(Prompt("", "Say something.")), "decoding": asdict(Decoding(TOKENS))}
    later = host.methods["stream"](params, pieces.append, bool)
    later.result = done.append
    while host.busy:
        host.step()
    return "".join(pieces)


def test_the_pace_of_an_answer_is_kept_once_it_is_given(
    host: ModelHost, random_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []
    kept: list[tuple[Path, int, float, int]] = []
    monkeypatch.setattr(model_host, "remember", lambda *what: kept.append((*what, len(done))))
    assert answer(host, done)
    ((path, tokens, seconds, answered),) = kept
    assert (path, tokens, answered) == (
        random_llama,
        TOKENS - 1,
        1,
    )  # of the first one it is not known how long it took
    assert seconds > 0


def test_a_pace_while_others_hold_the_processor_is_not_kept(host: ModelHost, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []
    monkeypatch.setattr(model_host, "remember", lambda *what: kept.append(what))
    monkeypatch.setattr(model_host, "_SHARE", 1000.0)
    assert answer(host, [])
    assert kept == []


def test_a_pace_that_cannot_be_written_harms_nobody(host: ModelHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*what: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(model_host, "remember", full)
    done: list[Any] = []
    assert answer(host, done) == answer(host, done)
    assert done == [True, True]  # the token limit ended both
