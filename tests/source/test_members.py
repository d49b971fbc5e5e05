"""What an answer in a language with braces brings along: a closing brace, its type, members, other functions."""

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import placed

ECMA = "// Adds.\n¤function add(a) {\n}\n"
STUBS = {
    "javascript": ("// Adds.\n¤function add(a) {\n}\n", "function add(a) {"),
    "typescript": (
        "class A {\n  // Adds.\n¤  add(a: number): number {\n    return null;\n  }\n}\n",
        "add(a: number): number {",
    ),
    "java": ("class A {\n  // Adds.\n¤  int add(int a) {\n    return null;\n  }\n}\n", "int add(int a) {"),
    "go": ("package a\n\n// Adds.\n¤func add(a int) int {\n}\n", "func add(a int) int {"),
    "rust": ("// Adds.\n¤fn add(a: u8) -> u8 {\n  todo!()\n}\n", "fn add(a: u8) -> u8 {"),
    "cpp": ("// Adds.\n¤int add(int a) {\n}\n", "int add(int a) {"),
}


@pytest.mark.parametrize("language", STUBS)
@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("headed", [False, True])
def test_a_brace_beside_the_last_row_closes_the_function(language: str, broken: bool, headed: bool) -> None:
    file, header = STUBS[language]
    if broken:  # nothing tells that a second brace would do harm
        file += "\nfunction ( {\n"
    rows = "\n  if (a > 1) { return 2; }\n  return 1; }"
    result = placed(file, language, (header if headed else "") + rows).result
    assert result.count("}") == file.count("}") + 1
    assert "return 1;\n" in result
    again = placed(file, language, (header if headed else "") + rows + "\n}").result
    assert again.split() == result.split()


JAVA = (
    "class A {\n    private int n = 1;\n\n    // Adds.\n¤    int add(int a) {\n        return null;\n    }\n\n"
    "    int b() { return 1; }\n}\n"
)


def test_a_method_is_taken_out_of_its_class_with_what_it_needs() -> None:
    code = (
        "import java.util.*;\n\npublic class A {\n    private int n = 2;\n"
        "    private final Map<Integer, Integer> seen = new HashMap<>();\n\n"
        "    public int add(int value) {\n        return twice(value) + seen.size() + n; }\n\n"
        "    /** Twice. */\n    private int twice(int x) {\n        return 2 * x;\n    }\n\n"
        "    int b() { return 2; }\n\n    int unused() { return 3; }\n\n"
        "    public static void main(String[] args) {\n        new A().add(1);\n    }\n}"
    )
    body = (
        "    int add(int a) {\n        return twice(a) + seen.size() + n;\n    }\n\n"
        "    private final Map<Integer, Integer> seen = new HashMap<>();\n\n"
        "    /** Twice. */\n    private int twice(int x) {\n        return 2 * x;\n    }\n"
    )
    stub = "¤    int add(int a) {\n        return null;\n    }\n"
    assert placed(JAVA, "java", code).result == "import java.util.*;\n\n" + JAVA.replace(stub, body)


@pytest.mark.parametrize("around", ["class A {\n@\n}", "@"])
def test_methods_of_typescript_with_or_without_their_class(around: str) -> None:
    file = "export class A {\n  // Adds.\n¤  add(a: number): number {\n  }\n}\n"
    code = "add(a: number): number {\n  return this.#twice(`${a}\n`);\n}\n\n#twice(x: string): number {\n  return 2;\n}"
    body = "    return this.#twice(`${a}\n`);\n  }\n\n  #twice(x: string): number {\n    return 2;\n  }\n}\n"
    result = placed(file, "typescript", around.replace("@", code)).result
    assert result == file.replace("¤", "").replace("  }\n}\n", body)


