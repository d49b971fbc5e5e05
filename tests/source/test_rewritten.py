"""Answers that change the code around or below a comment: they take its place, and what you wrote about it stays."""

from __future__ import annotations

import pytest

from planfirst.source.edits import apply
from planfirst.words import Message
from tests.source.sites import answered

BELOW = Message("answer-changed-below")


def too(name: str) -> Message:
    return Message("answer-changed-too", name=name)


PYTHON = """def report(rows, out):
    total = 0
    # leave out rows without a price¤

    for row in rows:
        total += row["price"]  # in euros
    # as a whole
    print(total, file=out)
    return total
"""
SKIPS = '    if row.get("price") is None:\n        continue\n'
LOOP = f'for row in rows:\n{SKIPS}    total += row["price"]  # in euros'
INDENTED = LOOP.replace("\n", "\n    ")
TS = """function report(rows: Row[]): number {
  let total = 0;
  // leave out rows without a price¤
  for (const row of rows) {
    total += row.price;
  }
  return total;
}
"""
TSX = """import React from "react";

export function List({ items }: Props) {
  // filter the items by a text that the user types¤
  return <ul>{items.map((i) => <li key={i}>{i}</li>)}</ul>;
}
"""
TSX_BODY = """  const [text, setText] = useState("");
  const shown = items.filter((i) => i.includes(text));
  return (
    <>
      <input value={text} onChange={(e) => setText(e.target.value)} />
      <ul>{shown.map((i) => <li key={i}>{i}</li>)}</ul>
    </>
  );
"""


@pytest.mark.parametrize(
    ("answer", "notice"),
    [
        (LOOP, BELOW),
        (f"# leave out rows without a price\n{LOOP}\nprint(total, file=out)\nreturn total", BELOW),
        (f"total = 0\n{LOOP}\nprint(total, file=out)", BELOW),
        (
            f"def report(rows, out):\n    total = 0\n    {INDENTED}\n    print(total, file=out)\n    return total",
            too("report"),
        ),
    ],
)
def test_a_loop_that_is_changed_takes_its_place(answer: str, notice: Message) -> None:
    placement = answered(PYTHON, "python", answer)
    inner = '        if row.get("price") is None:\n            continue\n'
    assert placement.result == PYTHON.replace("¤", "").replace("in rows:\n", f"in rows:\n{inner}")
    assert placement.notices == (notice,)
    assert apply(PYTHON.replace("¤", ""), placement.edits) == placement.result


SKIP = "    if (row.price == null) continue;\n"
TS_LOOP = "for (const row of rows) {\n  if (row.price == null) continue;\n  total += row.price;\n}"
TS_WHOLE = TS.replace("  // leave out rows without a price¤\n", "").replace("of rows) {\n", f"of rows) {{\n{SKIP}")


@pytest.mark.parametrize(("answer", "notice"), [(TS_LOOP, BELOW), (TS_WHOLE, too("report"))])
def test_in_typescript_too(answer: str, notice: Message) -> None:
    placement = answered(TS, "typescript", answer)
    assert placement.result == TS.replace("¤", "").replace("of rows) {\n", f"of rows) {{\n{SKIP}")
    assert placement.notices == (notice,)


def test_what_a_component_returns_may_change_with_its_imports() -> None:
    answer = f'import {{ useState }} from "react";\n\nexport function List({{ items }}: Props) {{\n{TSX_BODY}}}'
    placement = answered(TSX, "typescriptreact", answer)
    head, _, rest = TSX.replace("¤", "").partition("  return")
    assert rest
    head = head.replace('React from "react";\n', 'React from "react";\nimport { useState } from "react";\n')
    assert placement.result == f"{head}{TSX_BODY}}}\n"
    assert placement.notices == (too("List"),)


def test_in_a_script_the_statements_below_are_changed() -> None:
    text = "rows = load()\ntotal = 0\n# leave out rows without a price¤\n\nfor row in rows:\n"
    text += '    total += row["price"]  # in euros\nprint(total)\n'
    for before in ("", "rows = load()\ntotal = 0\n"):
        placement = answered(text, "python", f"{before}{LOOP}\nprint(total)")
        assert placement.result == text.replace("¤", "").replace("in rows:\n", f"in rows:\n{SKIPS}")
        assert placement.notices == (BELOW,)


