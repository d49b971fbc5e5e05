"""Whole conversations over HTTP, with the real server and a real model file."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from planfirst.chat.conversations import Conversations
from planfirst.folders import conversations_file
from tests.chat_web.page_server import IS_WINDOWS, Server, browser, first_words, rows, served
from tests.random_llama import LONG_NAME, write_random_llama

pytestmark = [pytest.mark.real, pytest.mark.skipif(IS_WINDOWS, reason="Windows has no SIGINT for one process")]


@pytest.fixture(scope="session")
def assigning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that writes one thing again and again."""
    return write_random_llama(tmp_path_factory.mktemp("writes") / "assigns.gguf", writes=LONG_NAME)


@pytest.fixture
def server(assigning: Path) -> Iterator[Server]:
    with served(assigning, "--set", "chat.temperature=0", "--set", "chat.maxTokens=24") as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with browser(server) as client:
        yield client


def test_a_whole_conversation(server: Server, client: httpx.Client) -> None:
    state = client.get("/api/state").json()
    assert (state["model"], state["temperature"], state["maxTokens"]) == ("assigns", 0, 24)
    assert client.get("/api/conversations").json() == []
    first = rows(client, "/api/ask", message="Hello", system="Speak.", maxTokens=16)
    id = first[0]["id"]
    assert any(row.get("answer") for row in first)
    talk = first[-1]["conversation"]
    assert (talk["title"], talk["system"], len(talk["turns"])) == ("Hello", "Speak.", 1)
    assert talk["turns"][0]["answer"] == [["p", {}, LONG_NAME[:16]]]
    assert any("16 tokens" in row.get("notice", "") for row in first)
    second = rows(client, f"/api/conversations/{id}/ask", message="And more?", system="Speak.")
    assert [turn["source"] for turn in second[-1]["conversation"]["turns"]] == ["Hello", "And more?"]
    again = rows(client, f"/api/conversations/{id}/retry", system="Speak.", temperature=1.5, topP=0.9)
    assert len(again[-1]["conversation"]["turns"]) == 2
    edited = rows(client, f"/api/conversations/{id}/edit", message="And less?", system="Briefly.")
    assert [turn["source"] for turn in edited[-1]["conversation"]["turns"]] == ["Hello", "And less?"]
    assert edited[-1]["conversation"]["system"] == "Briefly."
    back = client.post(f"/api/conversations/{id}/undo", json={}).json()["conversation"]
    assert [turn["source"] for turn in back["turns"]] == ["Hello"]
    (listed,) = client.get("/api/conversations", params={"search": "hel"}).json()
    assert (listed["id"], listed["turns"]) == (id, 1)
    assert client.get("/api/conversations", params={"search": "less"}).json() == []
    kept = client.get(f"/api/conversations/{id}/export?format=json")
    assert kept.json()["turns"][0]["user"] == "Hello"
    assert kept.headers["content-disposition"] == f'attachment; filename="planfirst-{id}.json"'
    assert "> Hello" in client.get(f"/api/conversations/{id}/export?format=md").text
    assert client.delete(f"/api/conversations/{id}").status_code == 200
    assert client.get("/api/conversations").json() == []
    code, said = server.stopped()
    assert code == 0, said
    assert "Traceback" not in said
    assert said.rstrip().endswith("The page is closed. What was said is kept.")


