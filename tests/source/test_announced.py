"""Which requests announce the header of what they want, and which only speak of calls."""

from __future__ import annotations

import pytest

from planfirst.source.announced import announced
from planfirst.source.languages import language_of
from planfirst.source.locate import locate

PYTHON, JAVASCRIPT = language_of("python"), language_of("javascript")


@pytest.mark.parametrize(
    ("request_", "header"),
    [
        ("mean(values): the average, 0.0 for none", "def mean(values):"),
        ("function query_lists(query) that turns a query string into lists", "def query_lists(query):"),
        ("to_int(text, default=0): the text as a number", "def to_int(text, default=0):"),
        ("sum a field by a key, as total_by(rows, key) -> dict", "def total_by(rows, key) -> dict:"),
        ("deal people out into teams: teams(people, n) -> list of n lists", "def teams(people, n) -> list:"),
        ("add a helper area(width: float, height: float) -> float", "def area(width: float, height: float) -> float:"),
        ("generator countdown(n): n, n-1, and so on", "def countdown(n):"),
        ("async function fetch_all(urls): at most five at a time", "async def fetch_all(urls):"),
        ("merge(*parts, **more): one dict", "def merge(*parts, **more):"),
        ("first(items) -> Item or nothing", "def first(items):"),
        ("class Stack: push, pop and peek", "class Stack:"),
        ("write a class LapTimer with lap(seconds) and best()", "class LapTimer:"),
    ],
)
def test_a_header_is_taken_from_the_words(request_: str, header: str) -> None:
    assert announced(request_, PYTHON) == header


@pytest.mark.parametrize(
    "request_",
    [
        "sort the rows by their date",
        "like sorted(rows), but stable",
        "use os.path.join(a, b) for the path",
        "len(items) must stay the same",
        "print(x) for each of them",
        "call notify(user) for every user, then close(user)",
        "f(x, 2) is 4",
        "mean(values",
        "class of the widget, as a string",
        "a, b = split(text)",
    ],
)
def test_other_calls_are_left_alone(request_: str) -> None:
    assert announced(request_, PYTHON) == ""


@pytest.mark.parametrize(
    ("request_", "header"),
    [
        ('first letters: initials("Ada Lovelace") -> "AL"', "def initials(text):"),
        ("first letters\n>>> initials(\"Ada Lovelace\")\n'AL'", "def initials(text):"),
        (">>> total([1, 2])\n3\n>>> total([])\n0", "def total(items):"),
        (">>> total([1, 2])", ""),
        (">>> total([1, 2])\n>>> print(1)\n1", ""),
        (">>> list(pairs([1, 2]))\n[(1, 2)]", ""),
        ('None if it is none: parse("{not}") -> None', "def parse(text):"),
        ("stop() -> None: end all of them", "def stop() -> None:"),
        ("largest gap, gap([3, 1, 9]) == 6, gap([]) == 0", "def gap(items):"),
        ("total of both, total(1, 2.5) gives 3.5", "def total(number, number2):"),
        ('padded("a", width=3) returns "a  "', "def padded(text, width):"),
        ("merged({1: 2}, {}, None) => {1: 2}", "def merged(mapping, mapping2, value):"),
        ("now() -> 12", "def now():"),
        ("to_date('24.12.2024') gives a date", "def to_date(text):"),
        ('print("a") -> a', ""),  # everybody has that one
        ('call load("a.csv") first', ""),  # no result
        ("total(price, 2) -> 3", ""),  # neither names nor values
        ("take f(*[1]) -> 2", ""),
        ("Point(x=2) -> Point(x=2, y=0)", ""),  # a class
    ],
)
def test_an_example_announces_a_header(request_: str, header: str) -> None:
    assert announced(request_, PYTHON) == header


def test_an_example_in_javascript() -> None:
    assert announced('first letters: initials("Ada Lovelace") -> "AL"', JAVASCRIPT) == "function initials(text) {"


@pytest.mark.parametrize("file", ["def load(path):\n    ...\n", "from a import b, load\n", "load = 3\n"])
def test_what_the_file_has_is_called_and_not_announced(file: str) -> None:
    assert announced("load(path) and sum up what is in it", PYTHON, file) == ""


def test_a_member_has_self() -> None:
    assert announced("area(): width times height", PYTHON, in_class=True) == "def area(self):"
    assert announced("area(self): width times height", PYTHON, in_class=True) == "def area(self):"


