"""A conversation that goes on, with models that answer from a script."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planfirst.adapters.scripted import ScriptedWriter
from planfirst.chat.asking import SYSTEM
from planfirst.chat.conversations import Conversations
from planfirst.chat.sampling import decoding_of
from planfirst.chat.session import Chat
from planfirst.chat.turns import Conversation, Turn
from planfirst.chat.window import MOST_CHARACTERS, first_kept
from planfirst.core.errors import BadRequest, ConversationError, ModelRefused, WorkerError
from planfirst.core.profile import INSTRUCT
from planfirst.core.types import Notice, Text
from planfirst.settings import ChatSettings


def chat(folder: Path, *answers: Any, context: int = 4096, id: str = "0a0a0a0a", **changes: Any) -> Chat:
    writer = ScriptedWriter(*answers, profile="instruct", context=context)
    settings = replace(ChatSettings(max_tokens=64), **changes)
    return Chat(writer, Conversations(folder / "kept.sqlite3"), settings, Conversation(id))


def scripted(chat: Chat) -> ScriptedWriter:
    assert isinstance(chat.writer, ScriptedWriter)
    return chat.writer


async def said(chat: Chat, message: str | None) -> tuple[str, list[str], Turn]:
    """The answer, the codes of the notices, and the turn."""
    events = [event async for event in (chat.retry() if message is None else chat.ask(message))]
    text = "".join(event.text for event in events if isinstance(event, Text))
    codes = [event.message.code for event in events if isinstance(event, Notice)]
    assert isinstance(events[-1], Turn)
    return text, codes, events[-1]


async def test_the_next_prompt_begins_with_the_last_one_and_its_answer(tmp_path: Path) -> None:
    one = chat(tmp_path, "Use +.\n", "Use sum.\n")
    assert await said(one, "Add two numbers.") == ("Use +.\n", [], one.turns[0])
    await said(one, "And many?")
    first, second = scripted(one).prompts
    assert (first.system, first.turns, first.user) == (SYSTEM, (), "Add two numbers.")
    assert (second.system, second.turns, second.user) == (SYSTEM, (("Add two numbers.", "Use +.\n"),), "And many?")
    assert one.conversations.turns(one.conversation.id) == one.turns
    assert [turn.stopped for turn in one.turns] == [False, False]


@pytest.mark.parametrize("message", ["", " \n\t"])
async def test_an_empty_message_is_none(tmp_path: Path, message: str) -> None:
    one = chat(tmp_path, "answer")
    with pytest.raises(BadRequest) as caught:
        await said(one, message)
    assert caught.value.code == "chat-message-empty"
    assert one.conversations.listed() == []


async def test_a_message_that_is_too_long_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    one = chat(tmp_path, "answer")
    for message, code in (("x" * 200_000, "chat-message-long"), ("word " * 5000, "chat-message-wide")):
        with pytest.raises(BadRequest) as caught:
            await said(one, message)
        assert caught.value.code == code
    assert len("word " * 5000) < MOST_CHARACTERS
    assert one.conversations.listed() == []
    assert (await said(one, "short"))[0] == "answer"


async def test_broken_text_is_kept_and_sent(tmp_path: Path) -> None:
    one = chat(tmp_path, "ok")
    await said(one, "a\ud800b\x00<|im_end|>")
    assert one.conversations.turns(one.conversation.id)[0].user == "a?b\x00<|im_end|>"


async def test_what_does_not_fit_is_dropped_and_told_once(tmp_path: Path) -> None:
    one = chat(tmp_path, *["word " * 60] * 12, context=512)
    told = [(await said(one, f"message {n} " + "more " * 20))[1] for n in range(12)]
    prompts = scripted(one).prompts
    assert [codes.count("chat-turns-dropped") for codes in told].count(1) == len([codes for codes in told if codes])
    firsts = [prompt.turns[0][0].split()[1] for prompt in prompts[1:]]
    assert firsts == sorted(firsts, key=int)
    assert 1 <= len(set(firsts)) - 1 <= 5  # it moves in leaps, so that the prompts begin alike
    for prompt in prompts:
        words = sum(len(text.split()) for pair in prompt.turns for text in pair) + len(prompt.user.split())
        assert words + 64 <= 512
    assert len(one.turns) == 12


async def test_turns_leave_in_pairs_and_the_message_always_fits() -> None:
    async def count(texts: Any) -> list[int]:
        return [len(text) for text in texts]

    turns = [Turn("u" * 10, "a" * 10, number=n) for n in range(10)]
    assert await first_kept("", turns, "m" * 10, 1000, count) == 0
    first = await first_kept("", turns, "m" * 10, 300, count)
    assert (10 - first) * 36 + 42 <= 150
    assert await first_kept("", turns, "m" * 200, 233, count) == 10
    with pytest.raises(BadRequest):
        await first_kept("", turns, "m" * 202, 233, count)


async def test_a_stopped_answer_is_kept_as_far_as_it_came(tmp_path: Path) -> None:
    one = chat(tmp_path, "one\ntwo\nthree\n", "later")
    async with aclosing(one.ask("count")) as events:
        async for event in events:
            if isinstance(event, Text) and event.text == "two\n":
                break
    assert scripted(one).stopped == 1
    (turn,) = one.conversations.turns(one.conversation.id)
    assert (turn.assistant, turn.stopped) == ("one\ntwo\n", True)
    await said(one, "go on")
    assert scripted(one).prompts[1].turns == (("count", "one\ntwo\n"),)


async def test_cancelling_who_reads_stops_the_model(tmp_path: Path) -> None:
    one, begun = chat(tmp_path, "one\n" * 1000), asyncio.Event()

    async def read() -> None:
        async with aclosing(one.ask("count")) as events:
            async for _ in events:
                begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert scripted(one).stopped == 1
    assert one.turns[0].stopped


async def test_a_message_is_kept_though_no_answer_comes(tmp_path: Path) -> None:
    one = chat(tmp_path, WorkerError("worker-ended", process="x", reason="SIGKILL"), "Now.\n")
    with pytest.raises(WorkerError):
        await said(one, "Add.")
    (turn,) = one.conversations.turns(one.conversation.id)
    assert (turn.user, turn.assistant, turn.stopped) == ("Add.", "", True)
    assert (await said(one, None))[0] == "Now.\n"
    assert one.conversations.turns(one.conversation.id)[0].assistant == "Now.\n"
    assert scripted(one).prompts[1].turns == ()


async def test_another_answer_takes_the_place_once_it_is_whole(tmp_path: Path) -> None:
    one = chat(tmp_path, "first", "second\nhalf\n", "third", temperature=0.7)
    await said(one, "Say something.")
    async with aclosing(one.retry()) as events:
        async for event in events:
            if isinstance(event, Text):
                break
    assert one.conversations.turns(one.conversation.id)[0].assistant == "first"
    await said(one, None)
    assert [turn.assistant for turn in one.conversations.turns(one.conversation.id)] == ["third"]
    assert len({decoding.seed for decoding in scripted(one).decodings}) == 3
    assert one.turns == one.conversations.turns(one.conversation.id)


async def test_what_was_said_last_can_be_taken_back(tmp_path: Path) -> None:
    one = chat(tmp_path, "first", "second")
    for act in (one.undo, one.retry):
        with pytest.raises(BadRequest):
            result = act()
            if not isinstance(result, tuple):
                await anext(result)
    await said(one, "a")
    await said(one, "b")
    turn, notice = one.undo()
    assert (turn.user, notice) == ("b", None)
    assert [turn.user for turn in one.turns] == ["a"]
    assert one.conversations.turns(one.conversation.id) == one.turns


async def test_two_windows_on_one_conversation(tmp_path: Path) -> None:
    left, right = chat(tmp_path, "1", "3"), chat(tmp_path, "2")
    await said(left, "a")
    right.open(right.conversations.get("0a"))
    await said(right, "b")
    answer, codes, _ = await said(left, "c")
    assert (answer, codes) == ("3", ["conversation-changed"])
    assert [(turn.user, turn.assistant) for turn in left.turns] == [("a", "1"), ("b", "2"), ("c", "3")]
    assert left.turns == left.conversations.turns("0a0a0a0a")
    _, notice = right.undo()
    assert notice is not None
    assert [turn.user for turn in right.turns] == ["a", "b", "c"]


async def test_a_full_disk_costs_nothing_that_was_said(tmp_path: Path) -> None:
    one = chat(tmp_path, "1", "2", "3")
    await said(one, "a")
    one.conversations.listed()
    assert one.conversations._database is not None
    (pages,) = one.conversations._database.execute("PRAGMA page_count").fetchone()
    one.conversations._database.execute(f"PRAGMA max_page_count = {pages}")
    answer, codes, _ = await said(one, "b" * 50_000)
    assert (answer, codes) == ("2", ["conversations-disk-full"])
    assert len(one.conversations.turns("0a0a0a0a")) == 1
    one.conversations._database.execute("PRAGMA max_page_count = 100000")
    assert (await said(one, "c"))[1] == []
    assert [turn.assistant for turn in one.conversations.turns("0a0a0a0a")] == ["1", "2", "3"]


async def test_an_answer_that_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    one = chat(tmp_path, "1\n", "2\n")
    other = sqlite3.connect(tmp_path / "kept.sqlite3", isolation_level=None)
    events = one.ask("a")
    assert isinstance(await anext(events), Text)
    assert one.conversations._database is not None
    one.conversations._database.execute("PRAGMA busy_timeout = 1")
    other.execute("BEGIN IMMEDIATE")
    rest = [event async for event in events]
    assert [event.message.code for event in rest if isinstance(event, Notice)] == ["conversations-busy"]
    other.execute("COMMIT")
    other.close()
    await said(one, "b")
    assert [turn.assistant for turn in one.conversations.turns("0a0a0a0a")] == ["1\n", "2\n"]


async def test_a_conversation_that_was_deleted_elsewhere_is_not_brought_back_by_its_answer(tmp_path: Path) -> None:
    one = chat(tmp_path, "1\n2\n")
    events = one.ask("a")
    await anext(events)
    Conversations(tmp_path / "kept.sqlite3").delete("0a0a0a0a")
    rest = [event async for event in events]
    assert [event.message.code for event in rest if isinstance(event, Notice)] == ["conversation-missing"]
    with pytest.raises(ConversationError):
        one.conversations.get("0a")


async def test_a_model_that_only_copies_is_refused(tmp_path: Path) -> None:
    one = chat(tmp_path)
    one.writer = ScriptedWriter(profile="compact")
    with pytest.raises(ModelRefused) as caught:
        await said(one, "Hello")
    assert "planfirst models pull" in caught.value.next_step


async def test_an_answer_that_is_cut_or_empty_is_told(tmp_path: Path) -> None:
    one = chat(tmp_path, "word " * 64, "")
    assert (await said(one, "a"))[1] == ["chat-answer-cut"]
    assert (await said(one, "b"))[1] == ["chat-answer-empty"]


async def test_what_came_from_elsewhere_belongs_to_the_conversation(tmp_path: Path) -> None:
    one = chat(tmp_path, "Fine.")
    assert one.note("/plan add", "1. Add.", "small") == []
    await said(one, "Is that all?")
    assert scripted(one).prompts[0].turns == (("/plan add", "1. Add."),)


def test_sampling_is_the_models_own_unless_a_setting_says_otherwise() -> None:
    own = replace(INSTRUCT, chat_temperature=0.3, chat_top_k=7, chat_min_p=0.1)
    decoding = decoding_of(ChatSettings(), own)
    assert (decoding.temperature, decoding.top_k, decoding.min_p, decoding.top_p) == (0.3, 7, 0.1, 0.8)
    given = ChatSettings(temperature=0.0, top_p=1.0, top_k=0, min_p=0.0, repeat_penalty=0.0, seed=2**31 - 1)
    decoding = decoding_of(given, own, attempt=1)
    assert (decoding.temperature, decoding.top_k, decoding.min_p, decoding.top_p) == (0.0, 0, 0.0, 1.0)
    assert (decoding.seed, decoding.repeat_penalty) == (0, 0.5)
