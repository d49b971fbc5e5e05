"""What is done to a function, and that the step says it."""

from __future__ import annotations

import ast
import copy
import random
import re

import pytest

from planfirst_lab.training.changes import additions, replacements
from planfirst_lab.training.changes.kinds import hinted, kind_of, kinds_of
from planfirst_lab.training.changes.site import Site, Step
from planfirst_lab.training.changes.ways import tables, ways

LIST = '''
def pick(items: list[str], limit: int) -> list[str]:
    """Some of the items."""
    found = []
    for item in items:
        if len(item) > 3 and limit:
            found.append(item)
    return found
'''
NUMBER = '''
def price(amount: float, tax: float = 0.2) -> float:
    """The price."""
    total = 0
    for part in split(amount):
        total += part
    if amount < 0:
        raise ValueError("too little")
    return total * 3
'''
TEXT = '''
def label(name: str, row: dict) -> str:
    """A label."""
    first = row["title"]
    last = name.upper()
    parts = sorted([one for one in name.split(",")])
    return f"{first}: {name}"
'''
SEEDS = range(12)


def function(code: str) -> ast.FunctionDef:
    node = ast.parse(code).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


@pytest.mark.parametrize("way", [*additions.ADDITIONS, *replacements.REPLACEMENTS], ids=lambda way: way.__name__)
def test_every_way_changes_a_function_and_says_so(way: object) -> None:
    """The code still parses, the docstring stays, and the words hold what was put in."""
    assert callable(way)
    done = 0
    for code in (LIST, NUMBER, TEXT):
        for seed in SEEDS:
            made = copy.deepcopy(function(code))
            step = way(Site(made, random.Random(seed)))
            if step is None:
                continue
            assert isinstance(step, Step)
            after = ast.unparse(ast.fix_missing_locations(made))
            assert function(after).body[0].value.value == function(code).body[0].value.value  # type: ignore[attr-defined]
            if after != ast.unparse(function(code)):
                done += 1
                assert step.new != step.gone
                assert "$" not in step.new + step.gone
    assert done


@pytest.mark.parametrize(
    ("way", "code", "put_in", "said"),
    [
        (additions.guard_nothing, LIST, r"if not items:\n        return", r"items"),
        (additions.skip, LIST, r"if .*item.*:\n            continue", r"(?i)skip|leave|ignore"),
        (additions.once, LIST, r"if item in seen:", r"(?i)once|before|seen|repeated"),
        (additions.stop, LIST, r"if len\(found\) == \d+:\n            break", r"(?i)stop|at most"),
        (replacements.summed, NUMBER, r"total \+= (?!part\n)", r"Add (the )?part to total."),
        (replacements.raised, NUMBER, r"raise (?!ValueError)|return (?!total)", r"(?i)raise|return"),
        (replacements.order, TEXT, r"sorted\(\[.*\], ", r"Sort"),
        (replacements.keyed, TEXT, r"row\['(?!title)", r"(?i)row|the .* of each"),
    ],
)
def test_what_is_put_in(way: object, code: str, put_in: str, said: str) -> None:
    assert callable(way)
    for seed in SEEDS:
        made = function(code)
        step = way(Site(made, random.Random(seed)))
        if step is not None:
            assert re.search(put_in, ast.unparse(ast.fix_missing_locations(made)))
            assert re.search(said, step.new)
            return
    pytest.fail("there was no place for it")


def test_a_change_of_an_expression_is_told_in_the_same_words_but_for_it() -> None:
    for seed in SEEDS:
        step = replacements.compared(Site(function(NUMBER), random.Random(seed)))
        assert step is not None
        assert step.gone.startswith("Check whether amount is less than 0")
        assert step.new in ("Check whether amount is at most 0", "Check whether amount is greater than 0")


def test_the_code_of_every_table_parses() -> None:
    given = {"name": "one", "told": "the one", "value": "one", "held": "one"}
    numbers = {"count": 3, "word": "three", "ten": 30, "four": 12}
    count = 0
    for table in tables():
        if table in ("called", "given"):
            continue
        for code, phrases in ways(table, list(tables()[table]), **given, **numbers):
            ast.parse(code)
            assert phrases
            assert all(phrase.strip(" ,") for phrase in phrases)
            count += 1
    assert count > 80


def test_kinds() -> None:
    assert kinds_of(function(LIST)) == {"items": "list", "limit": "number", "found": "list"}
    assert kinds_of(function(TEXT)) == {"name": "text", "row": "dict", "last": "text", "parts": "list"}
    assert hinted(ast.parse("dict[str, int]", mode="eval").body) == "dict"
    for code, kind in (
        ("None", "none"),
        ("a < b", "truth"),
        ("f'{a}'", "text"),
        ("', '.join(a)", "text"),
        ("sorted(a)", "list"),
        ("len(a) + 1", "number"),
        ("'%d' % a", "text"),
        ("{k: v for k, v in a}", "dict"),
        ("a", "any"),
    ):
        assert kind_of(ast.parse(code, mode="eval").body, {}) == kind, code
