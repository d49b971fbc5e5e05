"""Our own tasks in files: that they are what they say, that right answers pass and wrong ones do not, and how far they
are from the public benchmarks, whose files are used where PLANFIRST_DATA names the folder that has them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planfirst.core.errors import BadSetting
from planfirst.core.plan import adopted
from planfirst.core.types import Plan
from planfirst.source.examples import checks_in
from planfirst_lab.evaluation import development, edited, references, unknown_code
from planfirst_lab.evaluation.checks import check
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.marked import appended, solved, unmarked
from planfirst_lab.evaluation.options import OURS, Options, load
from planfirst_lab.training import benchmark_files
from planfirst_lab.training.near_copies import Requests, Runs
from tests.adapters import sandbox_outside as outside

REASON = outside.why_not_here()
sandboxed = pytest.mark.skipif(bool(REASON), reason=REASON)
ALL = [
    *development.load(),
    *development.load_natural(),
    *development.load_fresh(),
    *development.load_within(),
    *development.load_within_fresh(),
    *development.load_by_example(),
    *development.load_by_example_fresh(),
    *development.load_script(),
    *development.load_script_fresh(),
    *development.load_change(),
    *development.load_change_fresh(),
    *unknown_code.load(),
    *unknown_code.load_fresh(),
    *edited.load(),
    *edited.load_drafts(),
    *edited.load_drafts_fresh(),
]
# Sets whose tasks have answers to run.
RUN = [
    *("development", "natural", "natural-fresh", "within", "within-fresh", "by-example", "by-example-fresh"),
    *("script", "script-fresh", "change", "change-fresh", "unknown-code", "unknown-code-fresh"),
    *("edited-drafts", "edited-drafts-fresh"),
]
WITHIN: tuple[development.Folder, ...] = ("within", "within_fresh")
CHANGE: tuple[development.Folder, ...] = ("change", "change_fresh")
SCRIPT: tuple[development.Folder, ...] = ("script", "script_fresh")
BY_EXAMPLE: tuple[development.Folder, ...] = ("by_example", "by_example_fresh")
# A right answer that Planfirst does not place: it exchanges most of the function around a comment that does not say so.
REFUSED = {"change/mine-cart"}
ROW: dict[str, Any] = {
    "id": "half",
    "form": "comment",
    "example": "none",
    "file": "\nimport math\n\n\ndef same(n):\n    return n\n\n\n»# half of a number\n",
    "answer": "def halved(n):\n    return n / 2\n",
    "tests": "f = written()\nassert f(8) == 4\n",
}


def test_the_sets_are_mixed() -> None:
    tasks = development.tasks("development")
    assert Counter(task.form for task in tasks) == {"docstring": 31, "above": 16, "inside": 15, "comment": 31}
    assert Counter(task.example for task in tasks) == {"close": 28, "related": 30, "none": 35}
    assert {(task.form, task.example) for task in development.tasks("natural")} == {("natural", "")}
    for name in WITHIN:
        within = development.tasks(name)
        assert {(task.form, task.example) for task in within} == {("within", "")}
        assert Counter("added(" in task.item.check.text for task in within) == {True: 9, False: 9}
    for name in BY_EXAMPLE:
        assert {(task.form, task.example) for task in development.tasks(name)} == {("by-example", "")}
        assert all(checks_in(task.item.task.request).checks for task in development.tasks(name))
    for name in CHANGE:
        assert {(task.form, task.example) for task in development.tasks(name)} == {("change", "")}
    for name in SCRIPT:
        assert {(task.form, task.example) for task in development.tasks(name)} == {("script", "")}
    sizes = {"development": 93, "natural": 20, "natural-fresh": 20, "edited-plans": 100}
    sizes |= {"within": 18, "within-fresh": 18, "unknown-code": 36, "unknown-code-fresh": 36}
    sizes |= {
        "by-example": 24,
        "by-example-fresh": 24,
        "script": 24,
        "script-fresh": 24,
        "change": 24,
        "change-fresh": 24,
        "edited-drafts": 46,
        "edited-drafts-fresh": 71,
    }
    assert {name: len(load(Options(name))) for name in sizes} == sizes
    assert len({item.id for item in ALL}) == len({item.digest for item in ALL}) == len(ALL) == 602
    first = development.load()[:20]
    assert first == development.load()[:20]
    assert len({item.id.partition("/")[0] for item in first}) == 4


@pytest.mark.parametrize("name", OURS)
def test_what_comes_with_planfirst_takes_no_file(name: str) -> None:
    with pytest.raises(BadSetting, match=f"The tasks of {name} come with Planfirst, so it takes no file"):
        load(Options(name, file=Path("x")))


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.id)
def test_a_request_stands_where_it_is_marked(item: Item) -> None:
    assert item.line is not None
    words = set(re.findall(r"\w+", item.file.splitlines()[item.line]))
    asked = set(re.findall(r"\w+", f"{item.task.request} {item.task.signature}"))
    assert words <= asked | {"def"}
    assert "»" not in item.file
    assert "assert" in item.check.text
    assert (item.guess if item.known else item.file) in item.bare_prompt + "\n```"


@sandboxed
@pytest.mark.parametrize("name", RUN)
def test_of_every_third_task_right_answers_pass_and_wrong_ones_do_not(name: str) -> None:
    right_ones_pass(OURS[name]()[::3])


@sandboxed
@pytest.mark.large  # to be run by whoever writes or changes a task
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", RUN)
def test_right_answers_pass_and_wrong_ones_do_not(name: str) -> None:
    right_ones_pass(OURS[name]())


@sandboxed
@pytest.mark.parametrize("name", [*WITHIN, *CHANGE])
def test_a_file_without_what_is_wanted_inside_it_does_not_pass(name: development.Folder) -> None:
    items = [task.item for task in development.tasks(name)]
    assert [item.id for item in items if check(item.file, item.check).passed] == []


@pytest.mark.parametrize("name", WITHIN)
def test_a_request_inside_stands_in_a_class_or_among_statements(name: development.Folder) -> None:
    for item in (task.item for task in development.tasks(name)):
        assert 15 <= len(item.file.splitlines()) <= 60
        holder = item.task.signature.splitlines()[-1].split()[0]
        assert holder == ("class" if "added(" in item.check.text else "def"), item.id
        assert not item.task.stub


@pytest.mark.parametrize("item", [*edited.load_drafts(), *edited.load_drafts_fresh()], ids=lambda item: item.id)
def test_one_step_of_a_draft_was_edited(item: Item) -> None:
    known = item.known
    assert known is not None
    assert known.is_drafted
    before, after = set(known.steps), set(item.steps)
    assert len(before - after) <= 1
    assert len(after - before) <= 1
    assert item.steps != known.steps
    changed = adopted(Plan(item.steps), known)
    if after - before:
        assert not changed.is_drafted
        assert known.draft.startswith(changed.draft.rstrip())
    else:  # its lines go with their steps
        assert changed.is_drafted
        assert set(changed.draft.splitlines()) <= set(known.draft.splitlines())
    assert all(f"{n}. {step}" in item.bare_prompt for n, step in enumerate(item.steps, 1))


def right_ones_pass(items: Sequence[Item]) -> None:
    tallies = references.run(items, check, 2, lambda: None)
    guesses = [False] * any(item.guess for item in items)
    assert [tally.wanted for tally in tallies] == [True, True, False, False, *guesses]
    assert {tally.n for tally in tallies} == {len(items)}
    otherwise = [[name for name, _ in tally.otherwise if name not in REFUSED] for tally in tallies]
    assert otherwise == [[]] * len(tallies)


@sandboxed
@pytest.mark.parametrize("name", SCRIPT)
def test_a_script_as_it_is_does_not_pass(name: development.Folder) -> None:
    items = [task.item for task in development.tasks(name)]
    assert [item.id for item in items if check(item.file, item.check).passed] == []


@sandboxed
def test_a_guess_that_passes_is_told() -> None:
    wrong, right = (
        development.task_of(ROW | {"guess": f"def f(n):\n    return n {how}"}).item for how in ("* 2", "/ 2")
    )
    *_, tally = references.run([replace(wrong, id="wrong"), replace(right, id="right")], check, 1, lambda: None)
    assert (tally.name, tally.passed, tally.otherwise) == ("a guess from the file alone", 1, (("right", "it passes"),))


@sandboxed
def test_a_request_that_names_no_function_takes_any_name() -> None:
    item = development.task_of(ROW).item
    assert item.id == "comment/half"
    assert item.task.request == "half of a number"
    assert check(item.program("def bisected(n):\n    return n / 2"), item.check).passed
    assert not check(item.program("def bisected(n):\n    return n"), item.check).passed
    assert "no function was written" in check(item.program("x = 1"), item.check).error


@sandboxed
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("def doubled(self):\n    return self._half() * 4\n\ndef _half(self):\n    return self.n / 2", ""),
        ("@property\ndef twice(self):\n    return self.n * 2", ""),
        ("@functools.cache\ndef twice(self):\n    return self.n * 2", ""),
        ("@functools.cached_property\ndef twice(self):\n    return self.n + self.n", ""),
        ("def doubled(self):\n    return self.n", "assert called(Box(3), name) == 6"),
        ("def doubled(self):\n    return 6\n\ndef twice(self):\n    return 6", "methods of Box: doubled, twice"),
        ("def _doubled(self):\n    return self.n * 2", "methods of Box: none"),
        ("doubled = 6", "methods of Box: none"),
    ],
)
def test_the_one_new_method_is_found_by_whatever_name(answer: str, error: str) -> None:
    """What the class had before does not count: a field, a method, or one that another method is called by."""
    file = "import functools\n\n\nclass Box:\n    key = len\n    n: int = 0\n\n"
    file += "    def __init__(self, n):\n        self.n = n\n\n"
    file += "    def half(self):\n        return self.n / 2\n\n    divided = half\n\n»    # twice the number\n"
    tests = "name = added(Box)\nassert called(Box(3), name) == 6\n"
    item = development.task_of({"id": "box", "form": "within", "file": file, "answer": answer, "tests": tests}).item
    for program in (item.reference, item.program(answer)):
        verdict = check(program, item.check)
        assert verdict.passed is (not error)
        assert error in verdict.error


@sandboxed
def test_an_answer_of_a_bare_model_may_be_the_function_or_the_whole_file() -> None:
    (item,) = [item for item in development.load() if item.id == "docstring/prepaid-card"]
    assert check(item.bare_program(item.answer), item.check).passed
    assert check(item.bare_program(item.reference), item.check).passed
    assert not check(item.bare_program(item.file), item.check).passed
    assert not check(item.bare_program("def pay(self, amount):"), item.check).passed


@pytest.mark.parametrize(
    "change", [{"form": "docstrings"}, {"example": "near"}, {"file": "# x\n"}, {"file": "»x = 1\n"}]
)
def test_a_task_that_is_none(change: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        development.task_of(ROW | change)


def test_the_mark() -> None:
    assert unmarked("\na = 1\n»    # x\n\n") == ("a = 1\n    # x\n", 1)
    with pytest.raises(ValueError, match="2 lines begin with »"):
        unmarked("»# a\n»# b")


def test_where_an_answer_goes() -> None:
    head = "from __future__ import annotations\nimport os\n\n"
    file = f"{head}class A:\n    @property\n    def x(self):\n        # one\n        pass\n\n    y = 1\n"
    answer = "import re\n\ndef x(self):\n    if self:\n        return re\n"
    wanted = file.replace("        pass\n", "        if self:\n            return re\n")
    assert solved(file, 6, answer).replace("import re\n\n", "") == wanted
    assert solved(file, 6, answer).startswith("from __future__ import annotations\nimport re\n")
    inside = "def f():\n    # a\n    # b\n    return x\n"
    assert solved(inside, 1, "x = 1") == "def f():\n    # a\n    # b\n    x = 1\n    return x\n"
    assert appended("a = 1\n", 0, "b = (") == "a = 1\n\nb = (\n"


def test_a_changed_file_beside_it_is_another_task() -> None:
    item = unknown_code.load()[0]
    (path, text), *rest = item.check.files
    other = replace(item.check, files=((path, f"{text}\n"), *rest))
    assert replace(item, check=other).digest != item.digest


def sharing(texts: Iterable[str]) -> list[str]:
    """Our tasks that share a run of words with texts."""
    runs = Runs(texts)
    own = {item.id: (item.reference, item.check.text.rpartition("return made[-1]")[2]) for item in ALL}
    return [name for name, parts in own.items() if any(map(runs.held_by, parts))]


DATA = os.environ.get("PLANFIRST_DATA", "")
FILES = {
    "humaneval": ["humaneval/HumanEval.jsonl"],
    "mbpp": ["mbpp/mbpp.jsonl", "mbpp/sanitized-mbpp.json"],
    "multipl_e": ["multipl_e/humaneval-js.jsonl", "multipl_e/humaneval-ts.jsonl", "multipl_e/humaneval-java.jsonl"],
}


@pytest.mark.skipif(
    not DATA, reason="PLANFIRST_DATA does not name a folder with the benchmarks, which are not ours to ship"
)
@pytest.mark.parametrize("name", FILES)
def test_nothing_is_near_a_benchmark(name: str) -> None:
    every = [task for file in FILES[name] for task in benchmark_files.load(Path(DATA) / file)]
    texts = [text for task in every for text in task.texts]
    assert len(every) > 150
    assert sharing([*texts, ALL[0].reference]) == [ALL[0].id]
    asked = Requests(task.asked for task in every)
    assert [item.id for item in ALL if asked.nearly_hold(item.task.request)] == []


def test_all_tasks_can_be_of_a_project_with_rules(tmp_path: Path) -> None:
    rules = tmp_path / "AGENTS.md"
    rules.write_text("Use tabs.\n", encoding="utf-8")
    assert {item.task.rules for item in load(Options("development", rules=rules))} == {"Use tabs."}
    assert {item.task.rules for item in load(Options("development"))} == {""}
    rules.write_bytes(b"caf\xe9")
    with pytest.raises(BadSetting, match="cannot be read"):
        load(Options("development", rules=rules))
