from __future__ import annotations

from dataclasses import replace

import pytest

from planfirst.adapters.lexical import all_words, shares, words
from planfirst.core.types import Pair

PAIR = Pair("1", "load a table", "def read_csv(path):\n    return parseRows(path)", "t", "MIT", "t:1")


@pytest.mark.parametrize("forms", ["sort sorts sorted sorting", "string strings", "copy copied copies", "get getting"])
def test_forms_of_a_word_are_one(forms: str) -> None:
    assert len(words(forms)) == 1


def test_different_words_stay_different() -> None:
    assert len(words("class list dict json csv date file row")) == 8


def test_names_are_split_and_small_words_left_out() -> None:
    assert words("How do I readCsv with HTTPServer in python?") == {"read", "csv", "http", "server"}
    assert all_words("file to file") == ["file", "file"]


def test_other_scripts_have_words_too() -> None:
    assert words("파일을 읽는다 csv") == {"파일을", "읽는다", "csv"}


def test_the_share_counts_question_code_and_what_the_pair_is_found_by() -> None:
    assert shares("load rows of csv", [PAIR]) == [1.0]
    found_by = Pair("1", "q", "x = 1", "t", "MIT", "t:1", about="spreadsheet export")
    assert shares("export a spreadsheet", [found_by]) == [1.0]
    assert shares("draw circles", [PAIR, found_by]) == [0.0, 0.0]


def test_a_word_that_fewer_of_them_have_counts_more() -> None:
    pairs = [replace(PAIR, question=text, code="x") for text in ("file", "file", "file csv", "csv table")]
    both, table = shares("file csv", pairs)[2], shares("file table", pairs)
    assert both == 1.0
    assert 0 < table[0] == table[1] < 0.5 < table[3] < 1
    assert table[0] + table[3] == pytest.approx(1.0)


@pytest.mark.parametrize("count", range(10, 60, 7))
def test_all_words_are_the_whole_in_whatever_order_they_are_added(count: int) -> None:
    names = [f"{first}{second}x" for first in "bdfghjklmn" for second in "aeiouy"][:count]
    pairs = [replace(PAIR, question=" ".join(names[at:]), code="x") for at in range(count)]
    assert shares(" ".join(names), pairs)[0] == 1.0


def test_a_request_without_words_shares_nothing() -> None:
    assert shares("how to use it", [PAIR]) == [0.0]
    assert shares("?!", [PAIR]) == [0.0]
    assert shares("csv", []) == []
