"""Where an answer that the model writes in its own way is over."""

from __future__ import annotations

import pytest

from planfirst.core.freely import end_of
from planfirst.core.types import Task

STUB = Task("double", stub="def double(n):")
JAVA = Task("double", "java", stub="int twice(int n) {")
CODE = "Here it is:\n\n```python\ndef double(n):\n    return 2 * n\n```"


@pytest.mark.parametrize(
    ("answer", "task"),
    [
        (CODE, STUB),
        (f"```bash\npip install numpy\n```\n{CODE}", STUB),
        (f"```python\nprint(double(2))\n```\n{CODE}", STUB),
        ('```python\ndef double(n):\n    """\n    ```\n    x\n    ```\n    """\n    return 2 * n\n```', STUB),
        (f"<think>\n```python\ndef double(n):\n    return n\n```\nNo.\n</think>\n{CODE}", STUB),
        ("```java\nint twice(int n) {\n    return 2 * n;\n}\n```", JAVA),
    ],
)
def test_it_is_over_with_the_block_that_has_what_is_wanted(answer: str, task: Task) -> None:
    assert end_of(answer, task) == len(answer)
    assert all(end_of(answer[:at], task) is None for at in range(len(answer)))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "```",
        "```\n",
        "```python\ndef double(n):\n    return 2 * n\n",
        "```python\nimport math\n```",
        "```python\nprint(double(2))\n```",
        "```python\ndef halve(n):\n    return n / 2\n```",
        '```python\ndef double(n):\n    """Doubles.\n\n    ```',
    ],
)
def test_while_what_is_wanted_is_missing_or_may_go_on_it_has_no_end(answer: str) -> None:
    assert end_of(answer, STUB) is None


@pytest.mark.parametrize("more", ["\n", "\n\n", "\n\n### How it works\n", "\n```python\nprint(double(1))\n```\n"])
def test_what_came_with_the_fence_is_no_part_of_it(more: str) -> None:
    """Several tokens may come at once."""
    assert end_of(CODE + more, STUB) == len(CODE)


def test_a_fence_in_a_comment_of_several_lines_closes_nothing() -> None:
    assert end_of("```java\nint twice(int n) {\n    /*\n    ```", JAVA) is None


def test_without_a_stub_nothing_says_which_block_is_wanted() -> None:
    assert end_of(CODE, Task("double a number")) is None
