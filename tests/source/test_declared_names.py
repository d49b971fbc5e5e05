"""Imports of what code calls of your own project."""

from __future__ import annotations

from planfirst.core.types import Declaration
from planfirst.source.carried_over import carried_over
from planfirst.source.declared_calls import with_own_calls
from planfirst.source.declared_names import with_imports

RENDER = Declaration("render", "def render(amount: Grains) -> str", "", "m/amounts.py", 3, module="m.amounts")
BOOK = Declaration("Book.carry", "def carry(self, source: str)", "", "m/books.py", 9, module="m.books")
WAIT = Declaration("oldest_wait", "def oldest_wait(pool: Pool, name: str = '') -> float", "", "t/g.py", 3, module="t.g")
OTHER = Declaration("render", "def render(page)", "", "m/pages.py", 3, module="m.pages")
SCRIPT = Declaration("run", "func Run() error", "", "cmd/run.go", 3)
CODE = "def shown(amount):\n    return render(amount)"


def test_what_is_called_and_not_bound_is_imported() -> None:
    assert with_imports(CODE, [RENDER]) == f"from m.amounts import render\n\n\n{CODE}"


def test_the_first_of_two_is_meant() -> None:
    assert with_imports(CODE, [OTHER, RENDER]).startswith("from m.pages import render\n")


def test_a_method_brings_its_type() -> None:
    code = "def empty():\n    return Book('EUR')"
    assert with_imports(code, [BOOK]) == f"from m.books import Book\n\n\n{code}"


def test_nothing_is_imported_that_is_there_or_that_python_does_not_import() -> None:
    assert with_imports(CODE, [RENDER], file="from m import render\n") == CODE
    assert with_imports("def render(x):\n    return render(x)", [RENDER]) == "def render(x):\n    return render(x)"
    assert with_imports("def go():\n    return run()", [SCRIPT]) == "def go():\n    return run()"
    assert with_imports("def broken(:", [RENDER]) == "def broken(:"


def test_it_joins_the_imports_that_stand_there() -> None:
    code = f"from __future__ import annotations\nimport re\n\n\n{CODE}"
    assert with_imports(code, [RENDER]) == code.replace("import re", "from m.amounts import render\nimport re")


def test_without_an_example_the_code_stays_its_own() -> None:
    assert carried_over(CODE, None, "", [RENDER]) == f"from m.amounts import render\n\n\n{CODE}"
    assert carried_over(CODE, None) == CODE


def test_a_function_that_is_called_as_a_method_is_called_as_a_function() -> None:
    code = (
        "def is_stuck(pool: tidepool.Pool) -> bool:\n    return pool.oldest_wait() > 60 or pool.oldest_wait('é') > {}"
    )
    right = (
        "def is_stuck(pool: tidepool.Pool) -> bool:\n    return oldest_wait(pool) > 60 or oldest_wait(pool, 'é') > {}"
    )
    assert with_own_calls(code.format(1), [WAIT]) == right.format(1)
    assert carried_over(code.format(1), None, "", [WAIT]).startswith("from t.g import oldest_wait\n\n\ndef is_stuck")


def test_a_method_stays_one() -> None:
    other = "def is_stuck(pool: Basin) -> bool:\n    return pool.oldest_wait() > 60"
    unknown = "def is_stuck(pool) -> bool:\n    return pool.oldest_wait() > 60"
    member = Declaration("Pool.oldest_wait", "def oldest_wait(self) -> float", "", "t/pool.py", 3, module="t.pool")
    same = "def is_stuck(pool: Pool) -> bool:\n    return pool.oldest_wait() > 60"
    for code, declared in ((other, [WAIT]), (unknown, [WAIT]), (same, [WAIT, member]), ("def broken(:", [WAIT])):
        assert with_own_calls(code, declared) == code
