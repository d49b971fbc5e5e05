"""The problems of ODEX (Wang et al. 2022; CC BY-SA 4.0) as items. The file is yours; none comes with us.

Each has an intent, the beginning and the end of a function, and tests. The task is the function's ``def`` line with the
intent as its docstring. Many tests need packages; what a sandbox lacks is left out and said (see `packages`). Some
need a network, which no sandbox has, and one question can stand there more than once.
"""

from __future__ import annotations

from pathlib import Path

from planfirst_lab.evaluation import tables
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.mbpp import signature
from planfirst_lab.evaluation.placing import stub, task_of
from planfirst_lab.evaluation.tables import Row


def load(path: Path) -> list[Item]:
    """All problems of the file, in its order.

    Raises:
        BadSetting: the file cannot be read, or is not ODEX.
    """
    return tables.load(path, item, "Give a file of ODEX, such as en_test.jsonl.", repeats=True)


def item(row: Row) -> Item:
    """One problem.

    Raises:
        KeyError, TypeError, ValueError: the row is none.
    """
    # Tabs stand beside blanks there; the authors read them as four.
    reference = f"{row['prompt']}{row['canonical_solution']}{row['suffix']}".replace("\t", "    ")
    tests = row["test"] if isinstance(row["test"], str) else "".join(map(str, row["test"]))
    name = str(row["entry_point"])
    if not tests.strip():
        raise ValueError("it has no test")
    file = stub(signature(reference, name), str(row["intent"]))
    check = Check("script", f"{row['test_start']}{tests}\n\ncheck({name})\n")
    return Item(f"odex/{row['task_id']}", task_of(file), check, reference, file=file)
