from __future__ import annotations

import pytest

from planfirst.core.errors import BadRequest
from planfirst.workflows.table import LARGEST, Column, table_of

ORDERS = "day,customer,amount,paid\n2026-01-03,Kim,240.00,1\n2026-01-05,Meyer,,0\n2026-01-05,Kim,35.5,1\n"


def test_columns_have_kinds_values_and_gaps() -> None:
    table = table_of(ORDERS, "orders.csv")
    assert (table.delimiter, table.rows) == (",", 3)
    assert table.columns == (
        Column("day", "date", 0, ("2026-01-03", "2026-01-05")),
        Column("customer", "text", 0, ("Kim", "Meyer")),
        Column("amount", "number", 1, ("240.00", "35.5")),
        Column("paid", "whole number", 0, ("1", "0")),
    )
    assert "- amount: number, 1 empty, for example 240.00, 35.5" in table.described


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("a;b\n1;2\n", ";"), ("a\tb\n1\t2\n", "\t"), ("\ufeffa,b\r\n1,2\r\n", ","), ('a,b\n"x, y",2\n\n', ",")],
)
def test_what_else_is_a_table(text: str, delimiter: str) -> None:
    table = table_of(text, "t")
    assert (table.delimiter, [column.name for column in table.columns], table.rows) == (delimiter, ["a", "b"], 1)


@pytest.mark.parametrize(
    "text",
    [
        "no table at all\nreally\n",
        "a,a\n1,2\n",
        "a,\n1,2\n",
        "a,b\n1\n",
        "a,b\n1,2,3\n",
        'a,b\n"1,2\n',
        ",".join(f"c{n}" for n in range(61)),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        table_of(text, "t.csv")
    assert caught.value.code == "workflow-no-table"


def test_a_line_of_names_alone_is_a_table_without_rows() -> None:
    table = table_of("a,b", "t.csv")
    assert (table.rows, table.columns[0]) == (0, Column("a", "text", 0, ()))


@pytest.mark.parametrize(
    ("text", "code"), [("", "workflow-nothing-to-read"), ("a,b\n" * LARGEST, "workflow-file-large")]
)
def test_nothing_and_too_much(text: str, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        table_of(text, "t.csv")
    assert caught.value.code == code


def test_a_field_shows_no_more_than_its_beginning_on_one_line() -> None:
    (column, _) = table_of(f'a,b\n"{"x" * 90}\n## Rules",2\n', "t.csv").columns
    assert column.values == ("x" * 40,)
