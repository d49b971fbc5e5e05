"""The problems of HumanEval (Chen et al. 2021; MIT) and HumanEval+ (Liu et al. 2023) as items. The file is yours.

A prompt is a Python file that ends with a function to be written. It is read, and the answer put into it, as the
product does with a file in the editor. Two forms of HumanEval+ are read: the table whose ``test`` holds the whole test,
and the release with ``base_input`` and ``plus_input``, for which the reference solution gives the wanted outputs.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

from planfirst_lab.evaluation import tables
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.placing import task_of
from planfirst_lab.evaluation.tables import Row

_WANTED = "Give HumanEval.jsonl, or HumanEval+ in the same form."
_TOLERANCE = 1e-6  # of floats, where the release names none
# What compares an answer with the reference: a difference within the tolerance is none, for floats and lists of them.
_COMPARED = """
import copy

def _same(got, wanted, tolerance):
    if isinstance(wanted, (list, tuple)) and isinstance(got, (list, tuple)):
        return len(got) == len(wanted) and all(_same(a, b, tolerance) for a, b in zip(got, wanted))
    if isinstance(wanted, float) and isinstance(got, (int, float)):
        return got == wanted or got != got and wanted != wanted or abs(got - wanted) <= tolerance + 1e-07 * abs(wanted)
    return got == wanted

_reference = {{}}
exec({reference!r}, _reference)
for _arguments in json.loads({inputs!r}):
    _got = {name}(*copy.deepcopy(_arguments))
    {comparison}
"""
_EQUAL = "assert _same(_got, _reference[{name!r}](*copy.deepcopy(_arguments)), {tolerance!r}), _arguments"
_ZERO = "assert abs(_reference['poly'](*copy.deepcopy(_arguments), _got)) <= {tolerance!r}, _arguments"
_MANY_ANSWERS = "find_zero"  # any zero of the polynomial is right


def load(path: Path) -> list[Item]:
    """All problems of the file, in its order.

    Raises:
        BadSetting: the file cannot be read, or is none of these.
    """
    return tables.load(path, item, _WANTED)


def item(row: Row) -> Item:
    """One problem.

    Raises:
        KeyError, TypeError, ValueError: the row is none.
    """
    prompt, name = str(row["prompt"]), str(row["entry_point"])
    reference = prompt + str(row["canonical_solution"])
    text = f"{row['test']}\n\ncheck({name})\n" if "test" in row else _by_reference(row, name, reference)
    if "assert" not in text:
        raise ValueError("its test asserts nothing")
    file = _mended(prompt)
    return Item(f"humaneval/{str(row['task_id']).rpartition('/')[2]}", task_of(file), Check("script", text), reference,
                file=file)  # fmt: skip


def _by_reference(row: Row, name: str, reference: str) -> str:
    inputs = [*row["base_input"], *row["plus_input"]]
    if not inputs or any(not isinstance(arguments, list) for arguments in inputs):
        raise ValueError("its inputs are no lists of arguments")
    tolerance = float(row.get("atol") or _TOLERANCE)
    comparison = (_ZERO if name == _MANY_ANSWERS else _EQUAL).format(name=name, tolerance=max(tolerance, _TOLERANCE))
    filled = _COMPARED.format(reference=reference, inputs=json.dumps(inputs), name=name, comparison=comparison)
    return f"import json\n{filled}"


def _mended(prompt: str) -> str:
    """The prompt; where an import stands before the docstring of the last function, it is put above that function."""
    tree = ast.parse(prompt)
    last = tree.body[-1]
    if not isinstance(last, ast.FunctionDef) or ast.get_docstring(last) is not None:
        return prompt
    texts = [node for node in last.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    others = [node for node in last.body if node not in texts]
    last.body = list(texts[:1])
    return ast.unparse(ast.Module([*tree.body[:-1], *others, last], [])) + "\n" if texts else prompt