@pytest.mark.parametrize(
    "answer",
    [
        "for row in rows:\n    print(row)",  # another loop over the same rows
        'rows = [row for row in rows if "price" in row]',
        "def report(rows, out):\n    things = list(rows)\n    return len(things)",
        "def report(rows):\n    return 0",
    ],
)
def test_other_answers_are_not_taken_so(answer: str) -> None:
    placement = answered(PYTHON, "python", answer)
    assert {BELOW, too("report")}.isdisjoint(placement.notices)
    assert 'for row in rows:\n        total += row["price"]  # in euros\n' in placement.result


def test_functions_below_stay_as_they_are() -> None:
    text = "# double a number¤\n\n\ndef main():\n    return double(1)\n"
    double = "def double(x):\n    return 2 * x"
    placement = answered(text, "python", f"{double}\n\n\ndef main():\n    print('go')\n    return double(1)")
    assert placement.result == text.replace("¤", "").replace("number\n", f"number\n{double}\n")


def test_tabs_stay_tabs() -> None:
    text = "func f(rows []int) int {\n\ttotal := 0\n\t// leave out negative ones¤\n\tfor _, n := range rows {\n"
    text += "\t\ttotal += n\n\t}\n\treturn total\n}\n"
    answer = "for _, n := range rows {\n    if n < 0 {\n        continue\n    }\n    total += n\n}"
    placement = answered(f"package a\n\n{text}", "go", answer)
    assert (
        "\tfor _, n := range rows {\n\t\tif n < 0 {\n\t\t\tcontinue\n\t\t}\n\t\ttotal += n\n\t}\n" in placement.result
    )
    assert placement.result.count("range rows") == 1


@pytest.mark.parametrize(
    ("language", "head", "below", "answer", "tail"),
    [
        ("python", "def get(url):\n    # try it three times¤\n", "    return fetch(url)\n",
         "for _ in range(3):\n    try:\n        return fetch(url)\n    except OSError:\n        pass\n"
         "raise OSError(url)", ""),
        ("python", "def get(path):\n    # {} if there is none¤\n", "    text = read(path)\n    return loads(text)\n",
         "try:\n    text = read(path)\n    found = loads(text)\n    return found\nexcept OSError:\n    return {}", ""),
        ("java", "class A {\n    int f(String s) {\n        // 3 for what fails¤\n", "        return parse(s);\n",
         "try {\n    return parse(s);\n} catch (RuntimeException e) {\n    return 3;\n}", "    }\n}\n"),
        ("typescript", "async function get(url: string) {\n  // try it three times¤\n",
         "  const got = await fetch(url);\n  return got.json();\n",
         "for (let n = 0; n < 3; n++) {\n  try {\n    const got = await fetch(url);\n    return got.json();\n"
         "  } catch {}\n}"
         '\nthrow new Error("no");', "}\n"),
        ("rust", "fn f(s: &str) -> i32 {\n    // 0 for what is empty¤\n", "    return parse(s);\n",
         "if s.is_empty() {\n    return 0;\n} else {\n    return parse(s);\n}", "}\n"),
    ],
)  # fmt: skip
def test_what_an_answer_has_within_its_own_is_not_left_below_it(
    language: str, head: str, below: str, answer: str, tail: str
) -> None:
    placement = answered(head + below + tail, language, answer)
    assert placement.refused is None
    assert (placement.warning, placement.notices) == (None, (BELOW,))
    rows = [row.strip() for row in answer.splitlines()]
    written = placement.result.removeprefix(head.replace("¤", "")).removesuffix(tail)
    assert [row.strip() for row in written.splitlines()] == rows
    indent = below[: len(below) - len(below.lstrip())]
    assert all(row.startswith(indent) for row in written.splitlines())


def test_a_row_below_may_come_with_other_arguments() -> None:
    head = "def parse(argv):\n    # a folder and a flag\n"
    rest = '    parser.add_argument("folder")\n    parser.add_argument("--all", action="store_true")\n'
    made = '    parser = ArgumentParser(description="Lists.")\n' + rest + "    return parser.parse_args(argv)\n"
    text = head.replace("flag", "flag¤") + "    parser = ArgumentParser()\n    return parser.parse_args(argv)\n"
    placement = answered(text, "python", made.replace("\n    ", "\n")[4:])
    assert (placement.result, placement.notices) == (head + made, (BELOW,))
    other = answered(text.replace("parser = A", "other = A"), "python", made.replace("\n    ", "\n")[4:])
    assert other.warning == Message("answer-never-runs")  # it says nothing of that row


