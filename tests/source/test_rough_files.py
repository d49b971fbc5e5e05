"""Sites in files that are broken, large, deeply nested, or of other line ends."""

from __future__ import annotations

import time

import pytest

from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from tests.source.frames import FRAMES, PLACEHOLDERS, frame
from tests.source.sites import found, placed


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("language", ["python", "typescript", "go"])
def test_line_ends_byte_order_marks_and_other_scripts(language: str, newline: str, bom: str) -> None:
    text = bom + frame(language, "", PLACEHOLDERS[language][0], "합계 😀\x0b¤").replace("\n", newline)
    placement = placed(text, language, "…" + FRAMES[language][1])
    assert placement.result.startswith(bom)
    assert FRAMES[language][2].replace("\n", newline) in placement.result
    assert placement.result.count("\n") == placement.result.count(newline) * ("\n" in newline)


@pytest.mark.parametrize("broken", ["x = (", "def g(:\n    pass", "}", "\x00", "class", "if x:\n\ty\n        z"])
@pytest.mark.parametrize("below", [True, False])
def test_broken_syntax_elsewhere(broken: str, below: bool) -> None:
    stub = "def total(xs):\n    # add up¤\n    pass\n"
    text = f"{stub}\n{broken}\n" if below else f"{broken}\n\n{stub}"
    assert found(text).kind == "stub"
    result = placed(text, "python", "…\n    return sum(xs)").result
    assert "    # add up\n    return sum(xs)\n" in result
    assert broken in result


@pytest.mark.parametrize("broken", ["x = (;", "function g( {", "}"])
def test_broken_syntax_elsewhere_between_braces(broken: str) -> None:
    text = f"function total(xs) {{\n  // add up¤\n}}\n\n{broken}\n"
    assert "// add up\n  return 1;\n}" in placed(text, "javascript", "…\n  return 1;\n}").result


def test_one_of_many_overloads() -> None:
    overloads = "".join(f"@overload\ndef f(x: A{n}) -> B{n}: ...\n" for n in range(1000))
    text = f"{overloads}def f(x):\n    # find the one that fits¤\n    ...\n"
    started = time.process_time()
    site = found(text)
    assert time.process_time() - started < 20
    assert (site.kind, site.task.stub) == ("stub", "def f(x):")
    assert (
        placed(text, "python", "…\n    return x").result
        == f"{overloads}def f(x):\n    # find the one that fits\n    return x\n"
    )


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_line_of_a_megabyte(language: str) -> None:
    list_ = "x = [" + "1, " * 350_000 + "]\n"
    stub = "# sort¤\ndef f(a):\n    pass\n" if language == "python" else "// sort¤\nfunction f(a) {}\n"
    started = time.process_time()
    site = found(list_ + stub, language)
    assert time.process_time() - started < 20
    assert site.task.request == "sort"
    assert site.kind == ("stub" if language == "python" else "comment")  # too long to be parsed while somebody waits


def test_deep_nesting_ends() -> None:
    for text, language in (("(" * 50_000, "python"), ("{" * 50_000, "javascript"), ("f(" * 20_000, "java")):
        assert locate(f"{text}\n", 0, 0, language_of(language)) is None


@pytest.mark.parametrize("line", ["a:" * 20_000, "x=>" * 10_000 + "x", "@a " * 10_000 + "class A {}"])
def test_a_request_beside_what_nobody_wrote_is_found(line: str) -> None:
    for text, at in ((f"{line}\n// sort the list\n", 1), (f"// sort the list\n{line}\n", 0)):
        site = locate(text, at, at, language_of("javascript"))
        assert site is not None
        assert site.task.request == "sort the list"
