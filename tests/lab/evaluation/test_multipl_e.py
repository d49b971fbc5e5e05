"""MultiPL-E's form, with problems and solutions of our own; its file is used where PLANFIRST_DATA names its folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from planfirst.core.errors import BadSetting
from planfirst.verify.programs.toolchain import Missing
from planfirst_lab.evaluation import multipl_e, programs
from planfirst_lab.evaluation.checks import check
from tests.adapters import sandbox_outside as outside

REASON = outside.why_not_here()
sandboxed = pytest.mark.skipif(bool(REASON), reason=REASON)
DATA = os.environ.get("PLANFIRST_DATA", "")
_JS = "const assert = require('node:assert');\n\nfunction test() {\n  let candidate = %s;\n%s\n}\n\ntest();"
_JAVA_TOP = "import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n"


def row(language: str, name: str, comment: str, header: str, tests: list[str]) -> dict[str, Any]:
    if language == "java":
        lines = "".join(f"    assert({test});\n" for test in tests)
        prompt = f"{_JAVA_TOP}    // {comment}\n    {header}\n"
        text = f"    }}\n    public static void main(String[] args) {{\n{lines}    }}\n\n}}\n"
    else:
        prompt = f"//{comment}\n{header}\n"
        text = _JS % (name, "\n".join(f"  assert.deepEqual({test});" for test in tests))
        text = f"declare var require: any;\n{text}" if language == "ts" else text
    return {"name": name, "language": language, "prompt": prompt, "tests": text, "stop_tokens": ["\n}"]}


ROWS = {
    "js": [
        row("js", "middle", "The middle element", "function middle(a){", ["candidate([1,2,3]),2", "candidate([4]),4"]),
        row("js", "initials", "Initials", "function initials(s){", ["candidate('ada byron'),'AB'", "candidate(''),''"]),
        row("js", "runs", "Lengths of runs", "function runs(s){", ["candidate('aab'),[2,1]", "candidate(''),[]"]),
    ],
    "ts": [
        row("ts", "middle", "The middle element", "function middle(a: number[]): number {", ["candidate([1,2,3]),2"]),
        row("ts", "clamp", "Keep n in 0 to 9", "function clamp(n: number): number {",
            ["candidate(12),9", "candidate(-1),0", "candidate(5),5"]),
        row("ts", "runs", "Lengths of runs", "function runs(s: string): number[] {", ["candidate('aab'),[2,1]"]),
    ],
    "java": [
        row("java", "middle", "The middle element", "public static long middle(ArrayList<Long> a) {",
            ["middle(new ArrayList<Long>(Arrays.asList(1l, 2l, 3l))) == 2l"]),
        row("java", "clamp", "Keep n in 0 to 9", "public static long clamp(long n) {",
            ["clamp(12l) == 9l", "clamp(-1l) == 0l"]),
        row("java", "ends", "Both ends", "public static Pair<Long, Long> ends(ArrayList<Long> a) {",
            ["ends(new ArrayList<Long>(Arrays.asList(1l, 2l, 3l))).equals(Pair.with(1l, 3l))"]),
    ],
}  # fmt: skip

RIGHT = {
    "js": [
        "  return a[(a.length - 1) / 2]",
        "const assert = require('assert')\nfunction initials(s) {\n  const one = w => w[0].toUpperCase()\n"
        "  return s ? s.split(' ').map(one).join('') : ''\n}\nconsole.log(initials('grace hopper'))",
        "export const runs = s => (s.match(/(.)\\1*/g) ?? []).map(run => run.length)",
    ],
    "ts": [
        "  return a[Math.floor(a.length / 2)]\n}",
        "function low(n: number): number { return Math.max(0, n) }\nfunction clamp(n: number): number {\n"
        "  return Math.min(9, low(n))\n}",
        "  const found: string[] = s.match(/(.)\\1*/g) ?? []\n  return found.map((run: string) => run.length)",
    ],
    "java": [
        "        return a.get(a.size() / 2);",
        "    public static long clamp(long n) {\n        return Math.min(9, low(n));\n    }\n"
        "    static long low(long n) {\n        return Math.max(0, n);\n    }",
        "import java.util.*;\nimport org.javatuples.Pair;\n\nclass Problem {\n"
        "    public static Pair<Long, Long> ends(ArrayList<Long> a) {\n"
        "        return Pair.with(a.get(0), a.get(a.size() - 1));\n    }\n\n"
        "    public static void main(String[] args) {\n        System.out.println(1);\n    }\n}",
    ],
}
WRONG = {
    "js": [
        ("  return a[0]", "AssertionError"),
        ("  process.exit(0)", "it ended before its tests did"),
        ("function runs(s) {\n  return [", "SyntaxError"),
    ],
    "ts": [
        ("  return a[0]", "AssertionError"),
        ("  return n as any as number", "AssertionError"),
        ("  return ]", ""),  # node and typescript say it in their own words
    ],
    "java": [
        ("        return a.get(0);", "AssertionError"),
        ("        System.exit(0);\n        return n;", "it ended before its tests did"),
        ("        return a;", "it does not compile: "),
    ],
}


def items(language: str) -> list[multipl_e.ProgramItem]:
    return [multipl_e.item(one) for one in ROWS[language]]


@pytest.mark.real
@sandboxed
@pytest.mark.parametrize("language", ROWS)
def test_solutions_by_hand(language: str) -> None:
    found = programs.toolchain(items(language)[0].task.language)
    if isinstance(found, Missing):
        pytest.skip(str(found.said))
    for item, right, (wrong, said) in zip(items(language), RIGHT[language], WRONG[language], strict=True):
        assert check(item.program(right), item.check).error == ""
        assert item.parses(item.program(right))
        verdict = check(item.program(wrong), item.check)
        assert (verdict.passed, said in verdict.error) == (False, True), verdict


def test_a_prompt_is_read() -> None:
    (item, *_) = items("java")
    assert (item.task.language, item.name, item.check.kind) == ("java", "middle", "program")
    assert item.task.request == "The middle element"
    assert item.task.signature == "class Problem {"
    assert item.task.stub == "// The middle element\npublic static long middle(ArrayList<Long> a) {"
    assert item.task.imports == ("import java.util.*;",)  # nothing of the tuples is used
    assert "org.javatuples" in "\n".join(items("java")[2].task.imports)
    assert item.bare_prompt.startswith("Write a self-contained Java program")
    assert f"```java\n{item.prompt.strip()}\n```" in item.bare_prompt
    assert len({one.digest for language in ROWS for one in items(language)}) == 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "rkt"}, "its language is 'rkt'"),
        ({"tests": "test()"}, "its tests assert nothing"),
        ({"prompt": "//A comment\nlet a = 1\n"}, "does not end with the header of a function"),
    ],
)
def test_what_is_no_such_row(tmp_path: Path, change: dict[str, str], said: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(ROWS["js"][0] | change) + "\n")
    with pytest.raises(BadSetting, match="row 1: ") as caught:
        multipl_e.load(file)
    assert said in caught.value.what


def test_what_is_missing_is_said_before_anything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(ROWS["java"][0]) + "\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadSetting, match=r"A Java compiler \(javac\) is not installed, so the code was not run\."):
        multipl_e.load(file)


@pytest.mark.skipif(not DATA, reason="PLANFIRST_DATA does not name a folder with multipl_e/, which is not ours to ship")
@pytest.mark.parametrize(("name", "count"), [("js", 161), ("ts", 159), ("java", 158)])
def test_every_real_prompt_is_read(name: str, count: int) -> None:
    rows = [json.loads(line) for line in Path(DATA, "multipl_e", f"humaneval-{name}.jsonl").read_text().splitlines()]
    found = [multipl_e.item(one) for one in rows]
    assert len(found) == count
    assert all(item.task.stub.rstrip().endswith("{") and item.task.request for item in found)