def test_javascript_and_no_language_that_needs_types() -> None:
    assert announced("stem(path, dot = '.'): without its extension", JAVASCRIPT) == "function stem(path, dot = '.') {"
    assert announced("stem(path, 3): without its extension", JAVASCRIPT) == ""
    assert announced("stem(path): without its extension", language_of("java")) == ""


def test_a_site_knows_it_where_a_comment_stands_alone() -> None:
    site = locate("import os\n\n# total(rows): the sum of the third column\n", 2, 2, PYTHON)
    assert site is not None
    assert (site.kind, site.task.announced, site.task.opening) == ("comment", "def total(rows):", "def total(rows):")
    inside = locate("class Box:\n    width = 1\n\n    # area(): width times height\n", 3, 3, PYTHON)
    assert inside is not None
    assert inside.task.announced == "def area(self):"
    stub = locate("# mean(values): the average\ndef other(values):\n    pass\n", 0, 0, PYTHON)
    assert stub is not None
    assert stub.task.announced == ""
    assert stub.task.opening == stub.task.stub == "def other(values):"


@pytest.mark.parametrize(
    ("text", "line", "comment"),
    [
        ("import os\n\n# the newest\n# of all\n", 2, "# the newest\n# of all"),
        ("import os\n\n# the newest\n# Plan:\n# 1. sort\n", 2, "# the newest"),
        ("def f():\n    # the newest\n    return 1\n", 1, ""),
        ("import os\n\n# " + "word " * 200 + "\n", 2, ""),
    ],
)
def test_a_comment_at_the_top_level_is_kept_as_it_stands(text: str, line: int, comment: str) -> None:
    site = locate(text, line, line, PYTHON)
    assert site is not None
    assert site.task.comment == comment


TESTED = """from shop import Cart
import re

rows = []


def slugify(title):
    return title


def test_old():
    pass
"""


@pytest.mark.parametrize(
    ("request_", "header"),
    [
        ("test slugify with spaces and an empty title", "def test_slugify():"),
        ("write unit tests for slugify", "def test_slugify():"),
        ("Add a test of the function `slugify`: no hyphen at the end", "def test_slugify():"),
        ("slugify를 빈 제목으로 테스트", "def test_slugify():"),
        ("tests for Cart", "def test_cart():"),
        ("test old", ""),
        ("test rows for duplicates", ""),
        ("test re", ""),
        ("test whether slugify is there", "def test_slugify_is_there():"),
        ("test that the cents left over go to the first people", "def test_cents_left_over_go_to_first_people():"),
        ("add a test for an empty title.", "def test_empty_title():"),
        ("test that 제목", ""),
        ("test data: three users", ""),
        ("tested slugify", ""),
    ],
)
def test_a_test_of_what_the_file_has_is_a_function(request_: str, header: str) -> None:
    assert announced(request_, PYTHON, TESTED) == header
    assert announced(request_, PYTHON) == ""


def test_a_test_in_a_class_is_a_method_and_none_stands_twice() -> None:
    assert announced("test slugify", PYTHON, TESTED, in_class=True) == "def test_slugify(self):"
    assert announced("test slugify", PYTHON, TESTED.replace("old", "slugify")) == ""
    assert announced("test slugify", JAVASCRIPT, "function slugify(a) {}") == ""


@pytest.mark.parametrize(
    ("file", "in_class", "header"),
    [
        ("def test_a(client):\n    pass\n\n\ndef test_b(client):\n    pass\n", False, "def test_it_is_empty(client):"),
        ("async def test_a():\n    pass\n", False, "async def test_it_is_empty():"),
        ("def test_a(client):\n    pass\n\n\ndef test_b():\n    pass\n", False, ""),
        ("class TestA:\n    def test_a(self):\n        pass\n", True, "def test_it_is_empty(self):"),
        ("class TestA:\n    def test_a(self):\n        pass\n", False, ""),
        ("def test_it_is_empty():\n    pass\n", False, ""),
        ("def load():\n    pass\n", False, ""),
    ],
)
def test_one_more_test_takes_what_the_others_take(file: str, in_class: bool, header: str) -> None:
    assert announced("test that it is empty", PYTHON, file, in_class=in_class) == header
