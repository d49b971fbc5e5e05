"""Statements below one after which nothing runs."""

from __future__ import annotations

import pytest

from planfirst.source.languages import language_of
from planfirst.source.reach import dead_statements


def test_another_branch_of_the_preprocessor_is_no_part_of_the_one_above() -> None:
    text = "int f(int x) {\n#ifdef A\n    return x;\n#elif defined(B)\n    return 1;\n#else\n    return 2;\n#endif\n}\n"
    assert dead_statements(text, 0, 8, language_of("c")) == 0


def test_what_may_not_be_compiled_leaves_nothing() -> None:
    text = "int f(int x) {\n#ifdef A\n    return x;\n#endif\n    return 2;\n}\n"
    assert dead_statements(text, 0, 6, language_of("c")) == 0
    assert dead_statements(text.replace("#ifdef A", "{").replace("#endif", "}"), 0, 6, language_of("c")) == 1


def test_a_label_can_be_reached() -> None:
    text = "int f(int x) {\n    if (x) goto fail;\n    return x;\nfail:\n    return 2;\n}\n"
    assert dead_statements(text, 0, 6, language_of("c")) == 0


def test_what_stands_below_a_return_in_one_branch_is_dead() -> None:
    text = "int f(int x) {\n#ifdef A\n    return x;\n    x = 1;\n#else\n    return 2;\n#endif\n}\n"
    assert dead_statements(text, 0, 7, language_of("c")) == 1


@pytest.mark.parametrize(
    ("language", "code", "leaves"),
    [
        ("python", "if a:\n    return 1\nelse:\n    raise E", True),
        ("python", "if a:\n    return 1\nelif b:\n    return 2", False),
        ("python", "try:\n    return 1\nexcept E:\n    raise", True),
        ("python", "try:\n    a()\nexcept E:\n    return 1\nelse:\n    return 2", True),
        ("python", "try:\n    return 1\nexcept E:\n    pass", False),
        ("python", "for a in b:\n    return 1", False),
        ("python", "try:\n    with a():\n        return 1\nexcept E:\n    return 2", True),
        ("python", "with suppress(E):\n    return 1", False),
        ("java", "try (A a = b()) { return 1; } catch (E e) { throw e; }", True),
        ("javascript", "if (a) { return 1 } else if (b) { throw c } else return 2", True),
        ("javascript", "if (a) { return 1 } else if (b) { throw c }", False),
        ("javascript", "try { return 1 } catch { return 2 } finally { a() }", True),
        ("javascript", "try { return 1 } catch { a() }", False),
        ("java", "if (a) { return 1; } else { throw b; }", True),
        ("go", "if a {\n\treturn 1\n} else {\n\treturn 2\n}", True),
        ("rust", "if a { return 1; } else { return 2; }", True),
        ("c", "if (a) return 1; else { return 2; }", True),
        ("cpp", "try { return 1; } catch (...) { return 2; }", True),
    ],
)
def test_a_branch_leaves_if_all_its_ways_do(language: str, code: str, leaves: bool) -> None:
    heads = {
        "python": "def f():",
        "javascript": "function f() {",
        "java": "class A { int f() {",
        "go": "func f() int {",
    }
    head = heads.get(language, "fn f() -> i32 {" if language == "rust" else "int f() {")
    inner = [f"    {row}" for row in code.split("\n")]
    end = {"python": "", "java": "}}"}.get(language, "}")
    after = "    x()" if language in ("python", "go") else "    x();"
    text = "\n".join([*(["package a"] if language == "go" else []), head, *inner, after, end])
    assert bool(dead_statements(text, 0, text.count("\n"), language_of(language))) == leaves