def test_what_would_not_run_and_is_not_in_the_answer_stays_with_a_warning() -> None:
    text = "def get(url):\n    # none for an empty one¤\n    log(url)\n    return fetch(url)\n"
    placement = answered(text, "python", "if not url:\n    return None\nreturn fetch(url)")
    assert placement.warning == Message("answer-never-runs")
    assert "log(url)" in placement.result


def test_a_function_with_blocks_of_comments_alone_is_not_written_into_itself() -> None:
    """Such a file does not parse in Python, nor does an answer that repeats it."""
    head = "def main(args):\n    if not args:\n        # print how it is used\n    count = 0\n    for path in args:\n"
    asked = "        with open(path) as file:\n            # count the lines¤\n"
    tail = "    print(count)\n"
    counts = "            for line in file:\n                count += 1\n"
    changed = counts.replace("count += 1", "count += bool(line)")
    written = asked.split("\n")[0].replace("path)", "path, newline='')") + "\n"
    placement = answered(head + asked + tail, "python", head + written + changed + tail)
    assert placement.notices == (too("main"),)
    assert placement.result.count("def main") == 1
    rows = [row for row in placement.result.split("\n") if "# count the lines" not in row]
    assert "\n".join(rows) == head + written + changed + tail
    placement = answered(head + asked + tail, "python", "for line in file:\n    count += 1")
    assert placement.result == head + asked.replace("¤", "") + counts + tail


TRIM = "char *trim(char *s) {\n    while (*s == ' ') s++;\n    return s;\n}"
IMPL = "impl Display for Money {\n    fn fmt(&self, f: &mut Formatter) -> Result {\n        todo!()\n    }\n}"
TWICE = "class A {\n    // twice n¤\n    @Pure\n    int twice(int n) {\n        return n;\n    }\n}\n"


@pytest.mark.parametrize(
    ("language", "text", "answer", "result"),
    [
        ("c", "// without white space¤\nchar *trim(char *s) {\n    return s;\n}\n", TRIM,
         f"// without white space\n{TRIM}\n"),
        ("rust", f"struct Money;\n\n// as 12.50¤\n{IMPL}\n", IMPL.replace("todo!()", "f.write_str(\"\")"),
         f"struct Money;\n\n// as 12.50\n{IMPL}\n".replace("todo!()", "f.write_str(\"\")")),
        ("python", '# trimmed¤\ndef trim(s):\n    """As said."""\n    return s + t\n',
         "def trim(s):\n    return s.strip()",
         '# trimmed\ndef trim(s):\n    """As said."""\n    return s.strip()\n'),
        ("python", "# trimmed¤\n@cache\ndef trim(s):\n    return s\n", "def trim(s):\n    return s.strip()",
         "# trimmed\n@cache\ndef trim(s):\n    return s.strip()\n"),
        ("javascript", "class A {\n  // twice n¤\n  twice(n) {\n    return n;\n  }\n  b() {}\n}\n",
         "class A {\n  twice(n) {\n    return 2 * n;\n  }\n}",
         "class A {\n  // twice n\n  twice(n) {\n    return 2 * n;\n  }\n  b() {}\n}\n"),
        ("java", TWICE, "@Pure\nint twice(int n) {\n    return 2 * n;\n}",
         TWICE.replace("¤", "").replace("return n", "return 2 * n")),
        ("java", TWICE, "int twice(int n) {\n    return 2 * n;\n}",
         TWICE.replace("¤", "").replace("return n", "return 2 * n")),
        ("javascript", "// x¤\nexport function x(a) {\n  return a;\n}\n", "function x(a) {\n  return 2 * a;\n}",
         "// x\nexport function x(a) {\n  return 2 * a;\n}\n"),
    ],
)  # fmt: skip
def test_what_a_comment_describes_is_written_anew(language: str, text: str, answer: str, result: str) -> None:
    placement = answered(text, language, answer)
    assert placement.result == result
    assert [said.code for said in placement.notices] == ["answer-changes-code"]


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("javascript", "// a stack¤\nclass A {\n  a() {}\n  b() {}\n}\n", "class A {\n  a() { return 1; }\n}"),
        ("python", "# trimmed¤\n\ndef trim(s):\n    return s\n", "def trim(s):\n    return s.strip()"),
        ("python", "# trimmed¤\ndef trim(s):\n    return s\n", "def trim(s, chars):\n    return s.strip(chars)"),
    ],
)  # fmt: skip
def test_but_not_where_something_of_it_would_be_lost(language: str, text: str, answer: str) -> None:
    placement = answered(text, language, answer)
    assert placement.result == text.replace("¤", "")
    assert placement.refused is not None


