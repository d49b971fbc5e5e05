"""The code around a request, as it stands in the file and within a length."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.source import lines
from planfirst.source.excerpt import LENGTHS, excerpts_of
from planfirst.source.languages import language_of
from tests.source.sites import found

SMALL = '''
from datetime import datetime, timedelta

MAX_AGE = timedelta(hours=6)


class Entry:
    """What is kept."""

    def __init__(self, value, created):
        self.value = value
        self.created = created

    # older than MAX_AGE?¤
    def is_stale(self, now=None):
        pass

    def age(self):
        return datetime.now() - self.created


print(Entry(1, 2).is_stale())
'''


def test_a_small_file_is_shown_as_it_stands_without_what_is_to_be_written() -> None:
    (excerpt,) = found(SMALL).task.excerpts[:1]
    assert excerpt == textwrap.dedent(
        '''
        from datetime import datetime, timedelta

        MAX_AGE = timedelta(hours=6)

        class Entry:
            """What is kept."""

            def __init__(self, value, created):
                self.value = value
                self.created = created

            def age(self):
                return datetime.now() - self.created

        print(Entry(1, 2).is_stale())
        '''
    ).strip("\n")


def _large() -> str:
    others = "\n\n\n".join(f"def other_{n}(x):\n    y = x + {n}\n    z = y * 2\n    return z - {n}" for n in range(60))
    return (
        "import json\nfrom .elsewhere import nothing\n\n\n"
        "class Item:\n    price: int\n    qty: int\n\n    def cost(self):\n        a = self.price\n        return a * self.qty\n\n\n"
        f"{others}\n\n\ndef bill(cart):\n    text = json.dumps(cart)\n    return text, total(cart)\n\n\n"
        "# sum of price times qty¤\ndef total(items: list[Item]) -> int:\n    pass\n\n\n"
        f"{others.replace('other', 'more')}\n"
    )


def test_of_a_large_file_what_the_request_names_and_what_calls_it_is_shown_whole() -> None:
    longest, *shorter = found(_large()).task.excerpts
    assert "class Item:\n    price: int\n    qty: int\n" in longest
    assert "def bill(cart):\n    text = json.dumps(cart)\n    return text, total(cart)" in longest
    assert "import json" in longest
    assert re.search(r"def other_\d+\(x\): \.\.\.", longest)  # the nearest, folded
    assert "def other_0(" not in longest  # too far away
    assert "def total" not in longest
    assert all("price: int" in excerpt for excerpt in shorter)
    lengths = [len(excerpt) for excerpt in (longest, *shorter)]
    assert lengths == sorted(lengths, reverse=True)
    assert len(lengths) > 1
    assert all(length <= most * 1.15 for length, most in zip(lengths, LENGTHS, strict=False))  # blank lines come on top


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        (
            "typescript",
            "export interface Item {\n  price: number;\n}\n\nconst RATE = 0.2;\n\n// with tax¤\nexport function gross(item: Item): number {\n}\n\n"
            "export const net = (item: Item) => {\n  return item.price;\n};\n",
            "export interface Item {\n  price: number;\n}\n\nconst RATE = 0.2;\n\nexport const net = (item: Item) => {\n  return item.price;\n};",
        ),
        (
            "java",
            "package a;\n\nclass Cart {\n    private int sum = 0;\n\n    // adds a price¤\n    void add(int price) {\n    }\n\n    int sum() {\n        return sum;\n    }\n}\n",
            "package a;\n\nclass Cart {\n    private int sum = 0;\n\n    int sum() {\n        return sum;\n    }\n}",
        ),
        (
            "go",
            "package a\n\ntype Cart struct {\n\tSum int\n}\n\n// Add adds a price.¤\nfunc (c *Cart) Add(price int) {\n}\n\nfunc New() *Cart {\n\treturn &Cart{}\n}\n",
            "package a\n\ntype Cart struct {\n\tSum int\n}\n\nfunc New() *Cart {\n\treturn &Cart{}\n}",
        ),
        (
            "rust",
            "struct Cart {\n    sum: u32,\n}\n\nimpl Cart {\n    // adds a price¤\n    fn add(&mut self, price: u32) {\n        todo!()\n    }\n\n    fn new() -> Cart {\n        Cart { sum: 0 }\n    }\n}\n",
            "struct Cart {\n    sum: u32,\n}\n\nimpl Cart {\n\n    fn new() -> Cart {\n        Cart { sum: 0 }\n    }\n}",
        ),
        (
            "cpp",
            "#include <vector>\n\nnamespace shop {\n\nint rate = 2;\n\n// doubles¤\nint twice(int x) {\n}\n\nint half(int x) {\n  return x / 2;\n}\n\n}\n",
            "#include <vector>\n\nnamespace shop {\n\nint rate = 2;\n\nint half(int x) {\n  return x / 2;\n}\n\n}",
        ),
    ],
)  # fmt: skip
def test_other_languages_are_shown_alike(language: str, text: str, shown: str) -> None:
    assert found(text, language).task.excerpts[0] == shown


def test_within_a_function_its_own_lines_are_shown_the_nearest_first() -> None:
    body = "".join(f"    step_{n} = {n}\n" for n in range(200))
    text = f"def run(data):\n{body}    # add up the steps¤\n    return data\n"
    longest, *_, shortest = found(text).task.excerpts
    assert longest.startswith("def run(data):\n")
    assert "step_199 = 199" in longest
    assert "return data" in longest
    assert "step_0 = 0" not in longest
    assert "step_199 = 199" in shortest


def test_where_nothing_is_known_of_a_language_the_lines_around_are_shown() -> None:
    text = "val rate = 2\nval names = listOf(1)\n\n// doubles¤\n\nval after = 3\n"
    excerpts = found(text, "kotlin").task.excerpts
    assert excerpts == ("val rate = 2\nval names = listOf(1)\n\n// doubles\n...\n\nval after = 3",)
    long = "".join(f"val v{n} = {n} * 1000000 + 2000000 + 3000000\n" for n in range(60))
    shown = found(f"{long}\n// doubles¤\n\n{long}", "kotlin").task.excerpts
    assert all(len(one) < most + 40 for one, most in zip(shown, LENGTHS, strict=True))
    assert all("val v59" in one.partition("// doubles")[0] for one in shown)  # what is above, and near, before the rest


def test_the_lines_of_a_docstring_stay_together() -> None:
    text = f'"""{"First. " * 40}\n\n{"Second. " * 120}\n"""\n\nrate = 2\n\n\n# double it¤\ndef twice(x):\n    pass\n'
    for excerpt in found(text).task.excerpts:
        assert excerpt.count('"""') in (0, 2)
        assert "rate = 2" in excerpt


_ROWS = st.sampled_from(
    ["class A:", "    def f(self):", "        return 1", "def g(x):", "    pass", "", "x = [", "]", "# words", '"""doc', '"""', "@d", "}", "{"]
)  # fmt: skip


@given(
    st.lists(_ROWS, max_size=60), st.data(), st.sampled_from(["python", "typescript", "java", "go", "cpp", "kotlin"])
)
def test_whatever_a_file_holds_only_its_own_lines_are_shown_and_never_the_request(
    rows: list[str], data: st.DataObject, language: str
) -> None:
    rows = [f"{row}  # {n}" if row else "" for n, row in enumerate(rows)]
    text = "\n".join(rows)
    count = max(len(lines.split(text)), 1)
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first, count - 1))
    for excerpt in excerpts_of(text, first, last, language_of(language), "words x", "f"):
        shown = [re.sub(r" \.\.\.( \})?$", "", row) for row in excerpt.split("\n")]
        assert set(shown) <= set(rows) | {""}
        assert not {row for row in rows[first : last + 1] if row} & set(shown)
