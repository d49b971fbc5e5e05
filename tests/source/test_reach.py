"""Statements below one after which nothing runs."""

from __future__ import annotations

from planfirst.source.languages import language_of
from planfirst.source.reach import dead_statements


def test_another_branch_of_the_preprocessor_is_no_part_of_the_one_above() -> None:
    text = "int f(int x) {\n#ifdef A\n    return x;\n#elif defined(B)\n    return 1;\n#else\n    return 2;\n#endif\n}\n"
    assert dead_statements(text, 0, 8, language_of("c")) == 0


def test_what_stands_below_a_return_in_one_branch_is_dead() -> None:
    text = "int f(int x) {\n#ifdef A\n    return x;\n    x = 1;\n#else\n    return 2;\n#endif\n}\n"
    assert dead_statements(text, 0, 7, language_of("c")) == 1
