"""The problems of MBPP (Austin et al. 2021; CC BY 4.0) and MBPP+ (Liu et al. 2023) as items. The file is the user's.

The prompts of MBPP do not say how the function is called, so each task carries a signature. It is taken from the
reference solution: the ``def`` line's name and parameters, without hints and defaults, and nothing else of it.
MBPP+ is read in the form of a table whose ``test`` holds the whole test; its release keeps inputs in a form of its own.
"""

from __future__ import annotations

import ast
from pathlib import Path

from planfirst.core.types import Task
from planfirst_lab.evaluation import tables
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item, shuffled
from planfirst_lab.evaluation.placing import stub
from planfirst_lab.evaluation.tables import Row
from planfirst_lab.parsing import parsed


def load(path: Path) -> list[Item]:
    """All problems of the file, in the fixed shuffled order.

    Raises:
        BadSetting: the file cannot be read, or is not MBPP.
    """
    wanted = "Give the file sanitized-mbpp.json of the data set, mbpp.jsonl, or MBPP+ as a table of JSON lines."
    return shuffled(tables.load(path, item, wanted))


def item(row: Row) -> Item:
    """One problem.

    Raises:
        KeyError, TypeError, ValueError: the row is none.
    """
    code = str(row["code"]).replace("\r\n", "\n")
    tests = [str(line).replace("\r\n", "\n") for line in row["test_list"]]
    before = [*map(str, row.get("test_imports", ()))]
    request = str(row["prompt"] if "prompt" in row else row["text"]).strip()
    header = signature(code, "\n".join(tests))
    task = Task(request, signature=header, stub=stub(header, request).rstrip("\n"))
    return Item(f"mbpp/{row['task_id']}", task, _check(row, before, tests), code)


def _check(row: Row, before: list[str], tests: list[str]) -> Check:
    if isinstance(row.get("test"), str):  # MBPP+
        if "assert" not in row["test"]:
            raise ValueError("its test asserts nothing")
        return Check("script", "\n".join([*before, row["test"]]))
    if setup := str(row.get("test_setup_code") or "").replace("\r\n", "\n"):
        return Check("script", "\n".join([*before, setup, *tests]))
    return Check("asserts", "\n".join([*before, *tests]))


def signature(code: str, tests: str) -> str:
    """The ``def`` line of the function that the tests call: its name and its parameters' names.

    Raises:
        ValueError: the code defines no function that the tests name.
    """
    tree = parsed(code)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else []
    tested = parsed(tests)
    named = {node.id for node in ast.walk(tested) if isinstance(node, ast.Name)} if tested else set()
    called = [function for function in functions if function.name in named]
    if not called:
        raise ValueError("its code defines no function that its tests call")
    arguments = called[-1].args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg:
        names.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        names.append("*")
    names += [argument.arg for argument in arguments.kwonlyargs]
    if arguments.kwarg:
        names.append(f"**{arguments.kwarg.arg}")
    return f"def {called[-1].name}({', '.join(names)}):"