def test_members_of_another_type_are_not_mixed_in() -> None:
    file = "class A {\n  // Adds.\n¤  add(a) {\n  }\n}\n"
    code = "class B {\n  add(a) {\n    return this.twice(a);\n  }\n\n  twice(x) {\n    return 2 * x;\n  }\n}"
    assert placed(file, "javascript", code).refused == Message("answer-calls-missing", names="twice")


@pytest.mark.parametrize(
    ("language", "file", "code", "above"),
    [
        (
            "go",
            "package a\n\n// Add adds.\n¤func Add(a int) int {\n}\n",
            "const two = 2\n\n// Helps.\nfunc help(a int) int {\n\treturn a\n}\n\n"
            "func Add(a int) int {\n\treturn help(a) * two\n}",
            "const two = 2\n\n// Helps.\nfunc help(a int) int {\n\treturn a\n}\n\n// Add adds.\nfunc Add",
        ),
        (
            "c",
            "#include <a.h>\n\n/* Adds. */\n¤int add(int a) {\n}\n",
            "#define TWO 2\n\nstatic int help(int a) {\n  return a;\n}\n\nint add(int a) {\n  return help(a) * TWO;\n}",
            "#define TWO 2\n\nstatic int help(int a) {\n  return a;\n}\n\n/* Adds. */\nint add",
        ),
        (
            "typescript",
            "/** A. */\nexport class A {\n  // Adds.\n¤  add(a: number): number {\n  }\n}\n",
            "type N = number;\n\nfunction help(x: N): N {\n  return x;\n}\n\n"
            "class A {\n  add(a: number): number {\n    return help(a);\n  }\n}",
            "type N = number;\n\nfunction help(x: N): N {\n  return x;\n}\n\n/** A. */\nexport class A",
        ),
    ],
)
def test_what_stands_before_the_function_in_the_answer_stands_above_it(
    language: str, file: str, code: str, above: str
) -> None:
    result = placed(file, language, code).result
    assert above in result
    assert result.count("help(") == 2


HELPED = [
    ("function sumUp(items, start = 0) {\n  return start;\n}", "sumUp(items, start = 0)", "sumUp(items);"),
    ("function add(a, by = 1) {\n  return a + by;\n}", "addWith(a, by = 1)", "addWith(a);"),
    ("export const sum = (a, ...more) => {\n  return a;\n};", "sum = (a, ...more)", "sum(a);"),
]


@pytest.mark.parametrize(("code", "header", "call"), HELPED)
def test_a_function_with_more_parameters_is_called_by_the_one_that_was_asked_for(
    code: str, header: str, call: str
) -> None:
    result = placed(ECMA, "javascript", code).result
    assert header in result
    assert f"\n\n  return {call.replace('items', 'a')}\n}}\n" in result
    assert "export" not in result


def test_a_function_that_gives_nothing_only_calls() -> None:
    file = "// Adds.\n¤function add(a: number[]): void {\n}\n"
    result = placed(file, "typescript", "function sum(a: number[], by?: number): void {\n  a.push(by ?? 1);\n}").result
    assert result.endswith("\n\n  sum(a);\n}\n")


@pytest.mark.parametrize(
    "code",
    [
        "function sum(a, by) {\n  return a + by;\n}",  # both are needed
        "function sum() {\n  return 1;\n}",
        "async function sum(a, by = 1) {\n  return a + by;\n}",
        "function* sum(a, by = 1) {\n  yield a + by;\n}",
    ],
)
def test_a_function_that_cannot_be_called_so_is_refused(code: str) -> None:
    refused = placed(ECMA, "javascript", code).refused
    assert refused is not None
    assert refused.code == "answer-other-signature"


def test_the_end_of_a_comment_in_the_answer_is_not_taken_for_one_of_the_request() -> None:
    file = "class A {\n    /**\n     * Adds.\n     */\n¤    int add(int a) {\n        return null;\n    }\n}\n"
    code = "…\n    return a;\n/*\n    return 2 * a;\n*/\n}"
    result = placed(file, "java", code).result
    assert "*/\n    }\n}\n" in result
