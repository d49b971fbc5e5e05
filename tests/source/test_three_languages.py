"""The same rules in three languages: ten situations, each in Python, TypeScript and Go, with the whole file afterwards."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

from dataclasses import dataclass

import pytest

from planfirst.core.generate import extract_code, stub_name
from tests.source.sites import placed, site_in


@dataclass(frozen=True)
class Three:
    """How a language writes what the rules speak of. ``@`` is where a body goes."""

    stub: str
    body: str
    placeholders: tuple[str, ...]
    marker: str
    fence: str
    other_name: str
    helper: str
    main: str
    kind: str
    members: str
    block: str
    blank: str
    statement: str
    one_import: str
    other_import: str
    head: str = ""


LANGUAGES = {
    "python": Three(
        "def total(xs):\n@", "    return sum(xs)\n", ("pass", "...", "raise NotImplementedError", "return None"), "#", "python",
        "def summed(ys):\n    return sum(ys)", "def mean(xs):\n    return 1\n", "\n\nif __name__ == '__main__':\n    print(total([1]))",
        "class Cart:\n@", "    def total(self):\n        return 1\n", "def f(x):\n    if x:\n@    return x\n", "        pass\n", "        print(x)\n",
        "import math\n", "import os\n",
    ),
    "typescript": Three(
        "function total(xs: number[]): number {\n@}\n", "  return sum(xs);\n", ("throw new Error('later');", "return null as any;", "return undefined!;"), "//", "ts",
        "function summed(ys: number[]): number {\n  return sum(ys);\n}", "function mean(xs: number[]): number {\n  return 1;\n}\n", "\n\nconsole.log(total([1]));",
        "interface Cart {\n@}\n", "  total(): number;\n", "function f(x: number) {\n  if (x) {\n@  }\n  return x;\n}\n", "    throw new Error('TODO');\n", "    console.log(x);\n",
        "import a from 'a';\n", "import b from 'b';\n",
    ),
    "go": Three(
        "func total(xs []int) int {\n@}\n", "\treturn sum(xs)\n", ('panic("later")', "return nil"), "//", "go",
        "func summed(ys []int) int {\n\treturn sum(ys)\n}", "func mean(xs []int) int {\n\treturn 1\n}\n", "\n\nfunc main() {\n\ttotal(nil)\n}",
        "type Cart interface {\n@}\n", "\tTotal() int\n", "func f(x bool) bool {\n\tif x {\n@\t}\n\treturn x\n}\n", '\t\tpanic("not implemented")\n', "\t\tprint(x)\n",
        'import "a"\n', 'import "b"\n', "package a\n\n",
    ),
}  # fmt: skip
FOREIGN = {
    "python": "func f(x int) int {\n\treturn x\n}",
    "typescript": "def f(x):\n    return x",
    "go": "def f(x):\n    return x",
}
EACH = pytest.mark.parametrize("language", LANGUAGES)


def result(language: str, text: str, code: str) -> str:
    """What becomes of a file when an answer in a fence comes back."""
    site = site_in(text, language)[1]
    assert site is not None
    answer = f"Here it is:\n```{LANGUAGES[language].fence}\n{code}\n```\nThat is it."
    placement = placed(text, language, extract_code(answer, language, stub_name(site.task.header)))
    assert placement.warning is None
    return placement.result


@EACH
@pytest.mark.parametrize("where", ["above", "inside"])
def test_body_of_an_empty_function(language: str, where: str) -> None:
    one = LANGUAGES[language]
    indent = one.body[: len(one.body) - len(one.body.lstrip())]
    for placeholder in one.placeholders:
        above = f"{one.marker} the sum¤\n" if where == "above" else ""
        inside = f"{indent}{one.marker} the sum¤\n" if where == "inside" else ""
        text = one.head + above + one.stub.replace("@", f"{inside}{indent}{placeholder}\n")
        filled = one.head + above + one.stub.replace("@", inside + one.body)
        assert result(language, text, one.stub.replace("@", one.body).rstrip()) == filled.replace("¤", "")


@EACH
def test_without_a_comment_the_name_is_the_request(language: str) -> None:
    one = LANGUAGES[language]
    indent = one.body[: len(one.body) - len(one.body.lstrip())]
    text = one.head + one.stub.replace("@", f"{indent}{one.placeholders[0]}¤\n")
    site = site_in(text, language)[1]
    assert site is not None
    assert site.task.request == "Total, given xs."
    assert result(language, text, one.stub.replace("@", one.body).rstrip()) == one.head + one.stub.replace(
        "@", one.body
    )


@EACH
def test_a_class_with_only_a_comment(language: str) -> None:
    one = LANGUAGES[language]
    indent = one.members[: len(one.members) - len(one.members.lstrip())]
    text = one.head + one.kind.replace("@", f"{indent}{one.marker} its total¤\n")
    filled = text.replace("¤\n", f"\n{one.members}")
    assert result(language, text, one.kind.replace("@", one.members).rstrip()) == filled


@EACH
def test_another_name(language: str) -> None:
    one = LANGUAGES[language]
    text = f"{one.head}{one.marker} the sum¤\n" + one.stub.replace("@", _blank(one))
    filled = f"{one.head}{one.marker} the sum\n" + one.stub.replace("@", one.body)
    assert result(language, text, one.other_name) == filled


@EACH
def test_the_file_echoed(language: str) -> None:
    one = LANGUAGES[language]
    text = f"{one.head}{one.helper}\n\n{one.marker} the sum¤\n" + one.stub.replace("@", _blank(one))
    filled = text.replace("¤", "").replace(_blank(one), one.body)
    assert result(language, text, filled.rstrip() + one.main) == filled


@EACH
def test_a_placeholder_alone_in_a_block(language: str) -> None:
    one = LANGUAGES[language]
    indent = one.blank[: len(one.blank) - len(one.blank.lstrip())]
    text = one.head + one.block.replace("@", f"{indent}{one.marker} say it¤\n{one.blank}")
    filled = one.head + one.block.replace("@", f"{indent}{one.marker} say it\n{one.statement}")
    assert result(language, text, one.statement.strip()) == filled


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "x = [\n    1,\n    # two¤\n]\n"),
        ("typescript", "const x = [\n  1,\n  // two¤\n];\n"),
        ("go", "package a\n\nvar x = []int{\n\t1,\n\t// two¤\n}\n"),
    ],
)
def test_a_comment_in_a_literal(language: str, text: str) -> None:
    assert site_in(text, language)[1] is None


@EACH
def test_another_language_is_refused(language: str) -> None:
    one = LANGUAGES[language]
    text = f"{one.head}{one.marker} the sum¤\n" + one.stub.replace("@", _blank(one))
    placement = placed(text, language, FOREIGN[language])
    assert placement.refused is not None
    assert placement.refused.code == "answer-other-language"
    assert placement.result == text.replace("¤", "")


@EACH
def test_an_import_stands_once(language: str) -> None:
    one = LANGUAGES[language]
    text = f"{one.head}{one.one_import}\n\n{one.marker} the sum¤\n" + one.stub.replace("@", _blank(one))
    body = one.body.replace("sum(", "os.sum(" if language == "python" else "b.sum(")  # what is not used is left out
    code = f"{one.one_import}{one.other_import}\n" + one.stub.replace("@", body).rstrip()
    after = result(language, text, code)
    assert after.count(one.one_import) == after.count(one.other_import) == 1
    assert after.index(one.other_import) < after.index(one.marker)
    rest = after.replace(one.other_import, "")
    assert rest == text.replace("¤", "").replace(_blank(one), body)


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("python", "def f(x):\n    return x\n    # say it¤\n", "print(x)"),
        ("typescript", "function f(x: number) {\n  return x;\n  // say it¤\n}\n", "console.log(x);"),
        ("go", "package a\n\nfunc f(x int) int {\n\treturn x\n\t// say it¤\n}\n", "print(x)"),
    ],
)
def test_code_that_never_runs_is_said_to(language: str, text: str, code: str) -> None:
    placement = placed(text, language, code)
    assert placement.warning is not None
    assert placement.warning.code == "answer-never-runs"


def _blank(one: Three) -> str:
    indent = one.body[: len(one.body) - len(one.body.lstrip())]
    return f"{indent}{one.placeholders[0]}\n"
