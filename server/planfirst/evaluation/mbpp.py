"""The sanitised MBPP problems (Austin et al. 2021; CC BY 4.0) as items. The file is the user's; none comes with us.

The prompts of MBPP do not say how the function is called, so each task carries a signature. It is taken from the
reference solution: the ``def`` line's name and parameters, without hints and defaults, and nothing else of it.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from planfirst.core.errors import BadSetting
from planfirst.core.types import Task
from planfirst.evaluation.calls import parsed
from planfirst.evaluation.checks import Check
from planfirst.evaluation.items import Item, shuffled


def load(path: Path) -> list[Item]:
    """All problems of the file, in the fixed shuffled order.

    Raises:
        BadSetting: the file cannot be read, or is not the sanitised MBPP.
    """
    try:
        problems = json.loads(path.read_text(encoding="utf-8"))
        return shuffled([_item(problem) for problem in problems])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSetting(
            f"The MBPP file {path} cannot be used: {error}.", "Give the file sanitized-mbpp.json of the data set."
        ) from error


def _item(problem: dict[str, Any]) -> Item:
    code = str(problem["code"]).replace("\r\n", "\n")
    tests = [str(line) for line in problem["test_list"]]
    checks = "\n".join([*map(str, problem["test_imports"]), *tests])
    task = Task(str(problem["prompt"]).strip(), signature=signature(code, "\n".join(tests)))
    return Item(f"mbpp/{problem['task_id']}", task, Check("asserts", checks), code)


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
        raise ValueError("a problem's code defines no function that its tests call")
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
