"""Changes made in functions: the draft with its plan, the plan with one step changed, and the code that follows it."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from planfirst.core import plan as plans
from planfirst.core.draft import kept
from planfirst.core.parts import Part, parts_of
from planfirst.core.types import MAX_STEPS, Pair, Plan, Task
from planfirst_lab.evaluation.placing import stub, task_of
from planfirst_lab.parsing import parsed
from planfirst_lab.training.augment.rows import Row
from planfirst_lab.training.changes.additions import ADDITIONS
from planfirst_lab.training.changes.replacements import REPLACEMENTS
from planfirst_lab.training.changes.site import Site, Step
from planfirst_lab.training.steps import Writer

_LEAST, _MOST = 3, 14  # rows of a function, its docstring not counted
_LONGEST = 100  # characters of a row
_PERIOD = 0.5  # share of the plans whose steps end with a period
_BACK = 0.25  # share of the changes that are undone: a step is taken out, or the plainer one comes back
_TRIES = 8
_WAYS = (*ADDITIONS, *REPLACEMENTS)


@dataclass(frozen=True, slots=True)
class Change:
    """A plan of which one step was changed, and the code that follows it.

    Attributes:
        id: of the pair whose code it was made in.
        kind: the name of what was done.
        file: the function with its docstring and no body.
        plan: the changed plan as `core.plan.adopted` gives it, with the draft that it was made from.
        opening: how the answer is begun, with the lines of the steps that stayed.
        rest: what the model writes after that.
    """

    id: str
    kind: str
    file: str
    task: Task
    plan: Plan
    opening: str
    rest: str

    def as_row(self) -> Row:
        """What it asks and shows, as a row of a plan has it, to be compared with other texts."""
        was = self.plan.was
        return Row(self.id, self.task.request, was.draft if was else "", self.task.request, 1.0, self.plan)


def changed(pair: Pair, random_: random.Random) -> Change | None:
    """One change of a function, its question being the docstring; None where none could be made."""
    function = _function(pair.code)
    if function is None:
        return None
    function.body.insert(0, ast.Expr(ast.Constant(pair.question)))
    for _ in range(_TRIES):
        way = random_.choice(_WAYS)
        copied = copy.deepcopy(function)
        step = way(Site(copied, random_))
        if step is None:
            continue
        before, after = (ast.unparse(ast.fix_missing_locations(one)) + "\n" for one in (function, copied))
        if after == before or parsed(after) is None:
            continue
        if random_.random() < _BACK:
            before, after, step = after, before, Step(step.gone, step.new)
        made = _change(pair.id, way.__name__, before, after, step, random_)
        if made is not None:
            return made
    return None


def _function(code: str) -> ast.FunctionDef | None:
    """The one function of a code, if it is of a size that people change by hand, and no method."""
    tree = parsed(code)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else []
    if len(functions) != 1 or functions[0].decorator_list:
        return None
    function = functions[0]
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        del function.body[0]
    rows = ast.unparse(function).splitlines() if function.body else []
    is_method = any(arg.arg in ("self", "cls") for arg in function.args.args[:1])
    fits = _LEAST <= len(rows) <= _MOST and all(len(row) <= _LONGEST for row in rows)
    return function if fits and not is_method else None


def _change(id_: str, kind: str, before: str, after: str, step: Step, random_: random.Random) -> Change | None:
    tree = parsed(before)
    function = tree.body[0] if tree else None
    if not isinstance(function, ast.FunctionDef):
        return None
    header, request = before.partition("\n")[0], ast.get_docstring(function) or ""
    file = stub(header, request)
    task = task_of(file)
    old, new = parts_of(before, task), parts_of(after, task)
    same = _shared(old, new)
    tail = min(_shared(old[::-1], new[::-1]), len(old) - same, len(new) - same)
    gone, come = len(old) - same - tail, len(new) - same - tail
    if not old or (gone, come) not in ((1, 1), (0, 1), (1, 0)) or len(new) > MAX_STEPS:
        return None
    end = "." if random_.random() < _PERIOD else ""
    words = [_told(part, random_) for part in old]
    if not all(words):
        return None
    here = _steps(step, words[same] if gone else "", (gone, come), random_)
    if here is None:
        return None
    was, now = here
    before_steps = [*words[:same], *was, *words[same + gone :]]
    after_steps = [*words[:same], *now, *words[same + gone :]]
    if len(set(before_steps)) < len(before_steps) or len(set(after_steps)) < len(after_steps):
        return None
    known = Plan(tuple(one + end for one in before_steps), before, tuple(part.text for part in old))
    plan = plans.adopted(Plan(tuple(one + end for one in after_steps)), known)
    if not plan.was or not plan.draft or not plans.as_change(plan):
        return None
    opening = kept(plan, task)
    begun = sum(bool(part) for part in plan.parts)
    rest = "".join(after.splitlines(keepends=True)[new[begun].first :]) if begun < len(new) else ""
    return Change(id_, kind, file, task, plan, opening, rest) if rest else None


def _shared(one: Sequence[Part], two: Sequence[Part]) -> int:
    """How many parts are the same at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text, zip(one, two, strict=False)))


def _steps(
    step: Step, told: str, counts: tuple[int, int], random_: random.Random
) -> tuple[list[str], list[str]] | None:
    """The steps of the part that changed, before and after."""
    if counts == (0, 1):
        return ([], [step.new]) if not step.gone else None
    if counts == (1, 0):
        return ([step.gone], []) if not step.new else None
    if step.new and step.gone:
        return [step.gone], [step.new]
    said = step.new or step.gone  # something within a part, which is there or not
    small = said[:1].lower() + said[1:]
    longer = random_.choice((f"{told}; {small}", f"{told}, but {small}", f"{said}; {told[:1].lower()}{told[1:]}"))
    return ([told], [longer]) if step.new else ([longer], [told])


def _told(part: Part, random_: random.Random) -> str:
    """What a part does, in words; empty where there are none."""
    tree = parsed("def f():\n" + part.text if part.text.startswith((" ", "\t")) else part.text)
    body: Sequence[ast.stmt] = tree.body if tree else []
    if len(body) == 1 and isinstance(body[0], ast.FunctionDef):
        body = body[0].body
    said = ", and ".join(filter(None, (Writer(random_).statement(node) for node in body[:2])))
    return said[:1].upper() + said[1:] if len(said) <= 130 else ""
