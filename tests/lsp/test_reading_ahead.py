from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest

from planfirst.lsp import reading_ahead
from planfirst.lsp.ask import Ask
from planfirst.lsp.background import Background
from planfirst.lsp.reading_ahead import ReadingAhead, on_battery
from planfirst.lsp.session import Session
from planfirst.settings import EditorSettings, PlannerSettings, Settings
from tests.lsp.conftest import Start

HERE, THERE = Ask("file:///a.py", 3, 3, 1), Ask("file:///a.py", 9, 9, 1)


class Reader:
    """Says what it was asked to read, and goes on until it is cancelled."""

    def __init__(self) -> None:
        self.began: asyncio.Queue[Ask] = asyncio.Queue()
        self.cancelled: list[Ask] = []

    async def read(self, ask: Ask) -> None:
        self.began.put_nowait(ask)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.append(ask)
            raise


@pytest.fixture
async def reader() -> Reader:
    return Reader()


def ahead(reader: Reader, loaded: bool = True, **settings: Any) -> ReadingAhead:
    session = SimpleNamespace(settings=replace(Settings(), **settings), is_loaded=loaded)
    return ReadingAhead(cast(Session, session), Background(), reader.read, rest=0.01)


async def nothing_began(reader: Reader) -> bool:
    """Whether nothing is read after another rest of the same length, which began later."""
    other = Reader()
    ahead(other).rests_on(HERE)
    await other.began.get()
    return reader.began.empty()


async def test_what_the_cursor_rests_on_is_read_once(reader: Reader) -> None:
    it = ahead(reader)
    it.rests_on(HERE)
    it.rests_on(HERE)
    assert await reader.began.get() == HERE
    it.rests_on(HERE)
    assert await nothing_began(reader)
    assert not reader.cancelled


async def test_a_cursor_that_moves_on_ends_it(reader: Reader) -> None:
    it = ahead(reader)
    it.rests_on(HERE)
    it.rests_on(THERE)
    assert await reader.began.get() == THERE, "one that only passed by was read"
    it.rests_on(None)
    await asyncio.sleep(0)
    assert reader.cancelled == [THERE]


async def test_a_request_for_that_place_lets_it_go_on_and_one_elsewhere_ends_it(reader: Reader) -> None:
    it = ahead(reader)
    it.rests_on(HERE)
    await reader.began.get()
    it.asked(replace(HERE, version=None, last=5))
    await asyncio.sleep(0)
    assert not reader.cancelled
    it.asked(THERE)
    await asyncio.sleep(0)
    assert reader.cancelled == [HERE]


async def test_nothing_is_loaded_for_it(reader: Reader) -> None:
    ahead(reader, loaded=False).rests_on(HERE)
    assert await nothing_began(reader)


async def test_it_can_be_switched_off(reader: Reader) -> None:
    ahead(reader, editor=EditorSettings(read_ahead=False)).rests_on(HERE)
    assert await nothing_began(reader)


async def test_a_model_that_nobody_uses_is_not_kept_by_it(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    it = ahead(reader, planner=PlannerSettings(unload_minutes=30))
    late = monotonic() + 31 * 60
    monkeypatch.setattr(reading_ahead, "monotonic", lambda: late)
    it.rests_on(HERE)
    assert await nothing_began(reader)


@pytest.mark.parametrize(("plugged", "lives"), [(False, True), (True, False), (None, False)])
async def test_on_battery_nothing_is_read(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, plugged: bool | None, lives: bool
) -> None:
    battery = SimpleNamespace(percent=50, secsleft=100, power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert on_battery() is lives
    if lives:
        ahead(reader).rests_on(HERE)
        await asyncio.sleep(0.05)  # five times the rest
        assert reader.began.empty()


def test_a_machine_without_a_battery_is_not_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert not on_battery()
    monkeypatch.delattr(psutil, "sensors_battery")
    assert not on_battery()


async def test_the_model_works_while_the_cursor_rests(start: Start, slow_llama: Any) -> None:
    editor = await start({"planner": {"model": str(slow_llama), "maxTokens": 40}, "generator": {"maxTokens": 2}})
    uri = editor.open("# add two numbers\n" + "\n# take one number from another\n", name="rest.py")
    await editor.ask("generate", uri, 0)  # loads the model
    server = psutil.Process(editor.client._server.pid)  # type: ignore[union-attr]
    (model,) = [child for child in server.children(recursive=True) if child.cmdline()[-1] == "model"]
    worked = sum(model.cpu_times()[:2])
    assert await editor.actions(uri, 2)
    async with asyncio.timeout(20):
        while sum(model.cpu_times()[:2]) < worked + 0.03:
            await asyncio.sleep(0.02)
