"""The recipes of the cookbook that are learned from, as items: what a planner is trained and its plans are sifted on.

Nothing that is measured with is among them, and what is measured with them says nothing of the product.
"""

from __future__ import annotations

import ast

from planfirst.core.types import Task
from planfirst.corpora import recipes
from planfirst.corpora.held_out import held_out
from planfirst.corpora.recipes import Recipe
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item, shuffled
from planfirst_lab.evaluation.placing import task_of
from planfirst_lab.parsing import parsed

NAME = "recipes"


def load() -> list[Item]:
    """The recipes that are not held out, each asked for in its first other wording, in an order that never changes."""
    kept, known = held_out(), recipes.load()
    pairs = dict(zip((recipe.id for recipe in known), recipes.pairs(known), strict=True))
    learned = [recipe for recipe in known if recipe.id not in kept.recipes | kept.wordings]
    return shuffled([_item(recipe, pairs[recipe.id].id) for recipe in learned])


def stub_of(code: str, request: str) -> str:
    """The one function of a code as an empty one, its signature with the request as its docstring; else empty."""
    function = _only_function(code)
    if function is None:
        return ""
    header = code.splitlines()[function.lineno - 1 : function.body[0].lineno - 1]
    if not header or not header[-1].rstrip().endswith(":"):
        return ""  # its body stands behind the colon
    said = request.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join([*header, f'    """{said}"""'])


def _only_function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    tree = parsed(code)
    made = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)] if tree else []
    if len(made) == 1 and isinstance(made[0], ast.FunctionDef | ast.AsyncFunctionDef) and not made[0].decorator_list:
        return made[0]
    return None


def _item(recipe: Recipe, pair: str) -> Item:
    """The item of a recipe: an empty function below its imports, or a bare request where it is something else."""
    request, check = recipe.other_wordings[0], Check("doctest", recipe.doctest)
    stub = stub_of(recipe.code, request)
    if not stub:
        return Item(pair, Task(request), check, recipe.code, recipe.steps)
    function = _only_function(recipe.code)
    assert function is not None  # there is a stub
    above = "\n".join(recipe.code.splitlines()[: function.lineno - 1]).strip()
    file = f"{above}\n\n\n{stub}\n" if above else f"{stub}\n"
    return Item(pair, task_of(file), check, recipe.code, recipe.steps, file=file)
