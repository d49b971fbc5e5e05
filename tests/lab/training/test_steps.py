from __future__ import annotations

import random

import pytest

from planfirst.core.types import Plan
from planfirst_lab.training.steps import steps_of

COUNT = """
def count_words(path, shortest=3):
    if shortest < 0:
        raise ValueError("shortest must not be negative")
    counts = Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            for word in re.findall(r"[a-z]+", line.lower()):
                if len(word) >= shortest:
                    counts[word] += 1
    return counts
"""


def test_steps_are_a_plan_and_name_the_calls() -> None:
    for seed in range(20):
        steps = steps_of(COUNT, random.Random(seed))
        assert Plan(tuple(steps)).steps == tuple(steps)
        text = " ".join(steps)
        assert all(name in text for name in ("ValueError", "Counter", "open", "counts"))
        assert all(step[0].isupper() and step.endswith(".") and len(step) < 160 for step in steps)


def test_the_same_seed_gives_the_same_words_and_others_vary() -> None:
    assert steps_of(COUNT, random.Random(1)) == steps_of(COUNT, random.Random(1))
    assert len({tuple(steps_of(COUNT, random.Random(seed))) for seed in range(10)}) > 5


def test_a_long_function_has_at_most_six_steps() -> None:
    code = "def f(a):\n" + "".join(f"    v{n} = g{n}(a)\n" for n in range(30)) + "    return v1\n"
    assert 1 <= len(steps_of(code, random.Random(0))) <= 6


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(x):\n    return x is None", "x is"),
        ("def f(x):\n    return [g(i) for i in x if i]", "for each i in x where i"),
        ("def f(x):\n    try:\n        return int(x)\n    except ValueError:\n        return 0", "ValueError"),
        ("async def f(x):\n    await x.close()", "wait for x.close"),
        ("def f(x):\n    while True:\n        x.go()", "until it is done"),
        ("def f(x):\n    total = 0\n    for i in x:\n        total += i\n    return total", "add i to total"),
        ("import re\ndef f(x):\n    return re.sub('a', 'b', x)", "re.sub"),
        ("import json\nprint(json.dumps({}))", "json.dumps"),
    ],
)
def test_what_is_said(code: str, words: str) -> None:
    assert any(
        words in " ".join(steps_of(code, random.Random(seed))).lower().replace("valueerror", "ValueError")
        for seed in range(12)
    )


@pytest.mark.parametrize("code", ["", "def f(:", "def f():\n    pass", "\x00"])
def test_nothing_to_say(code: str) -> None:
    assert steps_of(code, random.Random(0)) == []
