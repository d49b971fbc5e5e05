"""What a request is about: the same rules in every language that has a grammar."""

from __future__ import annotations

import pytest

from planfirst.core.types import Plan
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import place_plan
from tests.source.frames import EACH, FRAMES, PLACEHOLDERS, frame
from tests.source.sites import found, placed, site_in


@pytest.mark.parametrize(("language", "placeholder"), EACH)
def test_a_comment_directly_above_asks_for_the_body(language: str, placeholder: str) -> None:
    if language == "python" and not placeholder:
        return  # that is no Python
    text = frame(language, "", placeholder, "add all up¤")
    site = found(text, language)
    assert (site.kind, site.task.request) == ("stub", "add all up")
    assert site.task.stub.endswith(":" if language == "python" else "{")
    assert "total" in site.task.stub
    answer, body = FRAMES[language][1:3]
    placement = placed(text, language, "…" + answer)
    assert placement.result == FRAMES[language][0].replace(
        FRAMES[language][0].split("§")[0].split("\n")[-1] + "§\n", body
    ).replace("@", text[: text.index("¤")].rsplit("\n", 1)[-1].lstrip() + "\n" + _indent(language))
    assert placement.warning is None


def _indent(language: str) -> str:
    row = next(row for row in FRAMES[language][0].split("\n") if "@" in row)
    return row[: row.index("@")]


@pytest.mark.parametrize(("language", "placeholder"), EACH)
def test_a_comment_in_the_body_asks_for_it(language: str, placeholder: str) -> None:
    text = frame(language, "TODO: add all up¤", placeholder)
    site = found(text, language)
    assert (site.kind, site.task.request) == ("stub", "TODO: add all up")
    answer, body = FRAMES[language][1:3]
    result = placed(text, language, "…" + answer).result
    rows = text.replace("¤", "").split("\n")
    at = next(n for n, row in enumerate(rows) if "TODO" in row)
    end = at + 1 + len(placeholder.split("\n")) * bool(placeholder)
    assert result == "\n".join([*rows[: at + 1], *body.rstrip("\n").split("\n"), *rows[end:]])


@pytest.mark.parametrize("language", FRAMES)
def test_a_name_is_a_request(language: str) -> None:
    placeholder = PLACEHOLDERS[language][0]
    text = frame(language, "", placeholder).replace("total", "addAll¤")
    site = found(text, language)
    assert site.kind == "stub"
    assert site.task.request.startswith("Add all, given xs")


@pytest.mark.parametrize(
    ("language", "text", "request_"),
    [
        ("python", "def total(xs): pass  # add up¤\n", "add up"),
        ("python", "def total(xs):  # add up¤\n    ...\n", "add up"),
        ("python", "def total(xs):\n    pass  # add up¤\n", "add up"),
        ("python", "class A:\n    @cached\n    # add up¤\n    @other(1)\n    def total(self): ...\n", "add up"),
        ("python", 'async def total(\n    xs,\n):\n    """Add up¤."""\n', "Add up."),
        ("javascript", "function total(xs) {} // add up¤\n", "add up"),
        ("javascript", "const total = async (xs) => { // add up¤\n};\n", "add up"),
        ("javascript", "/** Adds\n * up¤. */\nfunction total(xs) { return null; }\n", "Adds\nup."),
        ("javascript", "const o = {\n  // add up¤\n  total: function (xs) {},\n};\n", "add up"),
        ("typescript", "class A {\n  @dec()\n  // add up¤\n  private total(xs: X): Y {\n  }\n}\n", "add up"),
        ("java", "class A {\n  @Override\n  // add up¤\n  public int total(int xs) {}\n}\n", "add up"),
        (
            "java",
            "class A {\n  /**\n   * Adds up¤.\n   */\n  @Override\n  public int total(int xs) { }\n}\n",
            "Adds up.",
        ),
        ("go", "// Total adds¤ up.\nfunc (s *S) Total(xs int) (int, error) {\n}\n", "Total adds up."),
        ("rust", "/// Adds up¤.\n#[inline]\n#[must_use]\nfn total(xs: X) -> Y { todo!() }\n", "Adds up."),
        ("rust", "#[inline]\n// add up¤\n#[cfg(\n    test\n)]\nfn total(xs: X) -> Y {\n}\n", "add up"),
        ("c", "int total(int xs) { /* add up¤ */ }\n", "add up"),
        ("cpp", "/// Adds up¤.\ntemplate <class T>\nT total(T xs)\n{ }\n", "Adds up."),
        ("cpp", "A::A(int xs) : x(xs) {\n  // add up¤\n}\n", "add up"),
    ],
)
def test_where_a_comment_may_stand(language: str, text: str, request_: str) -> None:
    site = found(text, language)
    assert (site.kind, site.task.request) == ("stub", request_)
    code = "…\n    return 1" if language == "python" else "…\n    return 1;\n}"
    result = placed(text, language, code)
    assert result.warning is None
    assert result.result.count("return 1") == 1
    for row in request_.split("\n"):
        assert row in result.result
    assert not any(word in result.result for word in ("pass", "...", "todo!", "return null"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "class Broken(Exception):\n    pass¤\n"),
        ("java", "class A {\n}¤\n"),
        ("python", "@overload\ndef f(a: int) -> int: ...¤\n"),
        ("python", "@typing.overload\ndef f(a: int) -> int: ...¤\n"),
        ("typescript", "abstract class A {\n  abstract f(): void;¤\n}\n"),
        ("c", "int f(int a);¤\n"),
        ("javascript", "function f() {¤\n"),
        ("java", "class A { int f() { return 1; } }¤\n"),
        ("c", "int f(void) { return 0; }¤\n"),
        ("python", "def f(:\n    pass¤\n"),
        ("go", "func f(a interface{}) { g(a) }¤\n"),
    ],
)
def test_what_asks_for_nothing(language: str, text: str) -> None:
    assert site_in(text, language)[1] is None


