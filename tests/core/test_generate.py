from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst.core.generate import extract_code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("x = 1", "x = 1"),
        ("```python\nx = 1\n```", "x = 1"),
        ("Here it is:\n```\nx = 1\n```\nEnjoy!", "x = 1"),
        ("```py\nx = 1", "x = 1"),  # cut off before the closing fence
        ("~~~\nx = 1\n~~~", "x = 1"),
        ("```\na\n```\ntext\n```\nb\n```", "a\n\nb"),
        ("````\n```\ninner\n```\n````", "```\ninner\n```"),
        ("    x = 1\n    y = 2\n", "x = 1\ny = 2"),
        ("x = 1\r\ny = 2\r\n", "x = 1\ny = 2"),
        ("x = 1   \n\n", "x = 1"),
        ("", ""),
        ("```python\n```", ""),
        ('s = "```"', 's = "```"'),
    ],
)
def test_the_code_is_cut_out(answer: str, code: str) -> None:
    assert extract_code(answer) == code


@given(st.text())
def test_any_answer_can_be_read(answer: str) -> None:
    code = extract_code(answer)
    assert not code.startswith("\n")
    assert not code.endswith("\n")
