"""The page in both languages."""

from __future__ import annotations

import re

import pytest

from planfirst.chat_web.language import preferred, words_of
from planfirst.chat_web.texts import FILES, TEXTS, file, page
from planfirst.words import LANGUAGES, Message, Words


def test_the_page_has_all_its_texts_and_no_other() -> None:
    placed = set(re.findall(r"\{\{([a-z-]+)\}\}", file("page.html")))
    assert placed == {*TEXTS, "language"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language(language: str) -> None:
    words, made = Words(language), page(Words(language))
    assert f'<html lang="{language}">' in made
    assert "{{" not in made
    assert f"<summary>{words(Message('web-settings'))} " in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_where_messages_go(language: str) -> None:
    words = Words(language)
    here, there = words(Message("web-welcome")), words(Message("web-welcome-server", host="models.example"))
    assert here in page(words)
    assert there in page(words, "models.example")
    assert here not in page(words, "models.example")


def test_every_text_that_the_script_says_is_on_the_page() -> None:
    given = set(re.findall(r"data-([a-z-]+)=", file("page.html")))
    said = {
        re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)
        for script in FILES
        for name in re.findall(r"\bwords\.([a-zA-Z]+)", file(script))
    }
    assert given == said


def test_every_control_has_a_label() -> None:
    made = page(Words("en"))
    for id in re.findall(r"<(?:input|textarea)[^>]* id=\"([a-zA-Z]+)\"", made):
        assert f'<label for="{id}">' in made, id
    assert all(text.strip() for text in re.findall(r"<button[^>]*>([^<]*)</button>", made))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("de,ko;q=0.3", "ko"),
        ("de,fr", "en"),
        ("ko;q=0", "en"),
        ("ko;q=nonsense,;;,en;q=", "en"),
    ],
)
def test_the_language_that_a_browser_likes(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


def test_the_address_may_name_the_language() -> None:
    headers = [(b"accept-language", b"en")]
    assert words_of({"query_string": b"lang=ko", "headers": headers}).language == "ko"
    assert words_of({"query_string": b"lang=%ff<script>", "headers": headers}).language == "en"
