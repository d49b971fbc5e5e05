from __future__ import annotations

import random

from planfirst_lab.training import wording


def test_third_person_becomes_a_command() -> None:
    assert wording.imperative("Returns the sum of the values") == "Return the sum of the values"
    assert wording.imperative("Class names in use") == "Class names in use"


def test_rewording_varies_and_keeps_the_subject() -> None:
    said = {wording.reword("Return the largest value of the given list", random.Random(seed)) for seed in range(40)}
    assert len(said) > 10
    assert all("largest" in text for text in said)


def test_words_are_taken_apart() -> None:
    assert wording.words("readAll read_file 42") == {"read": 2, "all": 1, "file": 1, "42": 1}


def test_likeness_orders_examples() -> None:
    request = wording.words("count the words of a text")
    near = wording.likeness(
        request, wording.words("count words in a text"), wording.words("def count_words(text): ...")
    )
    far = wording.likeness(request, wording.words("open a socket"), wording.words("def connect(host): ..."))
    same = wording.likeness(request, request, request)
    assert 0 <= far < 0.2 < near < same <= 1
    assert wording.likeness(wording.words(""), request, request) < 0.1