def test_a_longer_function_is_changed_and_not_exchanged() -> None:
    rows = "".join(f"    total += weight(rows, {n})\n" for n in range(9))
    text = f"# rounded¤\ndef score(rows):\n    total = 0\n{rows}    return total\n"
    plain = text.replace("¤", "")
    changed = plain.partition("\n")[2].replace("return total", "return round(total)")
    assert answered(text, "python", changed).result == plain.replace("return total", "return round(total)")
    other = answered(text, "python", "def score(rows):\n    return round(sum(map(weight, rows)))\n")
    assert other.result == plain
    assert other.refused == Message("answer-again-below", names="score")


def test_a_return_that_has_much_of_yours_takes_its_place() -> None:
    text = TSX.replace("filter the items by a text that the user types", "say so if there are none")
    answer = "return items.length ? (\n  <ul>{items.map((i) => <li key={i}>{i}</li>)}</ul>\n) : (\n  <p>None</p>\n);"
    placement = answered(text, "typescriptreact", answer)
    head, _, _ = text.replace("¤", "").partition("  return")
    inner = answer.replace("\n", "\n  ")
    assert placement.result == f"{head}  {inner}\n}}\n"
    assert placement.notices == (BELOW,)
    other = answered(text, "typescriptreact", "return null;")
    assert other.warning == Message("answer-never-runs")


def test_what_nobody_can_see_is_refused_here_too() -> None:
    placement = answered(PYTHON, "python", LOOP.replace("continue", 'continue  # \u202e"'))
    assert placement.refused is not None
    assert placement.refused.code == "answer-unseen"


def test_a_row_with_the_comment_behind_it_may_go() -> None:
    text = "def median(values):\n    values.sort()  # FIXME: leave the list alone¤\n    half = len(values) // 2\n"
    text += "    return values[half], values[-half]\n"
    answer = "def median(values):\n    values = sorted(values)\n    half = len(values) // 2\n"
    answer += "    return values[half], values[-half]\n"
    placement = answered(text, "python", answer)
    assert placement.result == answer
    assert placement.notices == (Message("answer-changes-code", name="median"),)


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("python",
         "def merge(a, b):\n    for k, v in b.items():\n        # nested ones, too¤\n        a[k] = v\n    return a\n",
         "if isinstance(v, dict):\n    a[k] = merge(a[k], v)\nelse:\n    a[k] = v"),
        ("javascript", "function f(a) {\n  // twice if long¤\n  x = a;\n}\n",
         "if (a.length) {\n  x = a + a;\n} else {\n  x = a;\n}"),
        ("python", 'for row in rows:\n    # the length, too¤\n    print(f"{row}: {n}")\n',
         'size = len(row)\nprint(f"{row}: {size}")'),
        ("javascript", "for (const row of rows) {\n  // the length¤\n  console.log(`${row}: ${n}`);\n}\n",
         "const size = row.length;\nconsole.log(`${row}: ${size}`);"),
    ],
)  # fmt: skip
def test_a_row_that_would_undo_the_answer_or_say_it_again_goes(language: str, text: str, answer: str) -> None:
    placement = answered(text, language, answer)
    assert placement.notices == (BELOW,)
    head, _, below = text.partition("¤\n")
    rest = below.split("\n")[1:]
    indent = below[: len(below) - len(below.lstrip())]
    assert placement.result == "\n".join([head, *(f"{indent}{row}" for row in answer.split("\n")), *rest])


@pytest.mark.parametrize(
    "answer",
    ["b.append(v)", "if v:\n    b[k] = v", 'print(f"{k}, {v}")', "w = v\nprint(w)"],
)
def test_another_row_stays_below_the_answer(answer: str) -> None:
    for row in ("a[k] = v", 'print(f"{k}: {v}")', "print(v)"):
        placement = answered(f"for k, v in b.items():\n    # the others, too¤\n    {row}\n", "python", answer)
        assert placement.result.endswith(f"    {row}\n")
