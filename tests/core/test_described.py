from __future__ import annotations

import pytest

from planfirst.core.described import described


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("total = Decimal(0)", "Set total to Decimal(0)"),
        ("BigDecimal total = BigDecimal.ZERO;", "Set total to BigDecimal.ZERO"),
        ("const byName = new Map<string, number>();", "Set byName to new Map<string, number>()"),
        ("let mut counts: Vec<u8> = vec![];", "Set counts to vec![]"),
        ("const [count, setCount] = useState(0);", "Set [count, setCount] to useState(0)"),
        ("const { x, y } = place;", "Set { x, y } to place"),
        ("first, last = ends(rows)", "Set first, last to ends(rows)"),
        ("words := strings.Fields(text)", "Set words to strings.Fields(text)"),
        ("self.items[key] = value", "Set self.items[key] to value"),
        ("total += row.price", "Add row.price to total"),
        ("for line in self.lines:", "Go through self.lines"),
        ("for (const x of xs) {", "Go through xs"),
        ("for (int x : xs) {", "Go through xs"),
        ("for (i, c) in text.chars().enumerate() {", "Go through text.chars().enumerate()"),
        ("for _, word := range words {", "Go through words"),
        ("for (int i = 0; i < n; i++) {", "Repeat for int i = 0; i < n; i++"),
        ("while (left < right) {", "Repeat while left < right"),
        ("if (timeout) {", "Check whether timeout"),
        ("if not rows:", "Check whether not rows"),
        ("with path.open() as file:", "Use path.open() as file"),
        ("return total.quantize(CENT);", "Return total.quantize(CENT)"),
        ("throw new Error(name);", "Raise Error(name)"),
        ("def walk(tree):", "Define walk"),
        ("items.sort()", "Call items.sort()"),
        ("await client.close();", "Call client.close()"),
        ("assert f(2) == 4", "Check that f(2) == 4"),
        ("console.log(total);", "Print total"),
        ("del rows[0]", "Delete rows[0]"),
        ("useEffect(() => {", "Call useEffect(() => {…})"),
        ("return (", "Return (…)"),
        ("const shown = items.filter((item) => {", "Set shown to items.filter((item) => {…})"),
        ("int twice(int x) {", "int twice(int x) {"),
        ("} else if (x == 1) {", "} else if (x == 1) {"),
        ('if [ "$#" -ne 2 ]; then', 'Check whether [ "$#" -ne 2 ]'),
        ("x == y", "x == y"),
        ("", "Do nothing"),
        ("x = [" + "1, " * 500_000, "x = [" + "1, " * 38 + "1 …"),
    ],
)
def test_a_line_of_code_in_words(row: str, words: str) -> None:
    assert described(row) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("total += row.price", "total에 row.price 더하기"),
        ("for (const x of xs) {", "xs 항목을 차례로 처리"),
        ("return (a + b)", "(a + b) 반환"),
        ("items.sort()", "items.sort() 호출"),
        ("", "아무것도 하지 않음"),
    ],
)
def test_in_korean(row: str, words: str) -> None:
    assert described(row, in_korean=True) == words
