"""A compiler reads what nothing can be run against: the answer is blamed for its own faults, and for nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.adapters.sandbox.scripted import ScriptedSandbox
from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunResult
from planfirst.core.types import Task
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.verify.destination import Destination
from planfirst.verify.programs import compiling
from planfirst.verify.programs.compiling import CHECKERS, Compiling
from planfirst.verify.programs.toolchain import Missing, Needs, Toolchain
from planfirst.verify.verdict import Verdict
from planfirst.verify.verification import verification
from planfirst.words import Message
from tests.verify.programs.languages import FOLDERS, HERE

READ = Verdict("read", "It parses.")
JAVA = """import java.util.*;

class Spans {
    record Span(int first, int last) {}

    // the longest of them
    static Span longest(List<Span> all) {
        return null;
    }
}
"""
RUST = "// moves a letter on\npub fn moved(one: char, by: i32) -> char {\n    todo!()\n}\n"
C = "// adds two numbers\nint add(int a, int b) {\n}\n"
CPP = "#include <vector>\n// the sum\nint sum(std::vector<int> of) {\n}\n"
TS = """import * as fs from "node:fs"
import { Row } from "./rows"
// the sum
export function sum(of: number[]): number {
}
"""
JS = "// the letters, joined\nfunction joined(letters) {\n}\n"
UNKNOWN = "#include <no_such_thing.h>\n"


def judged(language: str, text: str, code: str, folder: Path | None = None) -> Verdict:
    """What the compiler of this machine makes of an answer to the first comment of a text."""
    task, destination = _at(language, text, folder)
    found = CHECKERS[language](text, FOLDERS)
    if isinstance(found, Missing):
        pytest.skip(str(found.said))

    async def judging() -> Verdict:
        return await Compiling(task, destination, await find_sandbox(), FOLDERS)(code, READ)

    return asyncio.run(judging())


def _at(language: str, text: str, folder: Path | None = None) -> tuple[Task, Destination]:
    line = next(n for n, row in enumerate(text.split("\n")) if row.lstrip().startswith("//"))
    site = locate(text, line, line, language_of(language))
    assert site is not None
    path = folder / "Spans.java" if folder else None
    return site.task, Destination(text, site, language=language_of(language), path=path)


@pytest.mark.real
@HERE[1]
@pytest.mark.parametrize(
    ("language", "text", "code", "said"),
    [
        ("java", JAVA, "all.get(0).first = 3;\nreturn all.get(0);", "to final variable first: `all"),
        ("java", JAVA, "int x = 1;", "missing return statement: `}`"),
        ("java", JAVA, "return Helper.longest(all);", "cannot find symbol: `return Helper.longest(all);`"),
        ("rust", RUST, "((one as u8 + by) % 26) as char", "mismatched types: expected `u8`, found `i32`: `((one"),
        ("rust", RUST, "let x = 3;", "mismatched types: expected `char`, found `()`: `pub fn moved"),
        ("c", C, "return total(a, b);", "implicit declaration of function"),
        ("cpp", CPP, "return of.total();", "has no member named"),
        ("typescript", TS, "return of.sum()", "Property 'sum' does not exist on type 'number[]': `return of.sum()`"),
        ("javascript", JS, "return letters.join(separator)", "Cannot find name 'separator': `return"),
    ],
)  # fmt: skip
def test_what_does_not_compile_is_a_fault(language: str, text: str, code: str, said: str) -> None:
    verdict = judged(language, text, code)
    assert (verdict.status, verdict.check, verdict.ran) == ("failed", Message("check-compiles"), False), verdict
    assert said in str(verdict.output)


@pytest.mark.real
@HERE[1]
@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("java", JAVA, "return all.stream().max(Comparator.comparing(one -> one.last() - one.first())).get();"),
        ("rust", RUST, "(((one as u8 - b'a') as i32 + by) % 26) as u8 as char"),
        ("c", C, "return a + b;"),
        ("cpp", CPP, "int all = 0;\nfor (int one : of) all += one;\nreturn all;"),
        ("typescript", TS[TS.index("//") :], "return of.reduce((a, b) => a + b, 0)"),
        ("javascript", JS, "return letters.join('')"),
    ],
)
def test_what_compiles_is_said_to(language: str, text: str, code: str) -> None:
    verdict = judged(language, text, code)
    assert (verdict.status, verdict.check, verdict.ran) == ("read", Message("check-compiles"), False), verdict


@pytest.mark.real
@HERE[1]
@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("java", f"import org.unheard.Of;\n{JAVA}", "return Of.any(all);"),  # a package
        ("java", JAVA.replace("record Span(", "record Span(Odd o, "), "return all.get(0).x;"),  # a fault that was there
        ("rust", f"use crate::letters::moved_on;\n{RUST}", "moved_on(one, by)"),
        ("rust", RUST, "unheard_of::moved(one, by)"),  # a crate
        ("c", f"{UNKNOWN}{C}", "return total(a, b);"),
        ("typescript", TS, "const rows: Row[] = []\nreturn fs.readFileSync(__dirname).length + process.argv.length"),
        ("typescript", TS, "describe('sum', () => {})\nreturn require('x').y"),
        ("javascript", JS, "const name = process.argv[2]\nreturn letters.total + name"),
    ],
)
def test_what_may_stand_elsewhere_is_no_fault(language: str, text: str, code: str) -> None:
    assert judged(language, text, code) == READ


@pytest.mark.real
@HERE[1]
def test_a_class_may_stand_in_a_file_beside_this_one(tmp_path: Path) -> None:
    assert judged("java", JAVA, "return Helper.longest(all);", tmp_path).status == "failed"
    (tmp_path / "Helper.java").write_text("class Helper {}\n")
    assert judged("java", JAVA, "return Helper.longest(all);", tmp_path) == READ
    assert judged("java", JAVA, "return all.get(0).size();", tmp_path).status == "failed"


async def test_without_leave_no_compiler_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    task, destination = _at("c", C)
    asked: list[str] = []
    found = Toolchain("c", "C", "program.c", (("cc",),), (), Needs(1 << 30))

    def checker(text: str, folders: object) -> Toolchain:
        asked.append(text)
        return found

    monkeypatch.setattr(compiling, "CHECKERS", {"c": checker})

    async def get(packages: object) -> Sandbox:
        return ScriptedSandbox(RunResult(0, None, "", "", None, 0.0, False))

    for trusted, leave in ((False, True), (True, False), (True, True)):

        async def permit(worth_asking: bool, leave: bool = leave) -> bool:
            assert not worth_asking  # nobody is asked for this alone
            return leave

        made = await verification(task, destination, get, trusted=trusted, permit=permit)
        verdict = await made.of("return a + b;")
        assert (verdict.status, made.checks, made.needs) == ("read", (), "")
        assert bool(asked) == (trusted and leave)
        assert made.compiles == (trusted and leave)
