"""Code of every language is run by the examples in its comment: the right one passes, and wrong ones do not."""

from __future__ import annotations

import asyncio

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.runs import RunLimits
from planfirst.core.types import Task
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.verify.destination import Destination
from planfirst.verify.programs.examples import find
from planfirst.verify.programs.judge import ProgramJudge, examples_of, name_of
from planfirst.verify.verdict import Verdict
from planfirst.words import ENGLISH, Message
from tests.verify.programs.languages import FOLDERS, HERE, toolchain

# Language: the stub, the request, how many examples it has, the right body, and wrong ones with what is said of them.
Case = tuple[str, str, int, str, list[tuple[str, str]]]
CRASHED = str(Message("program-signal", signal="SIGSEGV"))
CASES: dict[str, Case] = {
    "javascript": (
        "function add(a, b) {",
        'add(2, 3) -> 5\nadd("a", "b") === "ab"\nconsole.assert(add(1, 1) === 2)\n>>> add(0.1, 0.2)\n0.3',
        4,
        "return a + b",
        [("return a - b", "add(2, 3) gave -1, not 5"), ("process.exit(0)", "It ended before"),
         ("return ]", "SyntaxError"), ("throw new Error('no')", "add(2, 3) gave Error: no")],
    ),
    "typescript": (
        "function pairs(a: number[]): [number, number][] {",
        "pairs([1, 2]) -> [[1, 2]]\n - `pairs([])` // => []",
        2,
        "return a.slice(1).map((x, i) => [a[i], x] as [number, number])",
        [("return []", "pairs([1, 2]) gave [], not [ [ 1, 2 ] ]")],
    ),
    "java": (
        "public static int[] twice(int[] a) {",
        "twice(new int[]{1, 2}) -> [2, 4]\nassert twice(new int[0]).length == 0;",
        2,
        "return java.util.Arrays.stream(a).map(x -> 2 * x).toArray();",
        [("return a;", "twice(new int[]{1, 2}) gave [1, 2], not [2, 4]"), ("return 1;", "error: incompatible types")],
    ),
    "go": (
        "func Words(text string) []string {",
        'Words("a b") -> ["a", "b"]\nWords("") returns nil',
        2,
        "\tvar words []string\n\tfor _, one := range []rune(text) {\n\t\tif one != ' ' {\n\t\t\t"
        "words = append(words, string(one))\n\t\t}\n\t}\n\treturn words",
        [("\treturn []string{text}", 'Words("a b") gave []string{"a b"}, not'), ('\tpanic("no")', "gave panic: no")],
    ),
    "rust": (
        "fn evens(a: &[i32]) -> Vec<i32> {",
        "assert_eq!(evens(&[1, 2]), vec![2]);\nevens(&[1]) == []\nevens(&[2, 4]) -> [2, 4]",
        3,
        "a.iter().copied().filter(|x| x % 2 == 0).collect()",
        [("a.to_vec()", "left: [1, 2]  right: [2]"), ("1", "mismatched types")],
    ),
    "c": (
        "int add(int a, int b) {",
        "add(2, 3) -> 5\nassert(add(1, 1) == 2)",
        2,
        "return a + b;",
        [("return a - b;", "add(2, 3) gave -1, not 5"), ("return *(int *)0;", CRASHED)],
    ),
    "cpp": (
        "#include <vector>\nstd::vector<int> up(std::vector<int> a) {",
        "up({1, 2}) -> [2, 3]\nassert(up({1}).size() == 1);",
        2,
        "for (auto &x : a) x++;\nreturn a;",
        [("return a;", "up({1, 2}) gave {1, 2}, not {2, 3}"), ("throw 3;", "up({1, 2}) gave exception")],
    ),
}  # fmt: skip


def judged(language: str, task: Task, code: str) -> Verdict:
    async def judging() -> Verdict:
        judge = ProgramJudge(
            task,
            Destination(),
            examples_of(task),
            await find_sandbox(),
            folders=FOLDERS,
            limits=RunLimits(wall=60.0, cpu=5.0),
        )
        return await judge(code)

    return asyncio.run(judging())


@pytest.mark.real
@HERE[1]
@pytest.mark.parametrize("language", CASES)
def test_right_and_wrong_code(language: str) -> None:
    toolchain(language)
    stub, request, count, right, wrong = CASES[language]
    task = Task(request, language=language, stub=stub)
    passed = judged(language, task, right)
    assert (passed.status, passed.held, passed.of, passed.ran) == ("passed", count, count, True), passed
    for code, said in wrong:
        failed = judged(language, task, code)
        assert (failed.status, failed.ran) == ("failed", True), failed
        assert said in ENGLISH(failed.output)


