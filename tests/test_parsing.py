from __future__ import annotations

import subprocess
import sys
from itertools import cycle

import pytest
import tree_sitter_c
import tree_sitter_java
from tree_sitter import Language

from planfirst import parsing
from planfirst.parsing import parse
from planfirst.source.syntax import syntax_of, walk

C = Language(tree_sitter_c.language())

_WITHIN_4_GB = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
import {module}
from tree_sitter import Language
from planfirst.parsing import parse
language = Language({module}.language())
assert parse(language, b"{piece}" * 13_000) is None
assert not parse(language, b"int x;\\n").root_node.has_error
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process has no limit of memory there")
@pytest.mark.parametrize(
    ("module", "piece"), [("tree_sitter_c", "x=>"), ("tree_sitter_java", "x=>"), ("tree_sitter_go", "->")]
)
def test_a_text_that_a_grammar_reads_in_too_many_ways_is_left_alone(module: str, piece: str) -> None:
    """In a process of its own: otherwise this would take all memory. The next text is read."""
    program = _WITHIN_4_GB.format(module=module, piece=piece)
    if module == "tree_sitter_go":
        program = program.replace("int x;", "package a")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_text_that_only_grows_slow_with_its_length_is_left_alone_too() -> None:
    java = Language(tree_sitter_java.language())
    assert parse(java, b"case 1:" * 6000) is None
    assert parse(java, b"case 1:" * 200) is not None
    code = "".join(f"int f{n}(int x) {{ return x + {n}; }}\n" for n in range(1500))
    assert parse(java, f"class A {{\n{code}}}\n".encode()) is not None


@pytest.mark.parametrize("times_as_fast", [0.25, 4.0])
def test_so_it_is_on_a_slower_and_on_a_faster_processor(monkeypatch: pytest.MonkeyPatch, times_as_fast: float) -> None:
    """What takes this processor long may be nothing to another; how fast one is shows in a text that is known."""
    here = parsing._seconds
    monkeypatch.setattr(parsing, "_seconds", lambda language, data: here(language, data) / times_as_fast)
    parsing._pace.cache_clear()
    try:
        test_a_text_that_only_grows_slow_with_its_length_is_left_alone_too()
    finally:
        parsing._pace.cache_clear()


def test_nodes_have_their_texts_however_long_the_file() -> None:
    text = "".join(f"int f{n}(void) {{ return {n}; /* {'é' * 300} */ }}\n" for n in range(60)).encode()
    tree = parse(C, text)
    assert tree is not None
    assert len(text) > 30_000
    assert all(node.text == text[node.start_byte : node.end_byte] for node in walk(tree.root_node))


@pytest.mark.parametrize(("seconds", "is_read"), [([0.009], True), ([0.012], False), ([0.015, 0.001], True)])
def test_a_text_that_is_slow_throughout_is_left_alone_too(
    monkeypatch: pytest.MonkeyPatch, seconds: list[float], is_read: bool
) -> None:
    """Each piece for itself could be code, but not several in a row."""
    times = cycle(seconds)
    monkeypatch.setattr("planfirst.parsing._pace", lambda: 1.0)
    monkeypatch.setattr("planfirst.parsing._grows_from", lambda language, data, at: False)
    monkeypatch.setattr("planfirst.parsing._seconds", lambda language, data: next(times))
    assert (parse(C, b"int x;\n" * 2000) is not None) == is_read


def test_such_a_text_has_no_syntax(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planfirst.source.syntax.parse", lambda language, data: None)
    assert syntax_of("int unheard_of;", "c") is None
