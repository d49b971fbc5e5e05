from __future__ import annotations

from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst_lab.training.likeness import Likeness
from planfirst_lab.training.near_copies import RUN, Requests, Runs, near_copies


def pair(question: str, code: str) -> Pair:
    return Pair(question, question, code, "x", "MIT", question)


MEASURED = [pair("sum the squares of numbers", "def squares(numbers):\n    return sum(n * n for n in numbers)")]


def test_near_copies_are_found_by_meaning_and_by_code() -> None:
    others = [
        pair("sum the squares of numbers", "def squares(values):\n    return sum(n * n for n in values)"),
        pair("something else", "def total(numbers):\n    return sum(n * n for n in numbers)"),
        pair("close a file", "def close(file):\n    file.close()"),
    ]
    alike, same = near_copies(others, MEASURED, Likeness(HashedEmbedder().embed))
    assert 0 in alike
    assert 1 in same
    assert 2 not in alike | same


def test_nothing_is_near_to_nothing() -> None:
    likeness = Likeness(HashedEmbedder().embed)
    assert near_copies([], MEASURED, likeness) == (set(), set())
    assert near_copies(MEASURED, [], likeness) == (set(), set())


def test_requests_are_the_same_with_other_small_words_and_order() -> None:
    requests = Requests(["How do I sum the squares of a list?"])
    assert requests.nearly_hold("sum squares of the list")
    assert requests.nearly_hold("Write a function to list the squares, sum")
    assert not requests.nearly_hold("sum the cubes of a list")


def test_runs_of_words_are_found_whatever_stands_between_them() -> None:
    words = [f"word{n}" for n in range(RUN + 1)]
    runs = Runs(["too short", f"Before. {' '.join(words)}"])
    assert runs.held_by(f"{', '.join(words[1:]).upper()}!")
    assert not runs.held_by(" ".join(words[2:]))
    assert not runs.held_by(" ".join(reversed(words)))
    assert not Runs([]).held_by(" ".join(words))


def test_neighbours_are_the_likest_others_without_copies() -> None:
    pairs = [
        pair("read lines of a file", "open(path)"),
        pair("read lines of a file", "open(path)"),
        pair("read all lines of a text file", "open(path).read()"),
        pair("compute a mean", "sum(values) / len(values)"),
    ]
    found = Likeness(HashedEmbedder().embed).neighbours(pairs, 2, 0.999)
    assert found[0][0] == 2
    assert 1 not in found[0]
    assert 0 not in found[0]
