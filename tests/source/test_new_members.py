"""What of an answer goes into a type: the members that it lacks, and nothing that it has, however the answer is written."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import placed

JAVA = "class C {\n    int n = 1;\n\n    int a() {\n        return n;\n    }\n\n    // twice a¤\n}\n"
TWICE = "    int twice() {\n        return 2 * a();\n    }\n"
CASES = [
    # members without their type
    ("java", JAVA, "int a() {\n    return n;\n}\n\nint twice() {\n    return 2 * a();\n}", f"// twice a\n{TWICE}}}\n"),
    ("java", JAVA, "int n = 1;\n\nint twice() {\n    return 2 * a();\n}", f"// twice a\n{TWICE}}}\n"),
    ("typescript", "class C {\n  a() { return 1; }\n\n  // twice a¤\n}\n", "a() { return 1; }\n\ntwice() { return 2 * this.a(); }", "// twice a\n  twice() { return 2 * this.a(); }\n}\n"),
    # members that have no body
    ("typescript", "interface S {\n  // both¤\n  area(): number;\n}\n", "area(): number;\nlength(): number;", "// both\n  length(): number;\n  area(): number;\n}\n"),
    ("typescript", "abstract class S {\n  // both¤\n  abstract area(): number;\n}\n", "abstract class S {\n  abstract area(): number;\n  twice() { return 2; }\n}", "// both\n  twice() { return 2; }\n  abstract area(): number;\n}\n"),
    ("java", "interface S {\n    // both¤\n    double area();\n}\n", "double area();\ndouble length();", "// both\n    double length();\n    double area();\n}\n"),
    ("rust", "trait S {\n    // both¤\n    fn area(&self) -> f64;\n}\n", "fn area(&self) -> f64;\nfn length(&self) -> f64;", "// both\n    fn length(&self) -> f64;\n    fn area(&self) -> f64;\n}\n"),
    ("cpp", "struct S {\n  // both¤\n  virtual double area() const = 0;\n};\n", "virtual double area() const = 0;\nvirtual double length() const = 0;", "// both\n  virtual double length() const = 0;\n  virtual double area() const = 0;\n};\n"),
    # fields
    ("go", "package a\n\ntype Cart struct {\n\tName string\n\t// more¤\n}\n", "package main\n\ntype Cart struct {\n\tName  string\n\tItems []Item\n\tTotal int\n}", "Name string\n\t// more\n\tItems []Item\n\tTotal int\n}\n"),
    ("rust", "struct U {\n    name: String,\n    // more¤\n}\n", "struct U {\n    name: String,\n    mail: String,\n    age: u8,\n}", "// more\n    mail: String,\n    age: u8,\n}\n"),
    # types within types
    ("java", "class Out {\n    static class In {\n        // twice n¤\n    }\n\n    int n;\n}\n", "public class Out {\n    static class In {\n        int twice(int n) {\n            return 2 * n;\n        }\n    }\n}", "// twice n\n        int twice(int n) {\n            return 2 * n;\n        }\n    }\n\n    int n;\n}\n"),
    # enums
    ("java", "enum Op {\n    ADD, SUB;\n\n    // apply it¤\n}\n", "enum Op {\n    ADD, SUB;\n\n    int apply(int a) {\n        return a;\n    }\n}", "// apply it\n    int apply(int a) {\n        return a;\n    }\n}\n"),
    ("java", "// the seasons¤\nenum Season {\n}\n", "public enum Season {\n    SPRING, SUMMER\n}", "// the seasons\nenum Season {\n    SPRING, SUMMER\n}\n"),
    ("java", "enum Season {\n    // all¤\n}\n", "enum Season {\n    SPRING,\n    SUMMER;\n}", "enum Season {\n    // all\n    SPRING,\n    SUMMER;\n}\n"),
    ("typescript", "export enum Season {\n  // all¤\n}\n", "export enum Season {\n  Spring,\n  Summer,\n}", "export enum Season {\n  // all\n  Spring,\n  Summer,\n}\n"),
    ("rust", "/// All.¤\n#[derive(Debug)]\npub enum Dir {\n}\n", "#[derive(Debug, Clone)]\npub enum Dir {\n    North,\n    South,\n}", "/// All.\n#[derive(Debug)]\npub enum Dir {\n    North,\n    South,\n}\n"),
    ("c", "enum color {\n    // all¤\n};\n", "enum color { RED, GREEN };", "enum color {\n    // all\n    RED, GREEN\n};\n"),
    ("cpp", "// all¤\nenum class Color {\n};\n", "enum class Color {\n    Red,\n};", "// all\nenum class Color {\n    Red,\n};\n"),
    # the layout of the answer stays
    ("typescript", "interface U {\n  // two¤\n}\n", "interface U {\n  name: string;\n  mail: string;\n}", "interface U {\n  // two\n  name: string;\n  mail: string;\n}\n"),
    ("cpp", "// a stack¤\nclass Stack {\n};\n", "class Stack {\npublic:\n    void push(int x);\nprivate:\n    int n;\n};", "// a stack\nclass Stack {\npublic:\n    void push(int x);\nprivate:\n    int n;\n};\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "code", "end"), CASES)
def test_only_what_it_lacks(language: str, text: str, code: str, end: str) -> None:
    placement = placed(text, language, code)
    assert (placement.refused, placement.warning) == (None, None)
    file = text.replace("¤", "")
    assert placement.result.endswith(end)
    assert placement.result == file[: len(placement.result) - len(end)] + end


@pytest.mark.parametrize(
    ("language", "text", "code", "why"),
    [
        ("java", JAVA, "class C {\n    int a() {\n        return n;\n    }\n}", Message("answer-repeats")),
        ("java", JAVA, "class C {\n    int a() {\n        return 2 * n;\n    }\n}", Message("answer-again", names="a")),
        ("typescript", "import { a } from 'a';\n\nfunction f() {\n  // count¤\n  return a();\n}\n", "import { b } from 'b';\n\nfunction f() {\n  return b;\n}", Message("answer-again-below", names="f")),
    ],
)  # fmt: skip
def test_nothing_but_what_it_has_is_refused(language: str, text: str, code: str, why: Message) -> None:
    placement = placed(text, language, code)
    assert placement.refused == why
    assert placement.result == text.replace("¤", "")


def test_what_is_kept_is_said() -> None:
    code = (
        "class C {\n    int a() {\n        return 2 * n;\n    }\n\n    int twice() {\n        return 2 * a();\n    }\n}"
    )
    placement = placed(JAVA, "java", code)
    assert placement.notices == (Message("answer-rewrote", names="a"),)
    assert placement.result == JAVA.replace("¤", "").removesuffix("}\n") + TWICE + "}\n"