@pytest.mark.real
@HERE[1]
def test_an_example_that_does_not_compile_is_not_the_codes_fault() -> None:
    toolchain("c")
    task = Task("f(nullptr, 2) -> 5", language="c", stub="int f(int a) {")
    verdict = judged("c", task, "return a;")
    assert verdict.status == "not checked"
    assert isinstance(verdict.output, Message)
    assert verdict.output.code == "check-examples-do-not-compile"


@pytest.mark.real
@HERE[1]
def test_a_module_that_is_not_there_is_said() -> None:
    toolchain("javascript")
    task = Task("f(1) -> 1", language="javascript", stub="function f(a) {")
    verdict = judged("javascript", task, "return require('left-pad')(a)")
    assert (verdict.status, verdict.of) == ("failed", 1)  # at run time it is the code that asks for it
    verdict = judged("javascript", task, "const pad = require('left-pad')\nfunction f(a) { return pad(a) }")
    assert (verdict.status, verdict.again) == ("not checked", True)


@pytest.mark.parametrize(
    ("language", "line", "found"),
    [
        ("javascript", "add(2, 3) -> 5", [("add(2, 3)", "5")]),
        ("javascript", "For example, `add(2, 3)` returns 5.", [("add(2, 3)", "5")]),
        ("javascript", "* add('a)', \"b\") // => 'a)b'", [("add('a)', \"b\")", "'a)b'")]),
        ("java", "add(List.of(1, 2), 3) == 5L", [("add(List.of(1, 2), 3)", "5L")]),
        ("go", "add(2, 3) = [1, 2], [3]", [("add(2, 3)", "[1, 2]")]),
        ("javascript", "add(a, b) -> number", []),
        ("javascript", "add(2, 3) -> sum", []),
        ("javascript", "add(2, MOST) -> 5", []),
        ("javascript", "returns 5 for 2, 3", []),
        ("javascript", "subtract(2, 3) -> -1", []),
        ("javascript", "add(2, 3", []),
        ("javascript", "add(2, 3) -> 5 apples", []),
        ("javascript", 'add("2, 3) -> 5', []),
        ("rust", "assert_eq!(add(2, 3), 5);", [("", "assert_eq!(add(2, 3), 5)")]),
        ("rust", "assert_eq!(add(x, 3), 5);", []),
        ("go", "assert(add(2, 3) == 5)", []),
    ],
)
def test_what_counts_as_an_example(language: str, line: str, found: list[tuple[str, str]]) -> None:
    assert [(one.call, one.wanted) for one in find(line, language, "add")] == found


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("javascript", '// the stem, "a/b.txt" gives "b"\nfunction f(path) {\n}\n', [('f("a/b.txt")', '"b"')]),
        ("typescript", "// sorted: [2, 1] -> [1, 2]\nfunction f(of: number[]) {\n}\n", [("f([2, 1])", "[1, 2]")]),
        ("go", "// doubles: 2 -> 4\nfunc f(n int) int {\n}\n", [("f(2)", "4")]),
        ("rust", "// doubles: 2 -> 4, and f(3) -> 6\nfn f(n: i64) -> i64 {\n}\n", [("f(3)", "6")]),
        ("c", "// [2, 1] -> [1, 2]\nint *f(int *of) {\n}\n", []),
        ("javascript", "// 2, 3 -> 5\nfunction f(a, b) {\n}\n", []),
        ("typescript", 'class A {\n  // f(2) -> 4\n  f(n: number) {\n  }\n}\n', []),
        ("typescript", 'class A {\n  // new A().f(2) -> 4\n  f(n: number) {\n  }\n}\n', [("new A().f(2)", "4")]),
        ("java", "class A {\n  // f(2) -> 4\n  int f(int n) {\n  }\n}\n", [("f(2)", "4")]),
    ],
)  # fmt: skip
def test_examples_at_a_function_in_a_file(language: str, text: str, found: list[tuple[str, str]]) -> None:
    line = next(n for n, row in enumerate(text.split("\n")) if "//" in row)
    site = locate(text, line, line, language_of(language))
    assert site is not None
    assert site.stub is not None
    assert [(one.call, one.wanted) for one in examples_of(site.task, site.stub.definition)] == found


@pytest.mark.parametrize(
    ("stub", "name"),
    [
        ("// Add(1) it\nfunc (s *Stack[T]) Push(one T) {", "Push"),
        ("/** f(1) */\nexport const twice = (n: number) => {", ""),
        ("fn first<T>(a: &[T]) -> T {", "first"),
        ("", ""),
    ],
)
def test_the_name_that_is_asked_for(stub: str, name: str) -> None:
    assert name_of(Task("", stub=stub)) == name
