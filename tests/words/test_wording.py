"""How messages become sentences."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from planfirst.core.errors import EndpointAnswer, StoreMissing, WorkerError
from planfirst.words import ENGLISH, Message, Words, catalogue
from planfirst.words.particles import with_particles
from planfirst.words.wire import from_wire, to_wire
from planfirst.workers.wire import error_from_wire, error_to_wire

KOREAN = Words("ko")


def test_another_language_is_english() -> None:
    assert Words("de")(Message("request-empty")) == ENGLISH(Message("request-empty"))
    assert Words(None).language == Words("").language == Words("korea").language == "en"
    assert {Words(locale).language for locale in ("ko", "ko-KR", "ko_KR.UTF-8", "KO")} == {"ko"}


def test_what_happened_and_what_to_do_next() -> None:
    message = Message("store-missing", place="/a")
    assert ENGLISH.what(message) == "There is no store of examples in /a."
    assert ENGLISH.next(message) == "Build it with `planfirst index build`."
    assert ENGLISH(message) == str(message) == f"{ENGLISH.what(message)} {ENGLISH.next(message)}"
    assert ENGLISH.next(Message("document-moved-on")) == ""


def test_a_message_within_a_message() -> None:
    error = StoreMissing("store-missing", place="/a")
    assert str(Message("example-failed", error=error)) == f"{error} This time, no example is used."
    assert KOREAN(Message("example-failed", error=error)).endswith("만드세요. 이번에는 예제를 쓰지 않습니다.")


def test_messages_in_a_row_say_a_next_step_once() -> None:
    failures = [Message("hub-refused", file=file, status=503) for file in ("a", "b")]
    said = str(Message("fetch-failed", name="m", failures=failures))
    assert said.startswith("No source gave m. The hub answered 503 for a. The hub answered 503 for b. Try again later")
    assert said.count("Try again later") == 1


def test_numbers() -> None:
    assert [str(Message("functions", count=count)) for count in (0, 1, 1200)] == [
        "0 functions",
        "1 function",
        "1,200 functions",
    ]


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("프로세스이(가)", "프로세스가"),
        ("모델을(를)", "모델을"),
        ("파일(으)로 함수(으)로 창(으)로", "파일로 함수로 창으로"),
        ("3이(가) 2이(가)", "3이 2가"),
        ("a.gguf을(를)", "a.gguf을(를)"),
    ],
)
def test_a_particle_follows_the_sound_before_it(text: str, worded: str) -> None:
    assert with_particles(text) == worded


def test_a_message_crosses_a_pipe() -> None:
    message = Message("index-part-failed", part="1/2", error=Message("index-trouble", wheel="w", status=503))
    row = Message("sandbox-missing", reasons=(Message("bubblewrap-missing"),), remedy=Message("install-c"))
    for one in (message, row):
        assert from_wire(json.loads(json.dumps(to_wire(one)))) == one


def test_an_error_crosses_a_pipe_with_its_class_and_its_arguments() -> None:
    error = EndpointAnswer("endpoint-broken", host="h", status=500, said="")
    back = error_from_wire(json.loads(json.dumps(error_to_wire(error))))
    assert isinstance(back, EndpointAnswer)
    assert (back.message, back.status) == (error.message, 500)
    assert isinstance(error_from_wire({"type": "Nonsense", "message": {"code": "worker-fault"}}), WorkerError)


def test_what_another_version_sends_is_shown_as_it_is() -> None:
    assert str(Message("of-tomorrow", place="/a")) == "of-tomorrow /a"
    assert str(Message("store-missing", folder="/a")) == "store-missing /a"


def test_what_is_no_value_is_kept_as_its_text() -> None:
    assert Message("store-missing", place=ValueError("x")).args == {"place": "x"}


def test_the_message_in_contributing_is_one() -> None:
    page = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page[page.index("## A message") : page.index("## An editor")]
    (raised,), (entry,) = (re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL) for kind in ("python", "toml"))
    with pytest.raises(StoreMissing) as error:
        exec(raised, {"StoreMissing": StoreMissing, "folder": "/a"})
    assert tomllib.loads(entry) == {error.value.code: catalogue("en")[error.value.code]}
    assert "/a" in str(error.value)
