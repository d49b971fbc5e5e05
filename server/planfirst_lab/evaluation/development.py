"""Our own tasks in files: the development set, on which a model is tuned, and the natural requests, which are kept out.

A task is a small Python file in which one line is the request, an answer that is right, and tests that the model never
sees. All were written for this; none is taken from a benchmark, nor from the cookbook.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item, shuffled
from planfirst_lab.evaluation.marked import solved, unmarked
from planfirst_lab.evaluation.placing import task_of as asked_at

Form = Literal["docstring", "above", "inside", "comment", "natural", "within", "by-example", "script", "change"]
Folder = Literal[
    "development",
    "natural",
    "natural_fresh",
    "within",
    "within_fresh",
    "by_example",
    "by_example_fresh",
    "script",
    "script_fresh",
    "change",
    "change_fresh",
]
Likeness = Literal["close", "related", "none"]
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
# Where a request names no function, the tests ask for the one that was written: by `written()`.
_WRITTEN = """
def written(known=frozenset({known!r})):
    import types
    made = [thing for name, thing in list(globals().items()) if name not in known
            and isinstance(thing, types.FunctionType) and thing.__code__.co_filename.endswith("answer.py")]
    assert made, "no function was written"
    return made[-1]
"""
# Where one asks for a method, they find its name by `added(Class)`, and use it by `called(object, name)`, which takes a
# property as well.
_ADDED = """
def added(of, known={known!r}):
    import functools
    kinds = property, functools.cached_property, classmethod
    made = [name for name, member in vars(of).items() if not name.startswith("_") and name not in known[of.__name__]
            and (isinstance(member, kinds) or callable(member) and not isinstance(member, type))]
    assert len(made) == 1, f"new public methods of {{of.__name__}}: {{', '.join(made) or 'none'}}"
    return made[0]


def called(on, name, *given):
    member = getattr(on, name)
    return member(*given) if given or callable(member) else member
"""


@dataclass(frozen=True, slots=True)
class FileTask:
    """A task of ours.

    Attributes:
        form: how the request is written: as the docstring of an empty function, as a comment above or inside one, as a
            comment where there is no function yet, in a user's own words, or, in such words too, as a comment inside a
            class that has other methods or inside a function that has other statements, with examples of what a
            function that is not there yet gives, in a script, for what is to be done there, or above code that is to
            be changed.
        example: what the best hit in the store that comes with Planfirst is, whether or not the gate lets it pass: a
            recipe that does nearly the same (``close``), one from the same field that does something else
            (``related``), or nothing of use (``none``). Empty for the last five forms.
    """

    item: Item
    form: Form
    example: Likeness | Literal[""]


def load() -> list[Item]:
    """The development set, shuffled once and for all."""
    return shuffled([task.item for task in tasks("development")])


def load_natural() -> list[Item]:
    """The natural requests, likewise. Nothing may be chosen by them."""
    return shuffled([task.item for task in tasks("natural")])


def load_fresh() -> list[Item]:
    """Twenty more of them, written when the first had been read for what goes wrong."""
    return shuffled([task.item for task in tasks("natural_fresh")])


def load_within() -> list[Item]:
    """Requests for a method inside a class, or for a few statements inside a function. Things may be chosen by them."""
    return shuffled([task.item for task in tasks("within")])


def load_within_fresh() -> list[Item]:
    """More of them, on other subjects. Nothing may be chosen by them."""
    return shuffled([task.item for task in tasks("within_fresh")])


def load_by_example() -> list[Item]:
    """Comments with examples of a function that does not exist yet. Things may be chosen by them."""
    return shuffled([task.item for task in tasks("by_example")])


def load_by_example_fresh() -> list[Item]:
    """More of them, on other subjects. Nothing may be chosen by them."""
    return shuffled([task.item for task in tasks("by_example_fresh")])


def load_script() -> list[Item]:
    """Comments in scripts that ask for something to be done there. Things may be chosen by them."""
    return shuffled([task.item for task in tasks("script")])


def load_script_fresh() -> list[Item]:
    """More of them, on other subjects. Nothing may be chosen by them."""
    return shuffled([task.item for task in tasks("script_fresh")])


def load_change() -> list[Item]:
    """Comments above or in code that is to be changed, a quarter of which ask for something new. For choosing."""
    return shuffled([task.item for task in tasks("change")])


def load_change_fresh() -> list[Item]:
    """More of them, on other subjects. Nothing may be chosen by them."""
    return shuffled([task.item for task in tasks("change_fresh")])


@cache
def tasks(folder: Folder) -> tuple[FileTask, ...]:
    """All tasks of a set, by file and in the order in which they stand there."""
    return tuple(_tasks(folder))


def _tasks(folder: str) -> Iterator[FileTask]:
    for file in sorted((files("planfirst_lab.evaluation") / "tasks" / folder).iterdir(), key=lambda file: file.name):
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["tasks"]:
            yield task_of(row)


def task_of(row: dict[str, Any]) -> FileTask:
    """One task from its table.

    Raises:
        ValueError: its form or its example is none of those that there are, or its file holds no request.
    """
    form, example = row["form"], row.get("example", "")
    if form not in get_args(Form) or example not in (*get_args(Likeness), ""):
        raise ValueError(f"{row['id']}: there is no form {form!r} or no example {example!r}")
    return FileTask(item_of(f"{form}/{row['id']}", row), form, example)


def item_of(name: str, row: dict[str, Any], beside: tuple[tuple[str, str], ...] = ()) -> Item:
    """The item that a table with ``file``, ``answer``, ``tests``, and maybe a ``guess`` makes.

    Args:
        beside: paths and texts of files that the task's file can import.
    """
    file, line = unmarked(row["file"])
    tree = ast.parse(file)
    tests = str(row["tests"]).strip("\n") + "\n"
    if "written()" in tests:
        known = [node.name for node in tree.body if isinstance(node, _FUNCTIONS)]
        tests = f"{_WRITTEN.format(known=sorted(known))}\n{tests}"
    if "added(" in tests:
        members = {node.name: _members(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        tests = f"{_ADDED.format(known=members)}\n{tests}"
    answer = str(row["answer"]).strip("\n") + "\n"
    return Item(
        name,
        asked_at(file, line),
        Check("run" if row.get("form") == "script" else "script", tests, files=beside),
        solved(file, line, answer),
        file=file,
        line=line,
        answer=answer,
        guess=str(row.get("guess", "")).strip("\n"),
    )


def _members(of: ast.ClassDef) -> list[str]:
    """The names of its methods, and those that it sets itself."""
    methods = {node.name for node in of.body if isinstance(node, _FUNCTIONS)}
    inner = [node for row in of.body if not isinstance(row, _FUNCTIONS) for node in ast.walk(row)]
    names = {node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return sorted(methods | names)
