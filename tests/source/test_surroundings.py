"""What the prompt is told of the place: fields and methods that exist, and functions beside it."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.surroundings import neighbours_of
from tests.source.sites import found


@pytest.mark.parametrize(
    ("language", "text", "neighbours"),
    [
        (
            "python",
            "@dataclass\nclass Basket:\n    name: str\n    size: int = 0\n\n    def __init__(self):\n        self.items: list[int] = []\n"
            "        self.items = []\n\n    @property\n    def total(self) -> int:\n        self.cached = 1\n        return 1\n\n"
            "    def grouped(self, key):\n        # group the items¤\n        ...\n\n\ndef near(\n    a,\n    b=1,\n):\n    pass\n\n\ndef far(): pass\n",
            (
                *("name: str", "size: int = 0", "self.items: list[int] = []", "self.cached = 1"),
                *("def total(self) -> int", "def __init__(self)", "def near( a, b=1, )", "def far()"),
            ),
        ),
        (
            "typescript",
            "class A {\n  private xs: number[] = [];\n  f = (a) => {};\n  // add one¤\n  add(n: number): void {}\n\n  get(k: string): B {\n    return 1;\n  }\n}\n"
            "export const g = async (a: number) => {\n  return a;\n};\n",
            ("private xs: number[] = []", "f = (a)", "get(k: string): B", "export const g = async (a: number)"),
        ),
        (
            "java",
            "class A {\n    private int n = 1;\n    // add¤\n    void add(int x) {}\n    @Override\n    public int get() { return n; }\n}\nclass B {\n    int no;\n}\n",
            ("private int n = 1;".rstrip(";"), "public int get()"),
        ),
        (
            "go",
            "type S struct {\n\tn int\n\tm map[string]int\n}\n\n// Add adds.¤\nfunc (s *S) Add(x int) {\n}\n\nfunc (s S) Get() int { return s.n }\n\nfunc (t T) No() {}\n\nfunc Free(a int) error { return nil }\n",
            ("n int", "m map[string]int", "func (s S) Get() int", "func Free(a int) error"),
        ),
        (
            "rust",
            "pub struct S<T> {\n    pub n: T,\n}\n\nimpl<T> S<T> {\n    /// Adds.¤\n    pub fn add(&mut self) {}\n\n    fn get(&self) -> T { self.n }\n}\n\nfn free(a: u8) -> u8 {\n    a\n}\n",
            ("pub n: T", "fn get(&self) -> T", "fn free(a: u8) -> u8"),
        ),
        (
            "cpp",
            "class A {\n public:\n  int get() const { return n_; }\n private:\n  int n_ = 0;\n};\n\n// add¤\nvoid A::add(int x) {\n}\n\nint A::sub(int x) {\n  return x;\n}\n",
            ("int n_ = 0", "int get() const", "int A::sub(int x)"),
        ),
        ("c", "static int a(int x) {\n  return x;\n}\n\n// b¤\nint b(void) {\n}\n", ("static int a(int x)",)),
    ],
)  # fmt: skip
def test_what_a_place_offers(language: str, text: str, neighbours: tuple[str, ...]) -> None:
    given = tuple(one.removesuffix(";") for one in found(text, language).task.neighbours)
    assert sorted(given) == sorted(neighbours)


def test_few_and_the_nearest_first() -> None:
    text = "".join(f"def f{n}(a, b):\n    return {n}\n\n\n" for n in range(100)) + "# go¤\n"
    given = found(text).task.neighbours
    assert len(given) == 20
    assert given[0] == "def f99(a, b)"
    assert given[-1] == "def f80(a, b)"


def test_what_shares_a_word_with_the_request_comes_first() -> None:
    text = "def loadSettings(path): pass\n\n\nclass Tag: pass\n\n\n" + "".join(f"def f{n}(): pass\n" for n in range(30))
    given = found(f"{text}# group the tags, then load them¤\n").task.neighbours
    assert given[:3] == ("class Tag", "def loadSettings(path)", "def f29()")
    assert len(given) == 20


def test_types_are_offered_outside_of_types() -> None:
    text = "class Stack(list):\n    def top(self): pass\n\n\ndef a(): pass\n\n\n"
    assert found(f"{text}# go¤\n").task.neighbours == ("def a()", "class Stack(list)")
    assert found(f"{text}class B:\n    # go¤\n    x = 1\n").task.neighbours == ("x = 1", "def a()")


def test_long_headers_are_cut() -> None:
    text = f"def f({', '.join(f'argument{n}: int = {n}' for n in range(50))}):\n    return 1\n\n# go¤\n"
    (given,) = found(text).task.neighbours
    assert len(given) == 120
    assert given.endswith("…")


def test_languages_without_a_grammar_offer_nothing() -> None:
    assert neighbours_of("def f\nend\n", 0, language_of("ruby")) == ()
