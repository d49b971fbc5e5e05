"""Names that look alike and are not; what is written in another script stays as it is."""

from __future__ import annotations

import pytest

from planfirst.source.lookalikes import lookalike


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("x = 1\np\u0430ssword = 2\n", "p\u0430ssword"),
        ("is_\u0410dmin = True", "is_\u0410dmin"),
        ("\U0001d428s.remove(a)", "\U0001d428s"),
        ("\uff45\uff56\uff41\uff4c(a)", "\uff45\uff56\uff41\uff4c"),
        ("\u03bfs = None", "\u03bfs"),
    ],
)
def test_a_name_that_looks_like_another_is_shown(code: str, name: str) -> None:
    said = lookalike(code)
    assert said is not None
    assert said.args["name"] == name
    assert said.args["line"] == code[: code.index(name)].count("\n") + 1


@pytest.mark.parametrize(
    "code", ["x = 1", "# прочитать файл", "имя = 'сор'", "Δx = 1", "dθ = μs", "파일_이름 = 1", "naïve = 'ß'", "x² = 1"]
)
def test_another_script_is_no_fault(code: str) -> None:
    assert lookalike(code) is None
