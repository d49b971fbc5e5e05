from __future__ import annotations

import pytest

from planfirst.verify.kept_errors import with_errors_kept

_LOOP = """for attempt in range(tries):
    try:
        return fetch(url)
    except OSError as e:{comment}
        log.warning("try %s: %s", attempt, e)
        time.sleep(2**attempt)
raise {name}
"""


@pytest.mark.parametrize("comment", ["", "  # 다시"])
def test_an_error_that_is_raised_behind_the_loop_is_kept(comment: str) -> None:
    kept = with_errors_kept(_LOOP.format(comment=comment, name="e"))
    assert kept == _LOOP.format(comment=f"{comment}\n        last_error = e", name="last_error")


_FUNCTION = """
def f():
    for n in range(2):
        try:
            1 / n
        except ZeroDivisionError as e:
            print(e)
    return str(e)
"""


def test_it_works() -> None:
    kept = with_errors_kept(_FUNCTION)
    assert kept is not None
    space: dict[str, object] = {}
    exec(kept, space)
    assert space["f"]() == "division by zero"  # type: ignore[operator]


@pytest.mark.parametrize(
    "code",
    [
        _LOOP.format(comment="", name="RuntimeError(url)"),
        "try:\n    f()\nexcept OSError as e:\n    error = e\nraise error\n",
        "e = None\ntry:\n    f()\nexcept OSError as e:\n    pass\nprint(e)\n",
        "try:\n    f()\nexcept OSError as e: pass\nprint(e)\n",
        "try:\n    f()\nexcept OSError as e:\n    pass\nexcept ValueError as e:\n    pass\nprint(e)\n",
        "last_error = 1\ntry:\n    f()\nexcept OSError as e:\n    print(last_error)\nprint(e)\n",
        "def f(:\n",
    ],
)
def test_other_code_stays(code: str) -> None:
    assert with_errors_kept(code) is None
