from __future__ import annotations

import pytest
import tree_sitter_c
import tree_sitter_java
from tree_sitter import Language

from planfirst.parsing import parse
from planfirst.source.syntax import syntax_of, walk

C, JAVA = Language(tree_sitter_c.language()), Language(tree_sitter_java.language())


@pytest.mark.parametrize("language", [C, JAVA])
def test_a_text_that_a_grammar_reads_in_too_many_ways_is_left_alone(language: Language) -> None:
    """Otherwise this takes all memory."""
    assert parse(language, b"x=>" * 13_000) is None


def test_the_next_text_is_read() -> None:
    assert parse(C, b"x=>" * 13_000) is None
    tree = parse(C, b"int x;\n")
    assert tree is not None
    assert not tree.root_node.has_error


def test_nodes_have_their_texts_however_long_the_file() -> None:
    text = "".join(f"int f{n}(void) {{ return {n}; /* {'é' * 300} */ }}\n" for n in range(60)).encode()
    tree = parse(C, text)
    assert tree is not None
    assert len(text) > 30_000
    assert all(node.text == text[node.start_byte : node.end_byte] for node in walk(tree.root_node))


def test_such_a_text_has_no_syntax() -> None:
    assert syntax_of("x=>" * 13_000, "c") is None
    assert syntax_of("int x;", "c") is not None