def test_stopping_keeps_what_was_written(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask", json={"message": "Hello", "maxTokens": 3000}) as response:
        lines = response.iter_lines()
        id = first_words(lines)
        refused = client.post(f"/api/conversations/{id}/ask", json={"message": "Me, too"})
        assert refused.status_code == 409
        assert refused.json()["error"].startswith("An answer is being written in this conversation.")
        assert client.post(f"/api/conversations/{id}/retry", json={}).status_code == 409
        assert client.post(f"/api/conversations/{id}/undo", json={}).status_code == 409
        assert client.get(f"/api/conversations/{id}").json()["conversation"]["isWritten"]
        other = rows(client, "/api/ask", message="In another conversation")
        assert other[-1]["conversation"]["turns"][0]["answer"]
        assert client.post(f"/api/conversations/{id}/stop", json={}).status_code == 200
        talk = [json.loads(line) for line in lines][-1]["conversation"]
    assert (talk["isWritten"], talk["turns"][0]["stopped"]) == (False, True)
    assert talk["turns"][0]["answer"]
    assert client.post(f"/api/conversations/{id}/stop", json={}).status_code == 200  # nothing is written any more
    assert len(rows(client, f"/api/conversations/{id}/ask", message="Go on")[-1]["conversation"]["turns"]) == 2


def test_a_page_that_is_closed_stops_the_model_and_the_part_is_kept(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask", json={"message": "Hello", "maxTokens": 3000}) as response:
        id = first_words(response.iter_lines())
    deadline = time.monotonic() + 30
    while (talk := client.get(f"/api/conversations/{id}").json()["conversation"])["isWritten"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert talk["turns"][0]["stopped"]
    assert 0 < len(Conversations(conversations_file()).get(id).turns[0].assistant) < 2900


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_end_of_the_server_keeps_what_was_written(server: Server, client: httpx.Client, number: int) -> None:
    with client.stream("POST", "/api/ask", json={"message": "Hello", "maxTokens": 3000}) as response:
        id = first_words(response.iter_lines())
        code, said = server.stopped(number)
    assert code in (0, -signal.SIGTERM)
    assert "Traceback" not in said, said
    (turn,) = Conversations(conversations_file()).get(id).turns
    assert turn.stopped
    assert turn.assistant


@pytest.mark.parametrize(
    ("message", "said"), [("", "is empty"), (" \n", "is empty"), ("x" * 200_000, "200000 characters")]
)
def test_a_message_that_cannot_be_sent(client: httpx.Client, message: str, said: str) -> None:
    refused = client.post("/api/ask", json={"message": message})
    assert refused.status_code == 400
    assert said in refused.json()["error"]
    assert client.get("/api/conversations").json() == []


def test_a_changed_message_that_cannot_be_sent_leaves_the_old_one(client: httpx.Client) -> None:
    id = rows(client, "/api/ask", message="Hello")[0]["id"]
    before = client.get(f"/api/conversations/{id}").json()["conversation"]["turns"]
    assert client.post(f"/api/conversations/{id}/edit", json={"message": ""}).status_code == 400
    wide = rows(client, f"/api/conversations/{id}/edit", message="x" * 50_000)  # more than the window
    assert "tokens" in wide[1]["error"]
    (turn,) = wide[-1]["conversation"]["turns"]
    assert (turn["source"], turn["answer"]) == (before[0]["source"], before[0]["answer"])


def test_a_conversation_that_another_window_deleted(client: httpx.Client) -> None:
    id = rows(client, "/api/ask", message="Hello")[0]["id"]
    Conversations(conversations_file()).delete(id)
    for what in ("ask", "edit", "retry", "undo"):
        refused = client.post(f"/api/conversations/{id}/{what}", json={"message": "More"})
        assert refused.status_code == 404
        assert "deleted in another window" in refused.json()["error"]
    assert client.get("/api/conversations").json() == []


def test_a_conversation_that_the_terminal_went_on_with(client: httpx.Client, server: Server) -> None:
    first = rows(client, "/api/ask", message="Hello")[-1]["conversation"]
    conversations = Conversations(conversations_file())
    talk = conversations.get(first["id"])
    conversations.add(talk, talk.turns[0])
    assert len(client.get(f"/api/conversations/{talk.id}").json()["conversation"]["turns"]) == 2
    turns = rows(client, f"/api/conversations/{talk.id}/ask", message="Third")[-1]["conversation"]["turns"]
    assert [turn["number"] for turn in turns] == [1, 2, 3]


def test_deleting_in_mid_answer_stops_it(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask", json={"message": "Hello", "maxTokens": 3000}) as response:
        lines = response.iter_lines()
        id = first_words(lines)
        assert client.delete(f"/api/conversations/{id}").status_code == 200
        assert not any("conversation" in json.loads(line) for line in lines)
    assert client.get("/api/conversations").json() == []


def test_without_a_model_the_page_says_what_to_do_and_shows_what_is_kept(tmp_path: Path) -> None:
    with served("no-such-model") as server, browser(server) as client:
        for response in (client.get("/api/state"), client.post("/api/ask", json={"message": "Hello"})):
            assert response.status_code == 503
            assert "no-such-model" in response.json()["error"]
        assert client.get("/").status_code == 200
        assert client.get("/api/conversations").json() == []
        assert server.stopped()[0] == 0


def test_what_was_said_can_do_nothing(assigning: Path, client: httpx.Client) -> None:
    said = "<script>alert(1)</script>\u202e\x1b[31m\x00 <img src=x onerror=alert(1)>"
    talk = rows(client, "/api/ask", message=said)[-1]["conversation"]
    shown = talk["turns"][0]["user"]
    assert shown.startswith("<script>alert(1)</script>\\u202e\\u001b[31m\\u0000 ")
    assert "\u202e" not in talk["title"]
    assert client.get(f"/api/conversations/{talk['id']}").headers["content-type"] == "application/json"
