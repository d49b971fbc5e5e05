"""Answers that are cases of a ``switch`` or a ``match``, at a comment between two others."""

from __future__ import annotations

import pytest

from tests.source.sites import answered

C = """double apply(char op, double a, double b) {
    switch (op) {
    case '+':
        return a + b;
    // the same for minus¤
    default:
        return 0;
    }
}
"""
JAVA = C.replace("double apply", "class A { double apply").replace("}\n}\n", "}\n}}\n")
ARROWS = """class A {
    String f(int n) {
        return switch (n) {
            case 1 -> "one";
            // two¤
            default -> "}";
        };
    }
}
"""
RUST = """fn f(n: i32) -> &'static str {
    match n {
        1 => "one",
        // two¤
        _ => "many",
    }
}
"""
MINUS = "case '-':\n    if (a == b) {\n        return 0; // not } yet\n    }\n    return a - b;"


@pytest.mark.parametrize(
    ("language", "text", "case", "rest"),
    [
        ("c", C, MINUS, "\ndefault:\n    return 0;\n}"),
        ("c", C, MINUS, "\n}"),
        ("c", C, MINUS, ""),
        ("java", JAVA, MINUS, "\ndefault:\n    return 0;\n}"),
        ("java", ARROWS, 'case 2 -> "{";', '\ndefault -> "}";\n};'),
        ("rust", RUST, '2 => "two",', '\n_ => "many",\n}'),
        ("typescript", C.replace("double ", "").replace("apply", "function apply").replace("char ", ""), MINUS,
         "\ndefault:\n    return 0;\n}"),
    ],
)  # fmt: skip
def test_only_the_case_is_taken(language: str, text: str, case: str, rest: str) -> None:
    placement = answered(text, language, case + rest)
    assert placement.refused is None
    marked = next(row for row in text.split("\n") if "¤" in row)
    indent = marked[: len(marked) - len(marked.lstrip())]
    rows = "\n".join(f"{indent}{row}" for row in case.split("\n"))
    assert placement.result == text.replace("¤", f"\n{rows}")


def test_a_default_that_the_file_has_not_is_taken() -> None:
    text = C.replace("    default:\n        return 0;\n", "").replace("}\n}\n", "}\n    return 0;\n}\n")
    default = "default:\n    return 2;"
    placement = answered(text, "c", f"case '-':\n    return a - b;\n{default}\n}}")
    assert "    case '-':\n        return a - b;\n    default:\n        return 2;\n    }\n" in placement.result