@pytest.mark.parametrize("value", ["return 0;", "return -1;", 'return "";', "return false;"])
@pytest.mark.parametrize("language", ["java", "cpp", "javascript"])
def test_a_value_is_a_placeholder_only_where_something_is_to_be_done(language: str, value: str) -> None:
    head = "class A { int f() {" if language == "java" else "int f() {" if language == "cpp" else "function f() {"
    tail = "}" if language == "java" else ""
    todo = placed(f"{head}\n  // TODO: the number of rows¤\n  {value}\n}}{tail}\n", language, "…\n  return n;\n}")
    assert value not in todo.result
    assert found(f"{head}\n  // never any rows¤\n  {value}\n}}{tail}\n", language).kind == "comment"


@pytest.mark.parametrize("language", ["javascript", "java", "cpp", "python"])
def test_a_plan_in_a_function_on_one_line_is_found_again(language: str) -> None:
    text = {
        "javascript": "function f() { return null; } // add up\n",
        "java": "class A {\n  // add up\n  int f() {}\n}\n",
        "cpp": "int f() { abort(); }\n",
        "python": "def f(a): ...  # add up\n",
    }[language]
    line = 2 if language == "java" else 0
    kind, plan = language_of(language), Plan(("one", "two"))
    site = locate(text, line, line, kind)
    assert site is not None
    planned = place_plan(text, site, plan, kind).result
    again = locate(planned, line, line, kind)
    assert again is not None
    assert (again.task.plan, again.task.request, again.kind) == (plan, site.task.request, "stub")
    assert place_plan(planned, again, plan, kind).result == planned
    code = again.task.stub + ("\n    return 1" if language == "python" else "\n    return 1;\n}")
    result = place_code(planned, again, code, kind)
    assert result.warning is None
    assert result.result.count("return 1") == 1


def test_two_sites_that_touch() -> None:
    text = "# one\ndef f(a): ...\n# two\ndef g(b): ...\n"
    for line, name in ((0, "one"), (1, "one"), (2, "two"), (3, "two")):
        site = locate(text, line, line, language_of("python"))
        assert site is not None
        assert (site.kind, site.task.request) == ("stub", name)
    java = "class A {\n  void f() {}\n  void g() {}\n}\n"
    assert placed(java.replace("g() {", "g() {¤"), "java", "…\n    h();\n}").result == java.replace(
        "g() {}", "g() {\n    h();\n  }"
    )


def test_a_type_comment_behind_a_header_is_no_request_and_hides_none() -> None:
    site = found("def convert(value):¤  # Tuple[int, ...]\n    pass\n")
    assert (site.kind, site.task.request) == ("stub", "Convert, given value.")


@pytest.mark.parametrize("line", [1, 2])
def test_a_rule_above_an_empty_function_leaves_its_name_as_the_request(line: int) -> None:
    rows = ["class A {", "    //-----", "    @Override", "    int add(int a) {", "    }", "}", ""]
    rows[line + 1] += "¤"
    assert found("\n".join(rows), "java").task.request == "Add, given a (a method of A)."
